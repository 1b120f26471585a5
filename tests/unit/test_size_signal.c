/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGXFSZ: ours is taken back, the caller's stays, and the mask is as it was. */
#include <pthread.h>
#include <signal.h>

#include "size_signal.h"
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
	struct size_signal held;

	(void)state;
	size_signal_hold(&held);
	assert_int_equal(raise(SIGXFSZ), 0);
	assert_true(is_pending());
	size_signal_release(&held, true);
	assert_false(is_pending());
	assert_false(is_blocked());
}

/* Said to be raised, but taken by somebody else meanwhile. */
static void test_gone(void **state)
{
	struct size_signal held;

	(void)state;
	size_signal_hold(&held);
	size_signal_release(&held, true);
	assert_false(is_blocked());
}

static void test_blocked(void **state)
{
	struct size_signal held;

	(void)state;
	block(SIG_BLOCK);
	size_signal_hold(&held);
	assert_int_equal(raise(SIGXFSZ), 0);
	size_signal_release(&held, true);
	assert_false(is_pending());
	assert_true(is_blocked());
	block(SIG_UNBLOCK);
}

static void test_callers(void **state)
{
	struct size_signal held;
	int number;
	sigset_t alone;

	(void)state;
	block(SIG_BLOCK);
	assert_int_equal(raise(SIGXFSZ), 0);
	size_signal_hold(&held);
	size_signal_release(&held, true);
	assert_true(is_pending());
	assert_true(is_blocked());
	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	assert_int_equal(sigwait(&alone, &number), 0);
	block(SIG_UNBLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
