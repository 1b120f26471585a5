/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drive pam_authenticate(3) of any service, for tests, and a session after it: answer its prompts
 * in order, and print what a caller learns - the prompts, what is told, the PAM code - and nothing
 * else. Many attempts can be made at one instant, by processes or by threads of one process: all
 * stand ready, then all are let go.
 */
#include <getopt.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"usage: attempt [options] SERVICE USER [ANSWER...]\n"
	"       attempt [options] --each FILE SERVICE\n"
	"  --processes N  N attempts at one instant, each by a process of its own\n"
	"  --threads N    the same, by threads of one process\n"
	"  --each FILE    an attempt takes a line: the user and the answers, parted by tabs\n"
	"  --hold FILE    stand at the first prompt until FILE exists\n"
	"  --at N         with --hold: at the Nth prompt\n"
	"  --session      after a success, open a session and close it\n"
	"One attempt prints its prompts and its PAM code, and ends with that code. Several print\n"
	"how many ended with each code or signal, and end with 0 if no signal ended one.\n";

#define ATTEMPTS_MAX 1000
#define ANSWERS_MAX  16
#define RESULTS_MAX  256
#define SIGNALLED    128 /* and the signal, as a shell tells it */
#define BROKEN       2   /* this driver's own failure; PAM_SYMBOL_ERR, which no test awaits */

enum crowd { CROWD_NONE, CROWD_PROCESSES, CROWD_THREADS };

/* Who tries, and with what. */
struct login {
	const char *user;
	const char *answers[ANSWERS_MAX];
	size_t answer_count;
};

struct plan {
	enum crowd crowd;
	size_t attempts;
	const char *service;
	const char *hold;
	size_t hold_at; /* the prompt's number, from 1 */
	const char *each;
	bool session;
	struct login logins[ATTEMPTS_MAX];
	size_t login_count;
};

struct attempt {
	const struct plan *plan;
	const struct login *login;
	size_t next_answer;
	int ready;
	int gate;
	int result;
};

/* The two pipes of a starting line: each says that it is ready, and sees the gate's end closed. */
struct start {
	int ready[2];
	int gate[2];
};

static void fail(const char *what)
{
	perror(what);
	exit(BROKEN);
}

/* --- One attempt */

static void print_prompt(const struct pam_message *message)
{
	static const char *const styles[] = {[PAM_PROMPT_ECHO_OFF] = "hidden",
					     [PAM_PROMPT_ECHO_ON] = "shown",
					     [PAM_ERROR_MSG] = "error",
					     [PAM_TEXT_INFO] = "info"};
	bool known = message->msg_style > 0 && message->msg_style <= PAM_TEXT_INFO;

	(void)printf("%s: %s\n", known ? styles[message->msg_style] : "unknown", message->msg);
	(void)fflush(stdout);
}

static void stand_at_prompt(const struct plan *plan, size_t number)
{
	while (plan->hold != NULL && number == plan->hold_at && access(plan->hold, F_OK) != 0)
		(void)usleep(1000);
}

static bool is_question(const struct pam_message *message)
{
	return message->msg_style == PAM_PROMPT_ECHO_OFF ||
	       message->msg_style == PAM_PROMPT_ECHO_ON;
}

/* An answer that has run out is none. */
static void answer(struct attempt *attempt, const struct pam_message *message,
		   struct pam_response *given)
{
	if (!is_question(message) || attempt->next_answer == attempt->login->answer_count)
		return;
	stand_at_prompt(attempt->plan, attempt->next_answer + 1);
	given->resp = strdup(attempt->login->answers[attempt->next_answer++]);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct attempt *attempt = context;
	struct pam_response *given = calloc((size_t)count, sizeof(*given));

	if (given == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count && attempt->plan->crowd == CROWD_NONE; i++)
		print_prompt(messages[i]);
	for (int i = 0; given != NULL && i < count; i++)
		answer(attempt, messages[i], &given[i]);
	*responses = given;
	return PAM_SUCCESS;
}

/* What pam_fail_delay asks for is the subject of no test here. */
static void no_delay(int code, unsigned microseconds, void *context)
{
	(void)code;
	(void)microseconds;
	(void)context;
}

static void wait_for_nothing(pam_handle_t *pamh)
{
	void (*delay)(int, unsigned, void *) = no_delay;
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, item);
}

static void wait_at_gate(const struct attempt *attempt)
{
	char byte = 0;

	if (attempt->gate < 0)
		return;
	if (write(attempt->ready, &byte, 1) != 1)
		fail("write");
	while (read(attempt->gate, &byte, 1) != 0)
		continue;
}

static void *make_attempt(void *context)
{
	struct attempt *attempt = context;
	const struct plan *plan = attempt->plan;
	const struct pam_conv conversation = {converse, attempt};
	pam_handle_t *pamh = NULL;

	attempt->result = pam_start(plan->service, attempt->login->user, &conversation, &pamh);
	if (attempt->result == PAM_SUCCESS)
		wait_for_nothing(pamh);
	wait_at_gate(attempt);
	if (attempt->result != PAM_SUCCESS)
		return NULL;
	attempt->result = pam_authenticate(pamh, 0);
	if (attempt->result == PAM_SUCCESS && plan->session)
		attempt->result = pam_open_session(pamh, 0);
	if (attempt->result == PAM_SUCCESS && plan->session)
		attempt->result = pam_close_session(pamh, 0);
	(void)pam_end(pamh, attempt->result);
	return NULL;
}

/* --- Many at one instant */

static void open_start(struct start *start)
{
	if (pipe(start->ready) != 0 || pipe(start->gate) != 0)
		fail("pipe");
}

/* Whoever ends before the gate is no longer waited for. */
static void let_go(struct start *start, size_t attempts)
{
	char byte;

	while (attempts > 0 && read(start->ready[0], &byte, 1) == 1)
		attempts--;
	(void)close(start->gate[1]);
}

static void by_processes(struct attempt *attempts, size_t count, struct start *start)
{
	pid_t children[ATTEMPTS_MAX];

	for (size_t i = 0; i < count; i++) {
		children[i] = fork();
		if (children[i] < 0)
			fail("fork");
		if (children[i] > 0)
			continue;
		(void)close(start->gate[1]);
		(void)make_attempt(&attempts[i]);
		_exit(attempts[i].result);
	}
	(void)close(start->ready[1]);
	let_go(start, count);
	for (size_t i = 0; i < count; i++) {
		int status;

		if (waitpid(children[i], &status, 0) != children[i])
			fail("waitpid");
		attempts[i].result =
			WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
	}
}

static void by_threads(struct attempt *attempts, size_t count, struct start *start)
{
	pthread_t threads[ATTEMPTS_MAX];

	for (size_t i = 0; i < count; i++) {
		if (pthread_create(&threads[i], NULL, make_attempt, &attempts[i]) != 0)
			fail("pthread_create");
	}
	let_go(start, count);
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(threads[i], NULL);
	(void)close(start->ready[1]);
}

static int print_results(const size_t ended[RESULTS_MAX])
{
	int status = 0;

	for (int i = 0; i < RESULTS_MAX; i++) {
		if (ended[i] == 0)
			continue;
		if (i >= SIGNALLED)
			status = 1;
		(void)printf(i >= SIGNALLED ? "signal: %d x %zu\n" : "result: %d x %zu\n",
			     i >= SIGNALLED ? i - SIGNALLED : i, ended[i]);
	}
	return status;
}

static int make_all(const struct plan *plan)
{
	static struct attempt attempts[ATTEMPTS_MAX];
	size_t ended[RESULTS_MAX] = {0};
	struct start start;

	open_start(&start);
	for (size_t i = 0; i < plan->attempts; i++)
		attempts[i] = (struct attempt){.plan = plan,
					       .login = &plan->logins[i % plan->login_count],
					       .ready = start.ready[1],
					       .gate = start.gate[0]};
	if (plan->crowd == CROWD_THREADS)
		by_threads(attempts, plan->attempts, &start);
	else
		by_processes(attempts, plan->attempts, &start);
	(void)close(start.ready[0]);
	(void)close(start.gate[0]);
	for (size_t i = 0; i < plan->attempts; i++)
		ended[attempts[i].result % RESULTS_MAX]++;
	return print_results(ended);
}

/* --- Arguments */

static void add_login(struct plan *plan, const char *user, char *const *answers, size_t count)
{
	struct login *login = &plan->logins[plan->login_count++];

	login->user = user;
	for (size_t i = 0; i < count && i < ANSWERS_MAX; i++)
		login->answers[login->answer_count++] = answers[i];
}

static bool read_logins(struct plan *plan)
{
	FILE *file = fopen(plan->each, "re");
	char *line = NULL;
	size_t size = 0;

	if (file == NULL)
		return false;
	while (plan->login_count < ATTEMPTS_MAX && getline(&line, &size, file) > 0) {
		char *answers[ANSWERS_MAX];
		size_t count = 0;
		char *rest = line;
		char *user;

		line[strcspn(line, "\n")] = '\0';
		user = strsep(&rest, "\t");
		while (rest != NULL && count < ANSWERS_MAX)
			answers[count++] = strsep(&rest, "\t");
		add_login(plan, user, answers, count);
		line = NULL; /* kept: the login points into it */
	}
	free(line);
	(void)fclose(file);
	return plan->login_count > 0;
}

/* From 1 to ${most}. */
static bool read_number(size_t most, size_t *number)
{
	char *end;

	*number = strtoul(optarg, &end, 10);
	return *end == '\0' && *number > 0 && *number <= most;
}

static bool read_crowd(enum crowd crowd, struct plan *plan)
{
	plan->crowd = crowd;
	return read_number(ATTEMPTS_MAX, &plan->attempts);
}

static bool read_option(int option, struct plan *plan)
{
	switch (option) {
	case 'p':
		return read_crowd(CROWD_PROCESSES, plan);
	case 't':
		return read_crowd(CROWD_THREADS, plan);
	case 'e':
		plan->each = optarg;
		return true;
	case 'o':
		plan->hold = optarg;
		return true;
	case 'a':
		return read_number(ANSWERS_MAX, &plan->hold_at);
	case 's':
		plan->session = true;
		return true;
	default:
		return false;
	}
}

static bool read_arguments(int argc, char **argv, struct plan *plan)
{
	static const struct option options[] = {
		{"processes", required_argument, NULL, 'p'},
		{"threads", required_argument, NULL, 't'},
		{"each", required_argument, NULL, 'e'},
		{"hold", required_argument, NULL, 'o'},
		{"at", required_argument, NULL, 'a'},
		{"session", no_argument, NULL, 's'},
		{0},
	};
	int option;
	int left;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (!read_option(option, plan))
			return false;
	}
	left = argc - optind;
	if (left < 1)
		return false;
	plan->service = argv[optind];
	if (plan->each != NULL)
		return left == 1 && plan->crowd != CROWD_NONE && read_logins(plan);
	if (left < 2 || left > 2 + ANSWERS_MAX)
		return false;
	add_login(plan, argv[optind + 1], argv + optind + 2, (size_t)left - 2);
	return true;
}

int main(int argc, char **argv)
{
	static struct plan plan = {.hold_at = 1};
	struct attempt alone = {.plan = &plan, .login = &plan.logins[0], .ready = -1, .gate = -1};

	if (!read_arguments(argc, argv, &plan)) {
		(void)fputs(usage, stderr);
		return BROKEN;
	}
	if (plan.crowd != CROWD_NONE)
		return make_all(&plan);
	(void)make_attempt(&alone);
	(void)printf("result: %d\n", alone.result);
	return alone.result;
}
