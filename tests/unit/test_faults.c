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
#include "site.h"
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

static const char *phone_code(int steps)
{
	static char code[OTP_DIGITS_MAX + 1];
	struct record record;
	int64_t now;

	fixture_record(&record);
	assert_true(login_clock(&now));
	assert_true(otp_code(&record.devices[0],
			     otp_step(&record.devices[0], now) + (uint64_t)steps, code));
	return code;
}

/* --- The operations */

static enum reason right_code(struct fixture *fixture)
{
	return attempt(fixture, PASSWORD_RIGHT, phone_code(0));
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

static void require_enrolled(struct fixture *fixture)
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

static const struct {
	const char *name;
	enum reason (*run)(struct fixture *fixture);
	void (*require)(struct fixture *fixture);
} operations[] = {
	{"a right code", right_code, NULL},
	{"a recovery code", recovery_code, NULL},
	{"a wrong password", wrong_password, NULL},
	{"open", open_store, NULL},
	{"peek", peek, NULL},
	{"read", read_both, NULL},
	{"list", list, NULL},
	{"replace", replace, require_replaced},
	{"remove", take_away, require_removed},
	{"enrol", enrol, require_enrolled},
	{"enrol a group", enrol_group, require_group},
	{"create again", create_again, NULL},
};

/* --- What must hold */

/* Whoever could log in before can still: by the record that was there, or the new one. */
static void require_whole(struct fixture *fixture, const char *name, unsigned number)
{
	struct record record;
	struct state state;
	enum reason reason = store_read(&fixture->store, "alice", &record, &state);

	if (reason == REASON_UNENROLLED && strcmp(name, "remove") == 0)
		return;
	if (reason != REASON_NONE)
		fail_msg("%s, call %u: the store is left %s", name, number, reason_name(reason));
	if (strcmp(name, "enrol") == 0 && record.device_count == 1)
		return;
	assert_int_equal(record.device_count, 2);
	if (state.devices[0].watermark == 0)
		assert_int_equal(attempt(fixture, PASSWORD_RIGHT, phone_code(0)),
				 REASON_CODE_ACCEPTED);
	else
		assert_int_equal(attempt(fixture, PASSWORD_RIGHT, phone_code(0)),
				 REASON_REPLAYED_CODE);
}

/* A success that was told is on disk: the code is spent. */
static void require_spent(struct fixture *fixture, enum reason reason)
{
	if (reason == REASON_CODE_ACCEPTED)
		assert_true(fixture_state(fixture).devices[0].watermark > 0);
	if (reason == REASON_RECOVERY_ACCEPTED)
		assert_int_equal(fixture_state(fixture).recovery_spent, 1);
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
		require_spent(fixture, reason);
		if (reason == REASON_NONE && operations[index].require != NULL)
			operations[index].require(fixture);
		require_whole(fixture, operations[index].name, number);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_call_fails, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_each_call_fails_on_old_kernels, fixture_make,
						fixture_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
