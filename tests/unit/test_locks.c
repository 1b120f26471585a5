/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has which lock of the store, until when, and who waits for it. */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_file.h"
#include "unit.h"

static struct transaction transaction;

static void test_lock_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	char path[128];
	int fd = open(fixture_path(fixture, "users/alice", path), O_RDONLY);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(store_begin(&fixture->store, "alice", SUBJECT_USER,
				     store_deadline() - STORE_PATIENCE + 20, &transaction),
			 REASON_STORE_BUSY);
	store_end(&transaction);
	/* Another user's lock is another file's. */
	assert_int_equal(fixture_begin(fixture, "bob", &transaction), REASON_NONE);
	store_end(&transaction);
	assert_int_equal(close(fd), 0);
	assert_int_equal(fixture_try(fixture), REASON_NONE);
}

static void test_replaced_while_waiting(void **state)
{
	struct fixture *fixture = *state;
	static const struct state fresh;
	int fd;

	assert_int_equal(file_open(&fixture->store, "users/alice", O_RDWR, &fd), REASON_NONE);
	fixture_write(fixture, &fresh);
	assert_int_equal(file_lock(&fixture->store, "users/alice", fd, store_deadline()),
			 REASON_STORE_CONFLICT);
	assert_int_equal(close(fd), 0);
}

/* What happens while a directory is synced. */
static void (*meanwhile)(void);

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	struct stat status;

	if (meanwhile != NULL && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		meanwhile();
	return __real_fsync(fd);
}

/* Whether the file that took the place of alice's was locked then. */
static const char *watched;
static bool was_locked;

static void look_at_lock(void)
{
	int named = open(watched, O_RDWR);

	was_locked = flock(named, LOCK_EX | LOCK_NB) != 0;
	(void)close(named);
}

/* What a login spent in a file whose name is not durable yet, a power loss would give back. */
static void test_new_file_is_locked_until_durable(void **state)
{
	struct fixture *fixture = *state;
	struct change change;
	char path[128];

	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	watched = fixture_path(fixture, "users/alice", path);
	meanwhile = look_at_lock;
	assert_int_equal(change_write(&change, &change.record, &change.state), REASON_NONE);
	meanwhile = NULL;
	change_end(&change);
	assert_true(was_locked);
	assert_int_equal(fixture_try(fixture), REASON_NONE);
}

static pid_t child;

static void fork_once(void)
{
	if (child == 0)
		child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)pause();
		_exit(0);
	}
}

/* A change takes both locks: nobody waits for one that the child alone would hold. */
static void expect_unlocked(struct fixture *fixture)
{
	struct change change;

	meanwhile = NULL;
	assert_int_not_equal(child, 0);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	change_end(&change);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	child = 0;
}

/* Another thread of the host forks, and the child does not execute anything yet. */
static void test_child_keeps_no_lock(void **state)
{
	struct fixture *fixture = *state;
	struct store_fault fault;
	struct change change;

	assert_int_equal(fixture_begin(fixture, "alice", &transaction), REASON_NONE);
	fork_once();
	store_end(&transaction);
	expect_unlocked(fixture);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	fork_once();
	change_end(&change);
	expect_unlocked(fixture);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	meanwhile = fork_once;
	assert_int_equal(change_write(&change, &change.record, &change.state), REASON_NONE);
	change_end(&change);
	expect_unlocked(fixture);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(change_remove(&change), REASON_NONE);
	change_end(&change);
	/* Where nobody is enrolled it syncs. */
	meanwhile = fork_once;
	assert_int_equal(store_create(fixture->path, &fault), REASON_NONE);
	expect_unlocked(fixture);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lock_is_waited_for),
		TEST(test_replaced_while_waiting),
		TEST(test_new_file_is_locked_until_durable),
		TEST(test_child_keeps_no_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
