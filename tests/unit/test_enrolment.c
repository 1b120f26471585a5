/* SPDX-License-Identifier: BSD-2-Clause */
/* A new device of a user: what meets it in the store, its first code, and what it is called. */
#include <stdio.h>
#include <string.h>

#include "enrolment.h"
#include "fixture.h"
#include "login.h"
#include "otp.h"
#include "site.h"
#include "unit.h"

static void begin(struct enrolment *enrolment, enum enrolment_mode mode, const char *device)
{
	struct site site;

	site_defaults(&site);
	site.recovery_codes = 1;
	enrolment_defaults(enrolment, &site);
	enrolment->mode = mode;
	assert_true(device_set_name(&enrolment->device, device));
	assert_int_equal(enrolment_complete(enrolment, "alice"), REASON_NONE);
}

static enum enrolment_standing write_one(struct fixture *fixture, const char *user,
					 enum enrolment_mode mode, const char *device)
{
	struct enrolment enrolment;
	enum enrolment_standing looked, written;

	begin(&enrolment, mode, device);
	assert_int_equal(enrolment_look(&enrolment, &fixture->store, user, &looked), REASON_NONE);
	assert_int_equal(enrolment_write(&enrolment, &fixture->store, user, &written), REASON_NONE);
	assert_int_equal(looked, written);
	return written;
}

static void test_standing(void **state)
{
	struct fixture *fixture = *state;
	struct record record;
	struct state kept;
	char name[DEVICE_NAME_MAX + 1];

	assert_int_equal(write_one(fixture, "alice", ENROLMENT_NEW, "x"), ENROLMENT_EXISTS);
	assert_int_equal(write_one(fixture, "alice", ENROLMENT_IF_MISSING, "x"), ENROLMENT_EXISTS);
	assert_int_equal(write_one(fixture, "bob", ENROLMENT_ADD, "x"), ENROLMENT_MISSING);
	assert_int_equal(write_one(fixture, "bob", ENROLMENT_IF_MISSING, "x"), ENROLMENT_WELCOME);
	assert_int_equal(write_one(fixture, "bob", ENROLMENT_REPLACE, "y"), ENROLMENT_WELCOME);
	assert_int_equal(write_one(fixture, "alice", ENROLMENT_ADD, "token"),
			 ENROLMENT_DEVICE_EXISTS);
	for (unsigned i = 2; i < RECORD_DEVICES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "device-%u", i);
		assert_int_equal(write_one(fixture, "alice", ENROLMENT_ADD, name),
				 ENROLMENT_WELCOME);
	}
	assert_int_equal(write_one(fixture, "alice", ENROLMENT_ADD, "ninth"), ENROLMENT_TOO_MANY);
	assert_int_equal(store_read(&fixture->store, "alice", &record, &kept), REASON_NONE);
	assert_int_equal(record.device_count, RECORD_DEVICES_MAX);
	assert_int_equal(record.recovery_count, 2);
	assert_int_equal(store_read(&fixture->store, "bob", &record, &kept), REASON_NONE);
	assert_int_equal(record.device_count, 1);
	assert_string_equal(record.devices[0].name, "y");
	assert_int_equal(record.recovery_count, 1);
}

/* However else a device of the phone's key is made, it is refused, and by the phone's name. */
static void test_key_of_another(void **state)
{
	static const struct device twins[] = {
		{.type = OTP_TOTP, .digits = 6, .period = 30, .key_length = 20},
		{.type = OTP_TOTP, .digits = 8, .period = 60, .key_length = 20},
		{.type = OTP_HOTP, .algorithm = OTP_SHA512, .digits = 7, .key_length = 20},
		/* To HMAC zeroes at the end are nothing (RFC 2104). */
		{.type = OTP_TOTP, .digits = 6, .period = 30, .key_length = 64},
		{.type = OTP_TOTP, .digits = 6, .period = 30, .key_length = 16},
	};
	struct fixture *fixture = *state;
	struct record record;
	struct state kept;

	assert_int_equal(store_read(&fixture->store, "alice", &record, &kept), REASON_NONE);
	for (size_t i = 0; i < COUNT(twins); i++) {
		struct enrolment enrolment = {.mode = ENROLMENT_ADD, .device = twins[i]};
		enum enrolment_standing looked, written;

		assert_true(device_set_name(&enrolment.device, "tablet"));
		memcpy(enrolment.device.key, record.devices[0].key, sizeof(record.devices[0].key));
		assert_int_equal(enrolment_look(&enrolment, &fixture->store, "alice", &looked),
				 REASON_NONE);
		assert_int_equal(looked, ENROLMENT_KEY_EXISTS);
		assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &written),
				 REASON_NONE);
		assert_int_equal(written, ENROLMENT_KEY_EXISTS);
		assert_string_equal(enrolment.key_holder, "phone");
		enrolment.device.key[15] ^= 1;
		assert_int_equal(enrolment_look(&enrolment, &fixture->store, "alice", &looked),
				 REASON_NONE);
		assert_int_equal(looked, ENROLMENT_WELCOME);
	}
	assert_int_equal(store_read(&fixture->store, "alice", &record, &kept), REASON_NONE);
	assert_int_equal(record.device_count, 2);
}

/* Nothing is added to what is damaged, and what is damaged can be replaced. */
static void test_damage(void **state)
{
	static const long offsets[] = {30, RECORD_SIZE + 30};
	struct fixture *fixture = *state;
	struct enrolment enrolment;
	enum enrolment_standing standing;

	for (size_t i = 0; i < COUNT(offsets); i++) {
		enum reason damage = i == 0 ? REASON_RECORD_DAMAGED : REASON_STATE_DAMAGED;

		fixture_damage(fixture, "users/alice", offsets[i]);
		if (i == 1)
			fixture_damage(fixture, "users/alice", offsets[i] + STATE_BLOCK_SIZE);
		begin(&enrolment, ENROLMENT_ADD, "third");
		assert_int_equal(enrolment_look(&enrolment, &fixture->store, "alice", &standing),
				 damage);
		assert_int_not_equal(enrolment_write(&enrolment, &fixture->store, "alice",
						     &standing) == REASON_NONE &&
					     standing == ENROLMENT_WELCOME,
				     true);
		assert_int_equal(write_one(fixture, "alice", ENROLMENT_REPLACE, "new"),
				 ENROLMENT_WELCOME);
	}
}

static void test_first_code(void **state)
{
	struct enrolment enrolment;
	struct near_miss near_miss;
	char code[OTP_DIGITS_MAX + 1];
	uint64_t step;
	int64_t now;

	(void)state;
	begin(&enrolment, ENROLMENT_NEW, "phone");
	assert_int_equal(enrolment_confirm(&enrolment, "letters", &near_miss),
			 REASON_MALFORMED_CODE);
	assert_int_equal(enrolment_confirm(&enrolment, "ACDE-FHJK-MNPQ", &near_miss),
			 REASON_MALFORMED_CODE);
	assert_true(login_clock(&now));
	step = otp_step(&enrolment.device, now);
	assert_true(otp_code(&enrolment.device, step + 1000, code));
	assert_int_equal(enrolment_confirm(&enrolment, code, &near_miss), REASON_WRONG_CODE);
	assert_int_equal(near_miss.kind, NEAR_MISS_NONE);
	assert_true(otp_code(&enrolment.device, step + 4, code));
	assert_int_equal(enrolment_confirm(&enrolment, code, &near_miss), REASON_WRONG_CODE);
	assert_int_equal(near_miss.kind, NEAR_MISS_CLOCK);
	assert_int_equal(enrolment.state.watermark, 0);
	assert_true(otp_code(&enrolment.device, step, code));
	assert_int_equal(enrolment_confirm(&enrolment, code, &near_miss), REASON_NONE);
	/* It is no login's code any more. */
	assert_true(enrolment.state.watermark > step);
}

static void test_names(void **state)
{
	struct enrolment enrolment = {.device = {.type = OTP_HOTP, .digits = 6, .period = 30}};

	(void)state;
	assert_int_equal(enrolment_complete(&enrolment, "colon:ed"), REASON_NONE);
	assert_string_equal(enrolment.device.label, "user");
	assert_true(enrolment.device.issuer[0] != '\0');
	assert_int_equal(enrolment.device.period, 0);
	assert_int_equal(enrolment.device.key_length, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_standing, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_key_of_another, fixture_make, fixture_remove),
		cmocka_unit_test_setup_teardown(test_damage, fixture_make, fixture_remove),
		cmocka_unit_test(test_first_code),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
