/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: login_silently SERVICE USER [enrol|session] <ANSWERS
 *
 * One login by PAM, with "enrol" and the enrolment that it may lead to, with "session" and a
 * session, which keeps nothing of its own of what is shown and typed: each message goes to standard
 * output as it is, each prompt reads its answer, a line, from standard input to where PAM wants it.
 * Where no line is left the conversation fails. Ends with the PAM code. What of these is in its
 * memory when its modules have answered, before pam_end(3) and at its end is libpam's or the
 * module's doing; see dump_memory.c. It waits for no delay, but lets strace see what libpam would
 * have it wait for.
 */
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* dump_memory.c's, where that is preloaded. */
#pragma weak dump_memory
void dump_memory(void);

#define ANSWER_SIZE 512

/* Microseconds: libpam's chance makes half as much more or less of the two seconds promised. */
#define DELAY_LEAST 1000000
#define DELAY_MOST  3000000

static void leave_memory(void)
{
	if (dump_memory != NULL)
		dump_memory();
}

/* NULL where there is none. */
static char *read_answer(void)
{
	char *answer = calloc(1, ANSWER_SIZE);

	for (size_t i = 0; answer != NULL && i + 1 < ANSWER_SIZE; i++) {
		if (read(STDIN_FILENO, answer + i, 1) != 1) {
			explicit_bzero(answer, ANSWER_SIZE);
			free(answer);
			return NULL;
		}
		if (answer[i] == '\n') {
			answer[i] = '\0';
			break;
		}
	}
	return answer;
}

static void show(const char *text)
{
	ssize_t shown = 0;

	for (; shown >= 0 && *text != '\0'; text += shown > 0 ? shown : 0)
		shown = write(STDOUT_FILENO, text, strlen(text));
}

static bool is_prompt(const struct pam_message *message)
{
	return message->msg_style == PAM_PROMPT_ECHO_OFF ||
	       message->msg_style == PAM_PROMPT_ECHO_ON;
}

/* libpam and all modules here send one message at a time. */
static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct pam_response *response;

	(void)context;
	if (count != 1)
		return PAM_CONV_ERR;
	response = calloc(1, sizeof(*response));
	if (response == NULL)
		return PAM_BUF_ERR;
	show(messages[0]->msg);
	if (is_prompt(messages[0])) {
		response->resp = read_answer();
		if (response->resp == NULL) {
			free(response);
			return PAM_CONV_ERR;
		}
	}
	*responses = response;
	return PAM_SUCCESS;
}

/*
 * Told by access(2) on a file that there is not, named after the result and what does not vary by
 * chance. Nobody waits after a success, for which libpam calls this, too.
 */
static void tell_delay(int code, unsigned microseconds, void *context)
{
	bool usual = microseconds >= DELAY_LEAST && microseconds <= DELAY_MOST;
	char text[64];

	(void)context;
	/* The modules have answered, and the stack is as they left it. */
	leave_memory();
	if (code == PAM_SUCCESS)
		return;
	(void)snprintf(text, sizeof(text), "a delay for %d: %s", code,
		       usual ? "of 1 to 3 s" : "of another length");
	(void)access(text, F_OK);
}

static int enrol(pam_handle_t *pamh)
{
	int code = pam_acct_mgmt(pamh, 0);

	return code == PAM_NEW_AUTHTOK_REQD ? pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK)
					    : code;
}

int main(int argc, char **argv)
{
	const struct pam_conv conversation = {converse, NULL};
	const char *then = argc == 4 ? argv[3] : "";
	pam_handle_t *pamh = NULL;
	int code;

	if (argc != 3 && argc != 4)
		return 2;
	code = pam_start(argv[1], argv[2], &conversation, &pamh);
	if (code != PAM_SUCCESS)
		return code;
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)tell_delay);
	code = pam_authenticate(pamh, 0);
	if (code == PAM_SUCCESS && strcmp(then, "enrol") == 0)
		code = enrol(pamh);
	if (code == PAM_SUCCESS && strcmp(then, "session") == 0)
		code = pam_open_session(pamh, 0);
	leave_memory();
	(void)pam_end(pamh, code);
	return code;
}
