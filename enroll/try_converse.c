/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory_text.h"
#include "overview.h"
#include "screen.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"
#include "try.h"

static const char *style_name(int style)
{
	switch (style) {
	case PAM_PROMPT_ECHO_OFF:
		return "hidden";
	case PAM_PROMPT_ECHO_ON:
		return "shown";
	case PAM_ERROR_MSG:
		return "error";
	default:
		return "info";
	}
}

/* With --json standard output is for the result: what a person is to see goes beside it. */
static FILE *stream_for_person(const struct trial *trial)
{
	return trial->told != NULL ? stderr : stdout;
}

static void tell(struct trial *trial, int style, const char *text)
{
	json_t *prompts = json_object_get(trial->told, "prompts");

	if (trial->told != NULL)
		trial_tell(trial, prompts,
			   json_pack("{s:s, s:o}", "style", style_name(style), "text",
				     overview_text_json(text)));
}

/* A message, or a prompt that nobody at a terminal is there to answer. */
static void print(const struct trial *trial, const char *heading, const char *text)
{
	struct screen screen = screen_of(stream_for_person(trial));

	(void)fprintf(screen.stream, "%s ", heading);
	screen_wrap(&screen, text, screen_width(heading) + 1);
}

/* ${text} as the screen may have it; the caller frees it. */
static char *clean(const char *text)
{
	char *cleaned = NULL;
	size_t size;
	FILE *stream = open_memstream(&cleaned, &size);

	if (stream == NULL)
		return NULL;
	screen_text(stream, text);
	if (!memory_text_close(stream, &cleaned)) {
		free(cleaned);
		return NULL;
	}
	return cleaned;
}

static int answer(struct trial *trial, const struct pam_message *message,
		  struct pam_response *response)
{
	enum terminal_echo echo =
		message->msg_style == PAM_PROMPT_ECHO_ON ? ECHO_SHOWN : ECHO_HIDDEN;
	struct secret typed = {0};
	char *prompt = clean(message->msg);
	bool any;

	if (prompt == NULL)
		return PAM_BUF_ERR;
	if (isatty(STDIN_FILENO) != 1 && trial->told == NULL)
		print(trial, _("prompt:"), message->msg);
	any = terminal_read(prompt, echo, &typed);
	free(prompt);
	if (any)
		response->resp = strdup(typed.text);
	secret_wipe(&typed);
	trial->asked++;
	return response->resp != NULL ? PAM_SUCCESS : PAM_CONV_ERR;
}

static int converse_one(struct trial *trial, const struct pam_message *message,
			struct pam_response *response)
{
	switch (message->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
	case PAM_PROMPT_ECHO_ON:
		tell(trial, message->msg_style, message->msg);
		return answer(trial, message, response);
	case PAM_ERROR_MSG:
	case PAM_TEXT_INFO:
		tell(trial, message->msg_style, message->msg);
		print(trial, message->msg_style == PAM_ERROR_MSG ? _("error:") : _("message:"),
		      message->msg);
		return PAM_SUCCESS;
	default: /* for programs that speak more than text, which sshd, sudo and login don't */
		return PAM_CONV_ERR;
	}
}

static void free_responses(struct pam_response *responses, int count)
{
	for (int i = 0; i < count; i++) {
		if (responses[i].resp != NULL)
			explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

int trial_converse(int count, const struct pam_message **messages, struct pam_response **responses,
		   void *data)
{
	struct pam_response *replies;
	int result = PAM_SUCCESS;

	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	replies = calloc((size_t)count, sizeof(*replies));
	if (replies == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count && result == PAM_SUCCESS; i++)
		result = converse_one(data, messages[i], &replies[i]);
	if (result == PAM_SUCCESS)
		*responses = replies;
	else
		free_responses(replies, count);
	return result;
}
