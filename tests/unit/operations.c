/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "enrolment.h"
#include "login.h"
#include "operations.h"
#include "otp.h"
#include "revision.h"
#include "site.h"
#include "store_group.h"
#include "unit.h"

static const struct limits limits = {.max_failures = 3, .lock_time = 60, .window = 1};

enum reason operations_login(struct fixture *fixture, enum password password, const char *typed)
{
	struct answer answer;
	struct guess guess = {
		.user = "alice", .password = password, .answer = &answer, .origin = ""};
	struct login login;

	answer_read(typed, &answer);
	login_attempt(&fixture->store, &limits, &guess, &login);
	return login.reason;
}

uint64_t operations_step(const struct device *device)
{
	int64_t now;

	assert_true(login_clock(&now));
	return otp_step(device, now);
}

const char *operations_code(const struct device *device, uint64_t step)
{
	static char code[OTP_DIGITS_MAX + 1];

	assert_true(otp_code(device, step, code));
	return code;
}

static const char *phone_code(unsigned steps)
{
	struct record record;

	fixture_record(&record);
	return operations_code(&record.devices[0], operations_step(&record.devices[0]) + steps);
}

/* --- The operations */

static enum reason right_code(struct fixture *fixture)
{
	return operations_login(fixture, PASSWORD_RIGHT, phone_code(0));
}

static enum reason wrong_code(struct fixture *fixture)
{
	return operations_login(fixture, PASSWORD_RIGHT, phone_code(4));
}

static enum reason recovery_code(struct fixture *fixture)
{
	return operations_login(fixture, PASSWORD_NOT_ASKED, "ACDE-FHJK-MNPQ");
}

static enum reason wrong_password(struct fixture *fixture)
{
	return operations_login(fixture, PASSWORD_WRONG, phone_code(0));
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

const struct operation operations[] = {
	{"a right code", right_code, NULL, OPERATIONS_DEVICES},
	{"a wrong code", wrong_code, NULL, OPERATIONS_DEVICES},
	{"a recovery code", recovery_code, NULL, OPERATIONS_DEVICES},
	{"a wrong password", wrong_password, NULL, OPERATIONS_DEVICES},
	{"open", open_store, NULL, OPERATIONS_DEVICES},
	{"peek", peek, NULL, OPERATIONS_DEVICES},
	{"read", read_both, NULL, OPERATIONS_DEVICES},
	{"list", list, NULL, OPERATIONS_DEVICES},
	{"replace", replace, require_replaced, OPERATIONS_DEVICES},
	{"remove", take_away, require_removed, 0},
	{"remove a device", remove_device, require_one_device, 1},
	{"enrol", enrol, require_one_device, 1},
	{"enrol a group", enrol_group, require_group, OPERATIONS_DEVICES},
	{"create again", create_again, NULL, OPERATIONS_DEVICES},
};

const size_t operations_count = COUNT(operations);
