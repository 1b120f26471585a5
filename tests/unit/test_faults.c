/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each system call that an operation on the store makes fails in turn, in each way that it can: the
 * operation says so or manages without, the store stays whole, and the next login gets in.
 */
#include <errno.h>
#include <unistd.h>

#include "faults.h"
#include "operations.h"
#include "store_file.h"
#include "unit.h"

/* What is not spent gets in. */
static void require_login(struct fixture *fixture, const struct device *device, uint64_t watermark)
{
	uint64_t step = operations_step(device);

	assert_int_equal(operations_login(fixture, PASSWORD_RIGHT, operations_code(device, step)),
			 step < watermark ? REASON_REPLAYED_CODE : REASON_CODE_ACCEPTED);
}

/* Whoever could log in before can still: by the record that was there, or the new one. */
static void require_whole(struct fixture *fixture, size_t index, unsigned number)
{
	struct record record;
	struct state state;
	enum reason reason = store_read(&fixture->store, "alice", &record, &state);

	if (reason == REASON_UNENROLLED && operations[index].devices == 0)
		return;
	if (reason != REASON_NONE)
		fail_msg("%s, call %u: the store is left %s", operations[index].name, number,
			 reason_name(reason));
	if (record.device_count != operations[index].devices)
		assert_int_equal(record.device_count, OPERATIONS_DEVICES);
	require_login(fixture, &record.devices[0], state.devices[0].watermark);
}

/* What was told is on disk: the code is spent, the guess is counted. */
static void require_durable(struct fixture *fixture, enum reason reason)
{
	if (reason == REASON_CODE_ACCEPTED)
		assert_true(fixture_state(fixture).devices[0].watermark > 0);
	if (reason == REASON_RECOVERY_ACCEPTED)
		assert_int_equal(fixture_state(fixture).recovery_spent, 1);
	if (reason == REASON_WRONG_CODE)
		assert_int_equal(fixture_state(fixture).failures, 1);
}

/* Whether whoever puts a file in the place of the old one is killed then. */
static bool changes_are_killed;

static void put_marked(struct fixture *fixture, const struct record *record)
{
	static const struct state marked = {.sequence = SEQUENCE_UNNAMED};
	struct store *store = &fixture->store;

	assert_int_equal(file_create(store, STORE_NEW "/alice", record, &marked, DURABLE_LATER),
			 REASON_NONE);
	assert_int_equal(file_rename(store, STORE_NEW "/alice", STORE_USERS "/alice"), REASON_NONE);
}

/* alice as she was, without the time that making hashes takes; and nobody else. */
static void renew(struct fixture *fixture)
{
	static const struct state fresh;
	static struct record record;
	struct change change;
	char path[128];

	(void)unlink(fixture_path(fixture, STORE_USERS "/bob", path));
	if (record.device_count == 0)
		fixture_record(&record);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(change_write(&change, &record, &fresh), REASON_NONE);
	change_end(&change);
	if (changes_are_killed)
		put_marked(fixture, &record);
}

static void fail_each_call(struct fixture *fixture, size_t index, int error)
{
	bool hit = true;

	for (unsigned number = 1; hit; number++) {
		enum reason reason;

		renew(fixture);
		faults_arm(number, error);
		reason = operations[index].run(fixture);
		hit = faults_disarm();
		assert_true(number < 2000);
		/* Without a fault all goes well: what else was seen came of the faults. */
		if (!hit)
			assert_true(reason == REASON_NONE || reason_class(reason) != CLASS_ERROR);
		require_durable(fixture, reason);
		if (reason == REASON_NONE && operations[index].require != NULL)
			operations[index].require(fixture);
		require_whole(fixture, index, number);
	}
}

static void fail_in_each_way(struct fixture *fixture)
{
	static const int errors[] = {EIO,    ENOSPC, EROFS, EDQUOT, EMFILE,     ENOMEM,
				     ENOENT, EACCES, EINTR, ENOLCK, FAULT_SHORT};

	for (size_t i = 0; i < operations_count; i++) {
		for (size_t j = 0; j < COUNT(errors); j++)
			fail_each_call(fixture, i, errors[j]);
	}
}

static void test_each_call_fails(void **state)
{
	fail_in_each_way(*state);
}

/* The same where a path is opened component by component. */
static void test_each_call_fails_on_old_kernels(void **state)
{
	faults_set_kernel(FAULTS_KERNEL_OLD);
	fail_in_each_way(*state);
	faults_set_kernel(FAULTS_KERNEL_OF_TODAY);
}

/* The same on a file that a killed change has left, with its mark. */
static void test_each_call_fails_after_a_killed_change(void **state)
{
	changes_are_killed = true;
	fail_in_each_way(*state);
	changes_are_killed = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_call_fails, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_each_call_fails_on_old_kernels, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_each_call_fails_after_a_killed_change,
						fixture_make, fixture_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
