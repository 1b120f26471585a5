/* SPDX-License-Identifier: BSD-2-Clause */
/* The store: what is trusted, locked, written, and survives. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store_file.h"
#include "unit.h"

static struct transaction transaction;

/* Without the lock, which the transaction under test has. */
static uint32_t failures_on_disk(const struct fixture *fixture)
{
	static char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];
	struct state newest;
	char path[128];
	int fd = open(fixture_path(fixture, "users/alice", path), O_RDONLY);

	assert_int_equal(pread(fd, blocks, sizeof(blocks), RECORD_SIZE), sizeof(blocks));
	assert_int_equal(close(fd), 0);
	assert_true(state_newest(blocks, &newest) >= 0);
	return newest.failures;
}

static void test_slots_take_turns(void **state)
{
	struct fixture *fixture = *state;
	uint64_t sequence = fixture_state(fixture).sequence;

	for (uint32_t i = 1; i <= 6; i++) {
		struct state next;
		int slot;

		assert_int_equal(fixture_begin(fixture, "alice", &transaction), REASON_NONE);
		assert_int_equal(transaction.subject, SUBJECT_USER);
		assert_int_equal(transaction.state.sequence, sequence + i - 1);
		slot = transaction.slot;
		next = transaction.state;
		next.failures = i;
		assert_int_equal(store_charge(&transaction, &next), REASON_NONE);
		assert_int_equal(failures_on_disk(fixture), i);
		assert_int_equal(store_commit(&transaction, &next), REASON_NONE);
		assert_int_equal(transaction.slot, slot);
		store_end(&transaction);
		assert_int_equal(fixture_state(fixture).sequence, sequence + i);
		assert_int_equal(slot, i % 2);
	}
}

static void test_torn_slots(void **state)
{
	struct fixture *fixture = *state;

	fixture_damage(fixture, "users/alice", RECORD_SIZE + STATE_BLOCK_SIZE);
	assert_int_equal(fixture_try(fixture), REASON_NONE);
	fixture_damage(fixture, "users/alice", RECORD_SIZE);
	assert_int_equal(fixture_begin(fixture, "alice", &transaction), REASON_STATE_DAMAGED);
	assert_int_equal(transaction.record.device_count, 2);
	store_end(&transaction);
}

static void test_damaged_record(void **state)
{
	struct fixture *fixture = *state;

	fixture_damage(fixture, "users/alice", 20);
	assert_int_equal(fixture_try(fixture), REASON_RECORD_DAMAGED);
	assert_string_equal(fixture->store.fault.file, "users/alice");
	assert_true(fixture->store.fault.record.line > 0);
	assert_non_null(fixture->store.fault.record.problem);
}

static void test_short_files(void **state)
{
	static const struct {
		off_t size;
		enum reason reason;
	} rows[] = {{FILE_SIZE - 1, REASON_STATE_DAMAGED},
		    {RECORD_SIZE, REASON_STATE_DAMAGED},
		    {RECORD_SIZE - 1, REASON_RECORD_DAMAGED},
		    {1, REASON_RECORD_DAMAGED},
		    {0, REASON_RECORD_DAMAGED}};
	struct fixture *fixture = *state;
	char path[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(truncate(fixture_path(fixture, "users/alice", path), rows[i].size),
				 0);
		assert_int_equal(fixture_try(fixture), rows[i].reason);
	}
}

static void test_large_garbage(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	(void)fixture_path(fixture, "users/alice", path);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(truncate(path, 200 * 1024 * 1024), 0);
	assert_int_equal(fixture_try(fixture), REASON_RECORD_DAMAGED);
}

static void test_sequence_at_its_end(void **state)
{
	struct fixture *fixture = *state;
	struct state last = {.sequence = UINT64_MAX - 2};

	assert_int_equal(fixture_begin(fixture, "alice", &transaction), REASON_NONE);
	transaction.state.sequence = UINT64_MAX - 1;
	assert_int_equal(store_commit(&transaction, &last), REASON_NONE);
	store_end(&transaction);
	assert_int_equal(fixture_try(fixture), REASON_STATE_EXHAUSTED);
}

static void test_without_decoys(void **state)
{
	struct fixture *fixture = *state;
	char from[128], to[128];
	struct state any = {.failures = 1};

	assert_int_equal(
		rename(fixture_path(fixture, "decoys", from), fixture_path(fixture, "away", to)),
		0);
	assert_int_equal(fixture_begin(fixture, "bob", &transaction), REASON_NONE);
	assert_int_equal(transaction.fd, -1);
	assert_int_equal(store_charge(&transaction, &any), REASON_NONE);
	assert_int_equal(store_commit(&transaction, &any), REASON_NONE);
	store_end(&transaction);
	assert_int_equal(fixture_try(fixture), REASON_NONE);
}

static ino_t file_number(const struct fixture *fixture, const char *file)
{
	struct stat status;
	char path[128];

	assert_int_equal(stat(fixture_path(fixture, file, path), &status), 0);
	return status.st_ino;
}

/* Those that are there stay, and what has no decoy's name is none. */
static void test_missing_decoys_are_made(void **state)
{
	struct fixture *fixture = *state;
	ino_t first = file_number(fixture, "decoys/00");
	struct store_fault fault;
	char from[128], to[128];

	assert_int_equal(rename(fixture_path(fixture, "decoys/07", from),
				fixture_path(fixture, "decoys/007", to)),
			 0);
	assert_int_equal(rename(fixture_path(fixture, "decoys/63", from),
				fixture_path(fixture, "decoys/x", to)),
			 0);
	assert_int_equal(store_read_decoy(&fixture->store, 7), REASON_UNENROLLED);
	assert_int_equal(store_create(fixture->path, &fault), REASON_NONE);
	for (unsigned i = 0; i < STORE_DECOY_COUNT; i++)
		assert_int_equal(store_read_decoy(&fixture->store, i), REASON_NONE);
	assert_int_equal(file_number(fixture, "decoys/00"), first);
}

/* In a child, with the signal's default action: it must not die of it, and find its mask unchanged.
 */
static void limited_child(struct fixture *fixture, rlim_t limit)
{
	struct rlimit limits = {limit, limit};
	struct state next = {.failures = 1};
	sigset_t before, after;

	(void)sigprocmask(SIG_SETMASK, NULL, &before);
	if (setrlimit(RLIMIT_FSIZE, &limits) != 0)
		_exit(1);
	if (fixture_begin(fixture, "alice", &transaction) != REASON_NONE)
		_exit(2);
	if (store_charge(&transaction, &next) != REASON_FILE_SIZE_LIMIT)
		_exit(3);
	store_end(&transaction);
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&before, number) != sigismember(&after, number))
			_exit(4);
	}
	_exit(0);
}

static void test_file_size_limit(void **state)
{
	struct fixture *fixture = *state;

	for (rlim_t limit = 0; limit <= 4096; limit += 2048) {
		pid_t child = fork();
		int status;

		if (child == 0)
			limited_child(fixture, limit);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		assert_int_equal(fixture_state(fixture).failures, 0);
	}
}

/* A change that can't be written leaves what was there, and no litter. */
static void test_change_fails_whole(void **state)
{
	struct fixture *fixture = *state;
	const struct rlimit none = {0, RLIM_INFINITY};
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct change change;
	char path[128];

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_true(change.exists);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(change_write(&change, &change.record, &change.state),
			 REASON_FILE_SIZE_LIMIT);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	change_end(&change);
	assert_int_equal(access(fixture_path(fixture, "new/alice", path), F_OK), -1);
	assert_int_equal(fixture_try(fixture), REASON_NONE);
}

static void test_litter_is_cleared(void **state)
{
	struct fixture *fixture = *state;
	struct change change;
	char path[128];
	int fd = open(fixture_path(fixture, "new/killed", path), O_WRONLY | O_CREAT, 0600);

	assert_int_equal(close(fd), 0);
	assert_int_equal(change_begin(&fixture->store, "bob", &change), REASON_NONE);
	assert_false(change.exists);
	change_end(&change);
	assert_int_equal(access(path, F_OK), -1);
}

static bool count_user(const char *user, void *context)
{
	*(unsigned *)context += strcmp(user, "alice") == 0;
	return true;
}

static void test_list_and_remove(void **state)
{
	struct fixture *fixture = *state;
	struct change change;
	struct record record;
	struct state found;
	unsigned users = 0;

	assert_int_equal(store_list(&fixture->store, count_user, &users), REASON_NONE);
	assert_int_equal(users, 1);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(change_remove(&change), REASON_NONE);
	change_end(&change);
	assert_int_equal(store_read(&fixture->store, "alice", &record, &found), REASON_UNENROLLED);
	assert_int_equal(store_list(&fixture->store, count_user, &users), REASON_NONE);
	assert_int_equal(users, 1);
}

static void test_peek(void **state)
{
	struct fixture *fixture = *state;
	struct record record;
	bool enrolled;

	assert_int_equal(store_peek(&fixture->store, "alice", &record, &enrolled), REASON_NONE);
	assert_true(enrolled);
	assert_int_equal(record.device_count, 2);
	assert_int_equal(store_peek(&fixture->store, "bob", &record, &enrolled), REASON_NONE);
	assert_false(enrolled);
	assert_int_equal(record.devices[0].digits, 6);
	fixture_damage(fixture, "users/alice", RECORD_SIZE);
	fixture_damage(fixture, "users/alice", RECORD_SIZE + STATE_BLOCK_SIZE);
	assert_int_equal(store_peek(&fixture->store, "alice", &record, &enrolled), REASON_NONE);
	assert_true(enrolled);
	assert_int_equal(record.device_count, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slots_take_turns),
		TEST(test_torn_slots),
		TEST(test_damaged_record),
		TEST(test_short_files),
		TEST(test_large_garbage),
		TEST(test_sequence_at_its_end),
		TEST(test_without_decoys),
		TEST(test_missing_decoys_are_made),
		TEST(test_file_size_limit),
		TEST(test_change_fails_whole),
		TEST(test_litter_is_cleared),
		TEST(test_list_and_remove),
		TEST(test_peek),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
