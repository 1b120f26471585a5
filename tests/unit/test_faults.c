/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each system call that an operation on the store makes fails in turn, in each way that it can: the
 * operation says so or manages without, the store stays whole, and the next login gets in.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "enrolment.h"
#include "faults.h"
#include "fixture.h"
#include "login.h"
#include "otp.h"
#include "revision.h"
#include "site.h"
#include "store_file.h"
#include "store_group.h"
#include "unit.h"

static const struct limits limits = {.max_failures = 3, .lock_time = 60, .window = 1};

static enum reason attempt(struct fixture *fixture, enum password password, const char *typed)
{
	struct answer answer;
	struct guess guess = {
		.user = "alice", .password = password, .answer = &answer, .origin = ""};
	struct login login;

	answer_read(typed, &answer);
	login_attempt(&fixture->store, &limits, &guess, &login);
	return login.reason;
}

static uint64_t step_now(const struct device *device)
{
	int64_t now;

	assert_true(login_clock(&now));
	return otp_step(device, now);
}

static const char *code_at(const struct device *device, uint64_t step)
{
	static char code[OTP_DIGITS_MAX + 1];

	assert_true(otp_code(device, step, code));
	return code;
}

static const char *phone_code(unsigned steps)
{
	struct record record;

	fixture_record(&record);
	return code_at(&record.devices[0], step_now(&record.devices[0]) + steps);
}

/* --- The operations */

static enum reason right_code(struct fixture *fixture)
{
	return attempt(fixture, PASSWORD_RIGHT, phone_code(0));
}

static enum reason wrong_code(struct fixture *fixture)
{
	return attempt(fixture, PASSWORD_RIGHT, phone_code(4));
}

static enum reason recovery_code(struct fixture *fixture)
{
	return attempt(fixture, PASSWORD_NOT_ASKED, "ACDE-FHJK-MNPQ");
}

static enum reason wrong_password(struct fixture *fixture)
{
	return attempt(fixture, PASSWORD_WRONG, phone_code(0));
}

static enum reason open_store(struct fixture *fixture)
{
	struct store store;
	enum reason reason = store_open(fixture->path, &store);

	if (reason == REASON_NONE)
		store_close(&store);
	return reason;
}

static enum reason peek(struct fixture *fixture)
{
	struct record record;
	bool enrolled;
	enum reason reason = store_peek(&fixture->store, "alice", &record, &enrolled);

	assert_true(enrolled || reason == REASON_NONE);
	return reason;
}

static enum reason read_both(struct fixture *fixture)
{
	struct record record;
	struct state state;

	return store_read(&fixture->store, "alice", &record, &state);
}

static bool see_alice(const char *user, void *context)
{
	*(bool *)context = *(bool *)context || strcmp(user, "alice") == 0;
	return true;
}

static enum reason list(struct fixture *fixture)
{
	bool seen = false;
	enum reason reason = store_list(&fixture->store, see_alice, &seen);

	assert_true(seen || reason != REASON_NONE);
	return reason;
}

static enum reason replace(struct fixture *fixture)
{
	static const struct state fresh;
	struct change change;
	enum reason reason = change_begin(&fixture->store, "alice", &change);
	struct record record = change.record;

	record.devices[1].digits = 8;
	if (reason == REASON_NONE)
		reason = change.exists ? change.damage : REASON_UNENROLLED;
	if (reason == REASON_NONE)
		reason = change_write(&change, &record, &fresh);
	change_end(&change);
	return reason;
}

static enum reason take_away(struct fixture *fixture)
{
	struct change change;
	enum reason reason = change_begin(&fixture->store, "alice", &change);

	if (reason == REASON_NONE)
		reason = change_remove(&change);
	change_end(&change);
	return reason;
}

static enum reason remove_device(struct fixture *fixture)
{
	enum revision_standing standing;
	enum reason reason = revision_remove_device(&fixture->store, "alice", "token", &standing);

	assert_int_equal(standing, REVISION_DONE);
	return reason;
}

static enum reason enrol(struct fixture *fixture)
{
	struct site site;
	struct enrolment enrolment;
	enum enrolment_standing standing;
	enum reason reason;

	site_defaults(&site);
	site.recovery_codes = 1;
	enrolment_defaults(&enrolment, &site);
	enrolment.mode = ENROLMENT_REPLACE;
	reason = enrolment_look(&enrolment, &fixture->store, "alice", &standing);
	if (reason == REASON_NONE)
		reason = enrolment_complete(&enrolment, "alice");
	if (reason == REASON_NONE)
		reason = enrolment_write(&enrolment, &fixture->store, "alice", &standing);
	return reason;
}

/* bob, and whoever else is on the list. */
static enum reason enrol_group(struct fixture *fixture)
{
	static const struct state fresh;
	static const struct record record = {
		.file = "bob",
		.device_count = 1,
		.devices = {{.name = "phone", .digits = 6, .period = 30, .key_length = 20}}};
	struct store *store = &fixture->store;
	enum reason reason = group_begin(store);
	bool exists = false;

	if (reason == REASON_NONE)
		reason = group_has(store, "bob", &exists);
	assert_false(exists);
	if (reason == REASON_NONE)
		reason = group_put(store, "bob", &record, &fresh);
	if (reason == REASON_NONE)
		reason = group_sync(store);
	if (reason == REASON_NONE)
		reason = group_publish(store, "bob");
	if (reason == REASON_NONE)
		reason = group_finish(store);
	group_end(store);
	return reason;
}

static enum reason create_again(struct fixture *fixture)
{
	struct store_fault fault;

	return store_create(fixture->path, &fault);
}

/* --- What is on disk once an operation has said that all went well */

static void read_back(struct fixture *fixture, const char *user, struct record *record)
{
	struct state state;

	assert_int_equal(store_read(&fixture->store, user, record, &state), REASON_NONE);
}

static void require_replaced(struct fixture *fixture)
{
	struct record record;

	read_back(fixture, "alice", &record);
	assert_int_equal(record.devices[1].digits, 8);
}

static void require_removed(struct fixture *fixture)
{
	struct record record;
	struct state state;

	assert_int_equal(store_read(&fixture->store, "alice", &record, &state), REASON_UNENROLLED);
}

static void require_one_device(struct fixture *fixture)
{
	struct record record;

	read_back(fixture, "alice", &record);
	assert_int_equal(record.device_count, 1);
}

static void require_group(struct fixture *fixture)
{
	struct record record;

	read_back(fixture, "bob", &record);
}

/* The devices that alice has by fixture_record. */
#define AS_BEFORE 2

static const struct {
	const char *name;
	enum reason (*run)(struct fixture *fixture);
	void (*require)(struct fixture *fixture);
	size_t devices; /* that alice has afterwards */
} operations[] = {
	{"a right code", right_code, NULL, AS_BEFORE},
	{"a wrong code", wrong_code, NULL, AS_BEFORE},
	{"a recovery code", recovery_code, NULL, AS_BEFORE},
	{"a wrong password", wrong_password, NULL, AS_BEFORE},
	{"open", open_store, NULL, AS_BEFORE},
	{"peek", peek, NULL, AS_BEFORE},
	{"read", read_both, NULL, AS_BEFORE},
	{"list", list, NULL, AS_BEFORE},
	{"replace", replace, require_replaced, AS_BEFORE},
	{"remove", take_away, require_removed, 0},
	{"remove a device", remove_device, require_one_device, 1},
	{"enrol", enrol, require_one_device, 1},
	{"enrol a group", enrol_group, require_group, AS_BEFORE},
	{"create again", create_again, NULL, AS_BEFORE},
};

/* --- What must hold */

/* What is not spent gets in. */
static void require_login(struct fixture *fixture, const struct device *device, uint64_t watermark)
{
	uint64_t step = step_now(device);

	assert_int_equal(attempt(fixture, PASSWORD_RIGHT, code_at(device, step)),
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
		assert_int_equal(record.device_count, AS_BEFORE);
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

	for (size_t i = 0; i < COUNT(operations); i++) {
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
