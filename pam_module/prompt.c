/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>

#include "prompt.h"
#include "text.h"

/*
 * As pam_unix words it, from libpam's own catalogue: programs that know a password prompt know this
 * one, in whatever language.
 */
#define PASSWORD_PROMPT dgettext("Linux-PAM", "Password: ")
#define CODE_PROMPT     _("Verification code: ")
#define COMBINED_PROMPT _("Password & verification code: ")

/*
 * One message to the application's conversation. pam_prompt(3) would format it into memory that it
 * leaves behind when it needs more, with what is on a page: a key, recovery codes.
 */
static int converse(pam_handle_t *pamh, int style, const char *text, char **response)
{
	const struct pam_message message = {.msg_style = style, .msg = text};
	const struct pam_message *messages = &message;
	struct pam_response *responses = NULL;
	const struct pam_conv *conversation;
	const void *item = NULL;
	int result;

	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
		return PAM_CONV_ERR;
	conversation = item;
	if (conversation->conv == NULL)
		return PAM_CONV_ERR;
	result = conversation->conv(1, &messages, &responses, conversation->appdata_ptr);
	if (responses != NULL)
		*response = responses->resp;
	free(responses);
	return result;
}

static int ask(pam_handle_t *pamh, int style, const char *text, struct secret *secret)
{
	char *response = NULL;
	int result = converse(pamh, style, text, &response);

	if (response == NULL)
		return PAM_CONV_ERR;
	if (result == PAM_SUCCESS)
		(void)secret_set(secret, response, strlen(response));
	explicit_bzero(response, strlen(response));
	free(response);
	return result == PAM_SUCCESS ? PAM_SUCCESS : PAM_CONV_ERR;
}

static const char *text_of(const char *own, const char *otherwise)
{
	return own[0] != '\0' ? own : otherwise;
}

int prompt_for_password(pam_handle_t *pamh, const struct policy *policy, struct secret *secret)
{
	return ask(pamh, PAM_PROMPT_ECHO_OFF, text_of(policy->password_prompt, PASSWORD_PROMPT),
		   secret);
}

int prompt_for_code(pam_handle_t *pamh, const struct policy *policy, struct secret *secret)
{
	return ask(pamh, policy->echo_code ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF,
		   text_of(policy->code_prompt, CODE_PROMPT), secret);
}

int prompt_for_combined(pam_handle_t *pamh, const struct policy *policy, struct secret *secret)
{
	return ask(pamh, PAM_PROMPT_ECHO_OFF, text_of(policy->password_prompt, COMBINED_PROMPT),
		   secret);
}

int prompt_page(pam_handle_t *pamh, const char *text, struct secret *typed)
{
	return ask(pamh, PAM_PROMPT_ECHO_ON, text, typed);
}

int prompt_first_pass(pam_handle_t *pamh, const struct policy *policy, struct secret *secret)
{
	const void *token = NULL;

	if (policy->first_pass == FIRST_PASS_IGNORE)
		return PAM_IGNORE;
	if (pam_get_item(pamh, PAM_AUTHTOK, &token) == PAM_SUCCESS && token != NULL) {
		(void)secret_set(secret, token, strlen(token));
		return PAM_SUCCESS;
	}
	return policy->first_pass == FIRST_PASS_TRY ? PAM_IGNORE : PAM_AUTH_ERR;
}
