/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "converse.h"
#include "session.h"

#define SERVICE "twokey"

enum reason converse_answer(struct secret *answer)
{
	struct fields fields;
	bool good = session_receive(STDIN_FILENO, &fields) &&
		    fields_take(&fields, "answer", answer->text, sizeof(answer->text)) &&
		    fields_end(&fields);

	explicit_bzero(&fields, sizeof(fields));
	answer->length = good ? strlen(answer->text) : 0;
	return good ? REASON_NONE : REASON_NO_ANSWER;
}

/* One message of a module, and the answer, for libpam to free, where it wants one. */
static bool converse_one(const struct pam_message *message, struct pam_response *response)
{
	bool asks = message->msg_style == PAM_PROMPT_ECHO_OFF ||
		    message->msg_style == PAM_PROMPT_ECHO_ON;
	enum session_say say = !asks                                      ? SAY_TELL
			       : message->msg_style == PAM_PROMPT_ECHO_ON ? SAY_PROMPT_ON
									  : SAY_PROMPT;
	struct secret answer = {0};
	struct fields fields;

	if (!session_say(&fields, say) || !fields_put(&fields, "text", message->msg) ||
	    !session_send(STDIN_FILENO, &fields))
		return false;
	if (!asks)
		return true;
	if (converse_answer(&answer) == REASON_NONE)
		response->resp = strdup(answer.text);
	secret_wipe(&answer);
	return response->resp != NULL;
}

static void free_responses(struct pam_response *responses, int count)
{
	for (int i = 0; i < count; i++) {
		if (responses[i].resp == NULL)
			continue;
		explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct pam_response *made;

	(void)context;
	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	made = calloc((size_t)count, sizeof(*made));
	if (made == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		if (!converse_one(messages[i], &made[i])) {
			free_responses(made, count);
			return PAM_CONV_ERR;
		}
	}
	*responses = made;
	return PAM_SUCCESS;
}

static enum reason reason_of(int authenticated, int account)
{
	switch (authenticated) {
	case PAM_SUCCESS:
		return account == PAM_SUCCESS ? REASON_NONE : REASON_NOT_PERMITTED;
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_MAXTRIES:
	case PAM_PERM_DENIED:
		return REASON_WRONG_PASSWORD;
	case PAM_CONV_ERR:
		return REASON_NO_ANSWER;
	default:
		return REASON_PASSWORD_UNREADABLE;
	}
}

enum reason converse_authenticate(const char *user)
{
	const struct pam_conv conversation = {.conv = converse};
	pam_handle_t *pamh = NULL;
	int authenticated, account = PAM_PERM_DENIED;

	if (pam_start(SERVICE, user, &conversation, &pamh) != PAM_SUCCESS)
		return REASON_NO_MEMORY;
	authenticated = pam_authenticate(pamh, PAM_DISALLOW_NULL_AUTHTOK);
	if (authenticated == PAM_SUCCESS)
		account = pam_acct_mgmt(pamh, 0);
	(void)pam_end(pamh, authenticated);
	return reason_of(authenticated, account);
}
