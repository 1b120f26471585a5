/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGXFSZ: ours is taken back, the caller's stays. A stop waits. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "undisturbed.h"
#include "unit.h"

static void block(int how)
{
	sigset_t alone;

	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	assert_int_equal(pthread_sigmask(how, &alone, NULL), 0);
}

static bool is_pending(void)
{
	sigset_t pending;

	assert_int_equal(sigpending(&pending), 0);
	return sigismember(&pending, SIGXFSZ) == 1;
}

static bool is_blocked(void)
{
	sigset_t mask;

	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	return sigismember(&mask, SIGXFSZ) == 1;
}

/* A signal that came through would end the test here. */
static void test_ours(void **state)
{
	struct undisturbed before;

	(void)state;
	undisturbed_begin(&before);
	assert_int_equal(raise(SIGXFSZ), 0);
	assert_true(is_pending());
	undisturbed_end(&before, true);
	assert_false(is_pending());
	assert_false(is_blocked());
}

/* Said to be raised, but taken by somebody else meanwhile. */
static void test_gone(void **state)
{
	struct undisturbed before;

	(void)state;
	undisturbed_begin(&before);
	undisturbed_end(&before, true);
	assert_false(is_blocked());
}

static void test_blocked(void **state)
{
	struct undisturbed before;

	(void)state;
	block(SIG_BLOCK);
	undisturbed_begin(&before);
	assert_int_equal(raise(SIGXFSZ), 0);
	undisturbed_end(&before, true);
	assert_false(is_pending());
	assert_true(is_blocked());
	block(SIG_UNBLOCK);
}

static void test_callers(void **state)
{
	struct undisturbed before;
	int number;
	sigset_t alone;

	(void)state;
	block(SIG_BLOCK);
	assert_int_equal(raise(SIGXFSZ), 0);
	undisturbed_begin(&before);
	undisturbed_end(&before, true);
	assert_true(is_pending());
	assert_true(is_blocked());
	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	assert_int_equal(sigwait(&alone, &number), 0);
	block(SIG_UNBLOCK);
}

/* The child stops at the end, once it has said that it was not stopped before. */
static void stopped_child(int number, int said)
{
	struct undisturbed before;

	/* Nothing from a terminal stops a group that nobody could let go on. */
	(void)setpgid(0, 0);
	undisturbed_begin(&before);
	(void)raise(number);
	if (write(said, "", 1) != 1)
		_exit(1);
	undisturbed_end(&before, false);
	_exit(0);
}

static void test_stop_waits(void **state)
{
	static const int numbers[] = {SIGTSTP, SIGTTIN, SIGTTOU};

	(void)state;
	/* Under valgrind nothing stops. */
	if (getenv("NOTHING_STOPS") != NULL)
		return;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int ends[2], waiting = 0, status;
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			stopped_child(numbers[i], ends[1]);
		assert_int_equal(waitpid(child, &status, WUNTRACED), child);
		assert_true(WIFSTOPPED(status));
		assert_int_equal(WSTOPSIG(status), numbers[i]);
		assert_int_equal(ioctl(ends[0], FIONREAD, &waiting), 0);
		assert_int_equal(kill(child, SIGCONT), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_int_equal(waiting, 1);
		assert_int_equal(close(ends[0]), 0);
		assert_int_equal(close(ends[1]), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours),       cmocka_unit_test(test_gone),
		cmocka_unit_test(test_blocked),    cmocka_unit_test(test_callers),
		cmocka_unit_test(test_stop_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
