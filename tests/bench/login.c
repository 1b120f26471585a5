/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole transactions - pam_start, which loads the module, pam_authenticate, pam_end - against any
 * PAM service, on a clock of their own, so that each login has a fresh code without waiting for it.
 *
 * usage: bench_login CONFDIR SERVICE WANTED MODE USER ANSWERS [USER ANSWERS]
 *
 * ANSWERS is a file with a line a login: the seconds since 1970 that the module is to see, and what
 * is typed at each prompt. Every login must end with the PAM code WANTED. MODE is one of
 *
 *   latency   a line a login on standard output: its nanoseconds
 *   rate      logins a second, with a process for each USER
 *   memory    KiB that the first login made the process's own
 *   trace     the last login between two system calls that strace can't miss: access(BENCH_MARK)
 *
 * The exit status is 0 if all ended as wanted.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BENCH_MARK "/bench-mark"

/* Prompts of one login, at most: a password and a code. */
#define ANSWERS_MAX 2

#define LOGINS_MAX  100000

struct plan {
	const char *confdir;
	const char *service;
	int wanted;
};

struct login {
	int64_t time;
	char answers[ANSWERS_MAX][64];
};

/* What one user will type. */
struct script {
	const char *user;
	struct login *logins;
	size_t count;
};

/* --- The wall clock, as modules see it: the program's own symbols come before libc's. */

static int64_t wall_clock;

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static int (*libc)(clockid_t, struct timespec *);

	if (libc == NULL)
		libc = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	if (clock != CLOCK_REALTIME || wall_clock == 0)
		return libc(clock, time);
	*time = (struct timespec){.tv_sec = wall_clock};
	return 0;
}

time_t time(time_t *seconds)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (seconds != NULL)
		*seconds = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec time;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &time);
	*now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
	return 0;
}

static int64_t nanoseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

__attribute__((noreturn)) static void fail(const char *what)
{
	(void)fprintf(stderr, "bench_login: %s\n", what);
	exit(2);
}

/* --- One login */

struct typist {
	const struct login *login;
	size_t prompts;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct typist *typist = context;
	struct pam_response *answers = calloc((size_t)count, sizeof(*answers));

	for (int i = 0; i < count && answers != NULL; i++) {
		int style = messages[i]->msg_style;

		if (style != PAM_PROMPT_ECHO_OFF && style != PAM_PROMPT_ECHO_ON)
			continue;
		if (typist->prompts == ANSWERS_MAX)
			fail("there are more prompts than answers");
		answers[i].resp = strdup(typist->login->answers[typist->prompts++]);
	}
	*responses = answers;
	return answers != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* A refusal is measured without the delay that follows it. */
static void no_delay(int result, unsigned microseconds, void *context)
{
	(void)result;
	(void)microseconds;
	(void)context;
}

/* KiB of memory that is this process's own: written, and not a file's. */
static int64_t own_memory(void)
{
	static char text[4096];
	int fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof(text) - 1);
	const char *found;

	text[length > 0 ? length : 0] = '\0';
	(void)close(fd);
	found = strstr(text, "Anonymous:");
	if (found == NULL)
		fail("/proc/self/smaps_rollup tells nothing");
	return strtol(found + strlen("Anonymous:"), NULL, 10);
}

static int transaction(const struct plan *plan, const char *user, const struct login *login,
		       int64_t *memory)
{
	struct typist typist = {.login = login};
	const struct pam_conv conversation = {converse, &typist};
	pam_handle_t *pamh = NULL;
	int result = pam_start_confdir(plan->service, user, &conversation, plan->confdir, &pamh);

	if (result != PAM_SUCCESS)
		fail("pam_start");
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, (const void *)no_delay);
	result = pam_authenticate(pamh, 0);
	if (memory != NULL)
		*memory = own_memory();
	(void)pam_end(pamh, result);
	return result;
}

static void log_in(const struct plan *plan, const char *user, const struct login *login,
		   int64_t *memory)
{
	int result;

	wall_clock = login->time;
	result = transaction(plan, user, login, memory);
	wall_clock = 0;
	if (result == plan->wanted)
		return;
	(void)fprintf(stderr, "bench_login: %s of %s ended with %d, not %d\n", plan->service, user,
		      result, plan->wanted);
	exit(1);
}

/* --- What is measured */

static void run(const struct plan *plan, const struct script *script, size_t count)
{
	for (size_t i = 0; i < count; i++)
		log_in(plan, script->user, &script->logins[i], NULL);
}

static void latency(const struct plan *plan, const struct script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		int64_t start = nanoseconds();

		log_in(plan, script->user, &script->logins[i], NULL);
		(void)printf("%" PRId64 "\n", nanoseconds() - start);
	}
}

static void rate(const struct plan *plan, const struct script scripts[], size_t count)
{
	size_t logins = 0;
	int barrier[2], status;
	bool good = true;
	int64_t start;

	if (pipe(barrier) != 0)
		fail("pipe");
	for (size_t i = 0; i < count; i++) {
		char released;

		logins += scripts[i].count;
		if (fork() != 0)
			continue;
		(void)close(barrier[1]);
		(void)!read(barrier[0], &released, 1); /* its end is the start */
		run(plan, &scripts[i], scripts[i].count);
		_exit(0);
	}
	(void)usleep(20000);
	start = nanoseconds();
	(void)close(barrier[1]);
	while (wait(&status) > 0)
		good = good && status == 0;
	if (!good)
		exit(1);
	(void)printf("%.1f\n", (double)logins * 1e9 / (double)(nanoseconds() - start));
}

/* The first login of a process is the one that needs memory. */
static void memory(const struct plan *plan, const struct script *script)
{
	int64_t before, after;

	(void)own_memory();
	before = own_memory();
	log_in(plan, script->user, &script->logins[0], &after);
	(void)printf("%" PRId64 "\n", after - before);
}

/* Exported and never inlined: callgrind is told to count within it. */
void bench_last(const struct plan *plan, const struct script *script);

__attribute__((noinline)) void bench_last(const struct plan *plan, const struct script *script)
{
	log_in(plan, script->user, &script->logins[script->count - 1], NULL);
}

/* The logins before it have bound the program's symbols and opened the log. */
static void trace(const struct plan *plan, const struct script *script)
{
	run(plan, script, script->count - 1);
	(void)access(BENCH_MARK, F_OK);
	bench_last(plan, script);
	(void)access(BENCH_MARK, F_OK);
}

/* --- Arguments */

static void read_script(const char *user, const char *path, struct script *script)
{
	FILE *file = fopen(path, "re");
	char line[256];

	script->user = user;
	script->logins = calloc(LOGINS_MAX, sizeof(*script->logins));
	script->count = 0;
	if (file == NULL || script->logins == NULL)
		fail("the answers can't be read");
	while (script->count < LOGINS_MAX && fgets(line, sizeof(line), file) != NULL) {
		struct login *login = &script->logins[script->count++];

		if (sscanf(line, "%" SCNd64 " %63s %63s", &login->time, login->answers[0],
			   login->answers[1]) < 2)
			fail("a line of answers is not 'seconds answer...'");
	}
	(void)fclose(file);
	if (script->count == 0)
		fail("there are no answers");
}

int main(int argc, char **argv)
{
	struct script scripts[2];
	struct plan plan;
	const char *mode;

	if (argc != 7 && argc != 9)
		fail("usage: bench_login CONFDIR SERVICE WANTED MODE USER ANSWERS [USER ANSWERS]");
	plan = (struct plan){argv[1], argv[2], atoi(argv[3])};
	mode = argv[4];
	for (int i = 5; i < argc; i += 2)
		read_script(argv[i], argv[i + 1], &scripts[(i - 5) / 2]);
	if (strcmp(mode, "latency") == 0)
		latency(&plan, &scripts[0]);
	else if (strcmp(mode, "rate") == 0)
		rate(&plan, scripts, (size_t)(argc - 5) / 2);
	else if (strcmp(mode, "memory") == 0)
		memory(&plan, &scripts[0]);
	else if (strcmp(mode, "trace") == 0)
		trace(&plan, &scripts[0]);
	else
		fail("there is no such mode");
	return 0;
}
