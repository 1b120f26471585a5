/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: login_silently SERVICE USER [enrol] <ANSWERS
 *
 * One login by PAM, with "enrol" and the enrolment that it may lead to, which keeps nothing of its
 * own of what is shown and typed: each message goes to standard output as it is, each prompt reads
 * its answer, a line, from standard input to where PAM wants it. Ends with the PAM code. What of
 * these is in its memory at its end is libpam's or the module's doing; see dump_memory.c. It waits
 * for no delay, but lets strace see what libpam would have it wait for.
 */
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_SIZE 512

/* Microseconds: libpam's chance makes half as much more or less of the two seconds promised. */
#define DELAY_LEAST 1000000
#define DELAY_MOST  3000000

static char *read_answer(void)
{
	char *answer = calloc(1, ANSWER_SIZE);

	for (size_t i = 0; answer != NULL && i + 1 < ANSWER_SIZE; i++) {
		if (read(STDIN_FILENO, answer + i, 1) != 1 || answer[i] == '\n') {
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

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	(void)context;
	*responses = calloc((size_t)count, sizeof(**responses));
	for (int i = 0; *responses != NULL && i < count; i++) {
		show(messages[i]->msg);
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
			(*responses)[i].resp = read_answer();
	}
	return *responses != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
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
	if (code == PAM_SUCCESS)
		return;
	(void)snprintf(text, sizeof(text), "a delay for %d: %s", code,
		       usual ? "of 1 to 3 s" : "of another length");
	(void)access(text, F_OK);
}

int main(int argc, char **argv)
{
	const struct pam_conv conversation = {converse, NULL};
	pam_handle_t *pamh = NULL;
	int code;

	if (argc != 3 && argc != 4)
		return 2;
	code = pam_start(argv[1], argv[2], &conversation, &pamh);
	if (code != PAM_SUCCESS)
		return code;
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)tell_delay);
	code = pam_authenticate(pamh, 0);
	if (argc == 4 && code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	if (argc == 4 && code == PAM_NEW_AUTHTOK_REQD)
		code = pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK);
	(void)pam_end(pamh, code);
	return code;
}
