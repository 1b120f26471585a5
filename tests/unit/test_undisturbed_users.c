/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller of a set-user-ID program can't stop it, and is its real user again afterwards. */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "undisturbed.h"
#include "unit.h"

/* Who starts this program as if it were su. */
#define CALLER 1234

/* Neither root nor the caller. */
#define STRANGER 1235

static bool is_su;

unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
	return is_su && type == AT_UID ? CALLER : __real_getauxval(type);
}

static int be_su(void **state)
{
	(void)state;
	is_su = geteuid() == 0;
	return 0;
}

static int be_root(void **state)
{
	(void)state;
	is_su = false;
	return geteuid() == 0 ? setresuid(0, 0, 0) : 0;
}

/* The error of kill(2) when the caller asks whether this process can be sent a signal. */
static int refusal(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (setresuid(CALLER, CALLER, CALLER) != 0)
			_exit(ENOSYS);
		_exit(kill(getppid(), 0) == 0 ? 0 : errno);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void expect_users(uid_t real, uid_t effective, uid_t saved)
{
	uid_t is_real, is_effective, is_saved;

	assert_int_equal(getresuid(&is_real, &is_effective, &is_saved), 0);
	assert_int_equal(is_real, real);
	assert_int_equal(is_effective, effective);
	assert_int_equal(is_saved, saved);
}

/* Whatever stops it: kill(2) looks at nothing else. */
static void test_caller_cannot_stop(void **state)
{
	static const struct {
		uid_t real, saved;
	} users[] = {{CALLER, 0}, {CALLER, CALLER}, {0, CALLER}};
	struct undisturbed before;

	(void)state;
	if (geteuid() != 0)
		return;
	for (size_t i = 0; i < COUNT(users); i++) {
		assert_int_equal(setresuid(users[i].real, 0, users[i].saved), 0);
		assert_int_equal(refusal(), 0);
		undisturbed_begin(&before);
		assert_int_equal(refusal(), EPERM);
		undisturbed_end(&before, false);
		expect_users(users[i].real, 0, users[i].saved);
		assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
		assert_int_equal(refusal(), 0);
	}
}

static void expect_untouched(uid_t real, uid_t effective, uid_t saved)
{
	struct undisturbed before;

	assert_int_equal(setresuid(real, effective, saved), 0);
	undisturbed_begin(&before);
	expect_users(real, effective, saved);
	undisturbed_end(&before, false);
	expect_users(real, effective, saved);
	assert_int_equal(be_root(NULL), 0);
}

static void test_others_stay(void **state)
{
	if (geteuid() != 0)
		return;
	expect_untouched(CALLER, 0, 0); /* root's own program */
	(void)be_su(state);
	expect_untouched(CALLER, 1, 0);
	(void)be_su(state);
	expect_untouched(0, 0, 0);
}

/* How ${act} ends, done by a child that is su. */
static int ended(void (*act)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (setresuid(CALLER, 0, 0) == 0)
			act();
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* The real user has a process more, until this one ends. */
static void execute_at_limit(void)
{
	const struct rlimit none = {0, RLIM_INFINITY};
	const pid_t parent = getpid();
	struct rlimit limit;
	struct undisturbed before;

	if (fork() == 0) {
		while (getppid() == parent)
			(void)usleep(1000);
		_exit(0);
	}
	if (setrlimit(RLIMIT_NPROC, &none) != 0)
		_exit(2);
	undisturbed_begin(&before);
	undisturbed_end(&before, false);
	if (getrlimit(RLIMIT_NPROC, &limit) != 0 || limit.rlim_cur != 0)
		_exit(3);
	(void)execl("/bin/true", "true", NULL);
}

static void test_limit_of_processes(void **state)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	(void)state;
	/* In some containers root may not. */
	if (geteuid() != 0 || setrlimit(RLIMIT_NPROC, &all) != 0)
		return;
	assert_int_equal(ended(execute_at_limit), 0);
}

static void drop_right(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, sets) != 0)
		_exit(2);
	sets[0].effective &= ~(1u << CAP_SETUID);
	if (syscall(SYS_capset, &header, sets) != 0)
		_exit(2);
}

static void begin_without_right(void)
{
	struct undisturbed before;

	drop_right();
	undisturbed_begin(&before);
	undisturbed_end(&before, false);
	_exit(getuid() == CALLER ? 0 : 3);
}

static void end_without_right(void)
{
	struct undisturbed before;

	undisturbed_begin(&before);
	drop_right();
	undisturbed_end(&before, false);
	_exit(3);
}

/* What can't be given back is not taken; and who can't give it back after all goes no further. */
static void test_without_right(void **state)
{
	int status;

	(void)state;
	if (geteuid() != 0)
		return;
	assert_int_equal(ended(begin_without_right), 0);
	status = ended(end_without_right);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* Another thread has become the caller for good, and so have all. */
static void end_as_the_caller(void)
{
	struct undisturbed before;

	undisturbed_begin(&before);
	if (setresuid(CALLER, CALLER, CALLER) != 0)
		_exit(2);
	undisturbed_end(&before, false);
	_exit(getuid() == CALLER ? 0 : 3);
}

/* For a while, and comes back. */
static void end_as_another_for_now(uid_t another)
{
	struct undisturbed before;

	undisturbed_begin(&before);
	if (seteuid(another) != 0)
		_exit(2);
	undisturbed_end(&before, false);
	if (geteuid() != another || seteuid(0) != 0)
		_exit(2);
	_exit(getuid() == CALLER ? 0 : 3);
}

static void end_as_the_caller_for_now(void)
{
	end_as_another_for_now(CALLER);
}

static void end_as_a_stranger_for_now(void)
{
	end_as_another_for_now(STRANGER);
}

/* As its real user, too. */
static void end_as_a_stranger_altogether(void)
{
	struct undisturbed before;

	undisturbed_begin(&before);
	if (setresuid(STRANGER, STRANGER, 0) != 0)
		_exit(2);
	undisturbed_end(&before, false);
	_exit(getuid() == STRANGER && geteuid() == STRANGER ? 0 : 3);
}

static void test_became_another(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	assert_int_equal(ended(end_as_the_caller), 0);
	assert_int_equal(ended(end_as_the_caller_for_now), 0);
	assert_int_equal(ended(end_as_a_stranger_for_now), 0);
	assert_int_equal(ended(end_as_a_stranger_altogether), 0);
}

/* A program that opens files as its caller goes on to do so. */
static void open_as_the_caller(void)
{
	struct undisturbed before;

	(void)setfsuid(CALLER);
	undisturbed_begin(&before);
	undisturbed_end(&before, false);
	_exit(setfsuid((uid_t)-1) == CALLER && getuid() == CALLER ? 0 : 3);
}

static void test_opens_as_another(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(ended(open_as_the_caller), 0);
}

#define SU_TEST(function) cmocka_unit_test_setup_teardown(function, be_su, be_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SU_TEST(test_caller_cannot_stop), cmocka_unit_test(test_others_stay),
		SU_TEST(test_limit_of_processes), SU_TEST(test_without_right),
		SU_TEST(test_became_another),     SU_TEST(test_opens_as_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
