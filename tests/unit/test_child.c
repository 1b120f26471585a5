/* SPDX-License-Identifier: BSD-2-Clause */
/* A program is run, and its status known, whatever its caller does with signals and children. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "unit.h"

/* Run a shell's ${script} with ${text} on its standard input. */
static int run_with(const char *script, const char *text, int patience)
{
	char shell[] = "sh";
	char option[] = "-c";
	char *copy = strdup(script);
	char *const argv[] = {shell, option, copy, NULL};
	struct child child = {.path = "/bin/sh", .argv = argv, .output = -1, .patience = patience};
	int ends[2];
	int status;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(ends[1]), 0);
	child.input = ends[0];
	status = child_run(&child);
	assert_int_equal(close(ends[0]), 0);
	free(copy);
	return status;
}

static int run(const char *script)
{
	return run_with(script, "", 5);
}

static void test_status(void **state)
{
	(void)state;
	assert_int_equal(run("exit 0"), 0);
	assert_int_equal(run("exit 42"), 42);
	assert_int_equal(run_with("read line; test \"$line\" = hello && exit 41", "hello\n", 5),
			 41);
	assert_int_equal(run("kill -9 $$"), CHILD_LOST);
	assert_int_equal(run("kill -11 $$"), CHILD_LOST);
}

static void test_not_there(void **state)
{
	char name[] = "nothing";
	char *const argv[] = {name, NULL};
	const struct child child = {
		.path = "/nonexistent/program", .argv = argv, .output = -1, .patience = 5};

	(void)state;
	assert_int_equal(child_run(&child), CHILD_NOT_RUN);
}

/* Nothing of the caller's goes along: environment, descriptors, signals ignored or blocked. */
static void test_nothing_inherited(void **state)
{
	struct sigaction ignored = {.sa_handler = SIG_IGN};
	struct sigaction before;
	int fd = dup2(STDIN_FILENO, 9);

	(void)state;
	assert_int_equal(fd, 9);
	assert_int_equal(setenv("TWOKEY_TEST", "here", 1), 0);
	assert_int_equal(sigaction(SIGTERM, &ignored, &before), 0);
	assert_int_equal(run("test -z \"$TWOKEY_TEST\" && exit 42"), 42);
	assert_int_equal(run("(: <&2) 2>/dev/null && exit 42"), 42);
	assert_int_equal(run("(: <&9) 2>/dev/null || exit 42"), 42);
	assert_int_equal(run("kill -15 $$; exit 42"), CHILD_LOST);
	assert_int_equal(sigaction(SIGTERM, &before, NULL), 0);
	assert_int_equal(unsetenv("TWOKEY_TEST"), 0);
	assert_int_equal(close(fd), 0);
}

static void test_patience(void **state)
{
	time_t before = time(NULL);

	(void)state;
	assert_int_equal(run_with("exec sleep 60", "", 1), CHILD_LOST);
	assert_int_equal(run_with("kill -STOP $$", "", 1), CHILD_LOST);
	assert_in_range(time(NULL) - before, 1, 10);
}

static volatile sig_atomic_t reaped;

static void reap_all(int number)
{
	int saved = errno;

	(void)number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped++;
	errno = saved;
}

/* What hosts do with SIGCHLD, and that they go on to do it. */
/* What it prints goes where it is wanted, whichever descriptors the caller has closed. */
static void test_output(void **state)
{
	char shell[] = "sh", option[] = "-c", script[] = "cat; echo not seen >&2";
	char *const argv[] = {shell, option, script, NULL};
	struct child child = {.path = "/bin/sh", .argv = argv, .patience = 5};
	char printed[64];
	int input[2], output[2];

	(void)state;
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(pipe2(output, O_CLOEXEC), 0);
	assert_int_equal(write(input[1], "a text\n", 7), 7);
	assert_int_equal(close(input[1]), 0);
	child.input = input[0];
	child.output = output[1];
	assert_int_equal(child_run(&child), 0);
	assert_int_equal(close(input[0]), 0);
	assert_int_equal(close(output[1]), 0);
	assert_int_equal(read(output[0], printed, sizeof(printed)), 7);
	assert_memory_equal(printed, "a text\n", 7);
	assert_int_equal(read(output[0], printed, sizeof(printed)), 0);
	assert_int_equal(close(output[0]), 0);
}

static void test_child_signal(void **state)
{
	static const struct sigaction actions[] = {
		{.sa_handler = SIG_IGN},
		{.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT},
		{.sa_handler = reap_all},
	};
	struct sigaction before, after;

	(void)state;
	for (size_t i = 0; i < COUNT(actions); i++) {
		assert_int_equal(sigaction(SIGCHLD, &actions[i], &before), 0);
		for (int round = 0; round < 20; round++)
			assert_int_equal(run("exit 42"), 42);
		assert_int_equal(sigaction(SIGCHLD, &before, &after), 0);
		assert_ptr_equal(after.sa_handler, actions[i].sa_handler);
	}
	assert_int_equal(reaped, 0);
}

static volatile sig_atomic_t stop;

static void *reap_in_thread(void *context)
{
	(void)context;
	while (!stop)
		(void)waitpid(-1, NULL, 0);
	return NULL;
}

static void *run_in_thread(void *context)
{
	int *wrong = context;

	for (int round = 0; round < 10; round++)
		*wrong += run("exit 42") != 42;
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t reaper, runners[4];
	int wrong[COUNT(runners)] = {0};

	(void)state;
	stop = 0;
	assert_int_equal(pthread_create(&reaper, NULL, reap_in_thread, NULL), 0);
	for (size_t i = 0; i < COUNT(runners); i++)
		assert_int_equal(pthread_create(&runners[i], NULL, run_in_thread, &wrong[i]), 0);
	for (size_t i = 0; i < COUNT(runners); i++) {
		assert_int_equal(pthread_join(runners[i], NULL), 0);
		assert_int_equal(wrong[i], 0);
	}
	stop = 1;
	assert_int_equal(pthread_join(reaper, NULL), 0);
}

/* The caller's own children, mask and descriptors are as they were. */
static void test_caller_untouched(void **state)
{
	sigset_t mask, before, after;
	pid_t own = fork();
	int status;

	(void)state;
	if (own == 0)
		_exit(7);
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &mask, &before), 0);
	assert_int_equal(run("exit 42"), 42);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, &after), 0);
	assert_int_equal(sigismember(&after, SIGUSR1), 1);
	assert_int_equal(sigismember(&after, SIGUSR2), 0);
	assert_int_equal(waitpid(own, &status, 0), own);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(waitpid(-1, &status, (int)__WALL), -1);
	assert_int_equal(errno, ECHILD);
}

/* In a process of its own, for cmocka needs its descriptors. */
static void test_closed_descriptors(void **state)
{
	(void)state;
	for (int mask = 0; mask < 8; mask++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			for (int fd = 0; fd < 3; fd++) {
				if ((mask & 1 << fd) != 0)
					(void)close(fd);
			}
			_exit(run_with("read line; test \"$line\" = hello && exit 42", "hello\n",
				       5));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(WEXITSTATUS(status), 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_nothing_inherited),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_child_signal),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_caller_untouched),
		cmocka_unit_test(test_closed_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
