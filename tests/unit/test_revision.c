/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user changes of their own record: new recovery codes, a device less. */
#include <string.h>

#include "fixture.h"
#include "recovery.h"
#include "revision.h"
#include "unit.h"

static struct record read_record(struct fixture *fixture)
{
	struct record record;
	struct state kept;

	assert_int_equal(store_read(&fixture->store, "alice", &record, &kept), REASON_NONE);
	return record;
}

/* The old ones are void, spent or not; devices and failures stay. */
static void test_codes(void **state)
{
	const struct state spent = {.sequence = 7, .failures = 2, .recovery_spent = 1};
	struct fixture *fixture = *state;
	struct codes codes = {.count = 3};
	struct record before, after;
	struct state kept;

	fixture_write(fixture, &spent);
	before = read_record(fixture);
	assert_int_equal(revision_renew_codes(&fixture->store, "alice", &codes), REASON_NONE);
	after = read_record(fixture);
	kept = fixture_state(fixture);
	assert_int_equal(after.device_count, before.device_count);
	assert_memory_equal(after.devices, before.devices, sizeof(after.devices));
	assert_int_equal(after.recovery_count, 3);
	assert_string_not_equal(after.recovery[0], before.recovery[0]);
	assert_int_equal(kept.recovery_spent, 0);
	assert_int_equal(kept.failures, 2);
}

static void test_device(void **state)
{
	const struct state used = {
		.sequence = 7,
		.failures = 1,
		.devices = {{.watermark = 11, .last_used = 5}, {.watermark = 22, .last_used = 6}}};
	struct fixture *fixture = *state;
	enum revision_standing standing;
	struct record before, after;
	struct state kept;

	fixture_write(fixture, &used);
	before = read_record(fixture);
	assert_int_equal(before.device_count, 2);
	assert_int_equal(
		revision_remove_device(&fixture->store, "alice", "nothing-like-it", &standing),
		REASON_NONE);
	assert_int_equal(standing, REVISION_NO_DEVICE);
	assert_int_equal(read_record(fixture).device_count, 2);

	assert_int_equal(
		revision_remove_device(&fixture->store, "alice", before.devices[0].name, &standing),
		REASON_NONE);
	assert_int_equal(standing, REVISION_DONE);
	after = read_record(fixture);
	kept = fixture_state(fixture);
	assert_int_equal(after.device_count, 1);
	assert_string_equal(after.devices[0].name, before.devices[1].name);
	assert_int_equal(kept.devices[0].watermark, 22);
	assert_int_equal(kept.devices[1].watermark, 0);
	assert_int_equal(kept.failures, 1);

	assert_int_equal(
		revision_remove_device(&fixture->store, "alice", after.devices[0].name, &standing),
		REASON_NONE);
	assert_int_equal(standing, REVISION_LAST_DEVICE);
	assert_int_equal(read_record(fixture).device_count, 1);
}

/* Nothing is changed, and nothing made, of a record that is not there or not whole. */
static void test_refused(void **state)
{
	struct fixture *fixture = *state;
	struct codes codes = {.count = 1};
	enum revision_standing standing;
	struct record record;
	struct state kept;

	assert_int_equal(revision_renew_codes(&fixture->store, "bob", &codes), REASON_UNENROLLED);
	assert_int_equal(revision_remove_device(&fixture->store, "bob", "phone", &standing),
			 REASON_UNENROLLED);
	assert_int_equal(store_read(&fixture->store, "bob", &record, &kept), REASON_UNENROLLED);

	fixture_damage(fixture, "users/alice", 10);
	assert_int_not_equal(store_read(&fixture->store, "alice", &record, &kept), REASON_NONE);
	assert_int_not_equal(revision_renew_codes(&fixture->store, "alice", &codes), REASON_NONE);
	assert_int_not_equal(revision_remove_device(&fixture->store, "alice", "phone", &standing),
			     REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_codes, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_device, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_refused, fixture_make, fixture_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
