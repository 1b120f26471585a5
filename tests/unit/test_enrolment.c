/* SPDX-License-Identifier: BSD-2-Clause */
/* A new device of a user: what meets it in the store, its first code, and what it is called. */
#include <stdio.h>
#include <string.h>

#include "enrolment.h"
#include "fixture.h"
#include "login.h"
#include "otp.h"
#include "site.h"
#include "spent.h"
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

/* Replace alice's record by ${device} with the state ${begun}; what the store has of it then. */
static struct device_state replace(struct fixture *fixture, const struct device *device,
				   struct device_state begun)
{
	struct enrolment enrolment = {.mode = ENROLMENT_REPLACE, .device = *device, .state = begun};
	enum enrolment_standing standing;

	assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &standing),
			 REASON_NONE);
	assert_int_equal(standing, ENROLMENT_WELCOME);
	return fixture_state(fixture).devices[0];
}

/* A device of the phone's or the token's key that replaces them begins behind what was used. */
static void test_replace_key_of_old(void **state)
{
	static const struct {
		size_t index; /* of the fixture's record */
		struct device device;
		uint64_t begun, kept; /* watermarks */
		int64_t used, last_used;
	} rows[] = {
		{0, {.type = OTP_TOTP, .digits = 6, .period = 30}, 0, 900, 0, 27000},
		{0, {.type = OTP_TOTP, .digits = 6, .period = 30}, 901, 901, 27010, 27010},
		{0, {.type = OTP_TOTP, .digits = 8, .period = 30}, 0, 900, 0, 27000},
		{0, {.type = OTP_TOTP, .digits = 6, .period = 60}, 0, 0, 0, 0},
		{0, {.type = OTP_HOTP, .digits = 6}, 7, 7, 0, 0},
		{1, {.type = OTP_HOTP, .digits = 6}, 0, 5, 0, 100},
		{1, {.type = OTP_HOTP, .digits = 6}, 4, 5, 50, 100},
		{1, {.type = OTP_HOTP, .digits = 6}, 6, 6, 0, 100},
		{1, {.type = OTP_TOTP, .digits = 6, .period = 30}, 0, 0, 0, 0},
	};
	const struct state spent = {.failures = 3,
				    .recovery_spent = 3,
				    .devices = {{.watermark = 900, .drift = 40, .last_used = 27000},
						{.watermark = 5, .last_used = 100}}};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct device device = rows[i].device;
		struct device_state begun = {
			.watermark = rows[i].begun, .drift = -20, .last_used = rows[i].used};
		struct device_state kept;
		struct record record;

		fixture_write(fixture, &spent);
		fixture_record(&record);
		assert_true(device_set_name(&device, "new"));
		assert_true(device_set_issuer(&device, "host"));
		assert_true(device_set_label(&device, "alice"));
		device.key_length = record.devices[rows[i].index].key_length;
		memcpy(device.key, record.devices[rows[i].index].key, device.key_length);
		kept = replace(fixture, &device, begun);
		assert_int_equal(kept.watermark, rows[i].kept);
		assert_int_equal(kept.last_used, rows[i].last_used);
		assert_int_equal(kept.drift, -20);
		assert_int_equal(fixture_state(fixture).failures, 0);
		assert_int_equal(fixture_state(fixture).recovery_spent, 0);
		fixture_write(fixture, &spent);
		device.key[0] ^= 1;
		assert_int_equal(replace(fixture, &device, begun).watermark, rows[i].begun);
	}
}

static void damage_state(struct fixture *fixture)
{
	for (long slot = 0; slot < STATE_SLOTS; slot++)
		fixture_damage(fixture, "users/alice", RECORD_SIZE + slot * STATE_BLOCK_SIZE + 30);
}

/* Nothing is known of what was used then: the state is made as it is to be rebuilt. */
static void test_replace_damaged_state(void **state)
{
	static const struct state fresh;
	struct fixture *fixture = *state;
	struct record record;
	int64_t now;

	fixture_record(&record);
	fixture_write(fixture, &fresh);
	damage_state(fixture);
	assert_true(login_clock(&now));
	assert_true(replace(fixture, &record.devices[0], fresh.devices[0]).watermark >
		    otp_step(&record.devices[0], now) + DRIFT_STEPS_MAX);
}

/* A counter that is lost is not begun anew, nor after the state was rebuilt. */
static void test_replace_lost_counter(void **state)
{
	const struct state rebuilt = {.devices = {{0}, {.watermark = STATE_WATERMARK_MAX}}};
	struct fixture *fixture = *state;
	struct enrolment enrolment = {.mode = ENROLMENT_REPLACE};
	enum enrolment_standing standing;
	struct record record;

	fixture_record(&record);
	enrolment.device = record.devices[1];
	fixture_write(fixture, &rebuilt);
	assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &standing),
			 REASON_COUNTER_LOST);
	assert_int_equal(fixture_state(fixture).devices[1].watermark, STATE_WATERMARK_MAX);
	damage_state(fixture);
	assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &standing),
			 REASON_COUNTER_LOST);
	enrolment.device.key[0] ^= 1;
	assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &standing),
			 REASON_NONE);
}

/* What confirms the token anew is its next code, and none that was used. */
static void test_replace_and_confirm(void **state)
{
	const struct state spent = {.devices = {{0}, {.watermark = 5}}};
	struct fixture *fixture = *state;
	struct enrolment enrolment = {.mode = ENROLMENT_REPLACE};
	enum enrolment_standing standing;
	struct near_miss near_miss;
	struct record record;
	char code[OTP_DIGITS_MAX + 1];

	fixture_record(&record);
	enrolment.device = record.devices[1];
	fixture_write(fixture, &spent);
	assert_int_equal(enrolment_look(&enrolment, &fixture->store, "alice", &standing),
			 REASON_NONE);
	assert_true(otp_code(&enrolment.device, 0, code));
	assert_int_equal(enrolment_confirm(&enrolment, code, &near_miss), REASON_WRONG_CODE);
	assert_true(otp_code(&enrolment.device, 5, code));
	assert_int_equal(enrolment_confirm(&enrolment, code, &near_miss), REASON_NONE);
	assert_int_equal(enrolment_write(&enrolment, &fixture->store, "alice", &standing),
			 REASON_NONE);
	assert_int_equal(fixture_state(fixture).devices[0].watermark, 6);
}

/* Codes that another program made may come again, in another order and with others. */
static void test_recovery_codes_of_old(void **state)
{
	const struct codes codes = {.count = 3,
				    .items = {"234678234678", "333333333333", "ACDEFHJKMNPQ"}};
	const struct state spent = {.recovery_spent = 1u << 1};
	const struct record record = {.file = "alice"};
	struct fixture *fixture = *state;
	struct state kept = {.recovery_spent = 1u << 1};
	struct change change;

	fixture_write(fixture, &spent);
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(spent_carry(&change, &record, &codes, &kept), REASON_NONE);
	assert_int_equal(kept.recovery_spent, 1u << 0 | 1u << 1);
	change_end(&change);
	damage_state(fixture);
	kept.recovery_spent = 0;
	assert_int_equal(change_begin(&fixture->store, "alice", &change), REASON_NONE);
	assert_int_equal(spent_carry(&change, &record, &codes, &kept), REASON_NONE);
	assert_int_equal(kept.recovery_spent, 1u << 0 | 1u << 2);
	change_end(&change);
}

/* Of a damaged record it is not known what keys it had. */
static void test_replace_damaged_record(void **state)
{
	const struct state spent = {.devices = {{.watermark = 900}}};
	struct fixture *fixture = *state;
	struct record record;

	fixture_record(&record);
	fixture_write(fixture, &spent);
	fixture_damage(fixture, "users/alice", 30);
	assert_int_equal(replace(fixture, &record.devices[0], (struct device_state){0}).watermark,
			 0);
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
		cmocka_unit_test_setup_teardown(test_replace_key_of_old, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_replace_damaged_state, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_replace_lost_counter, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_replace_and_confirm, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_recovery_codes_of_old, fixture_make,
						fixture_remove),
		cmocka_unit_test_setup_teardown(test_replace_damaged_record, fixture_make,
						fixture_remove),
		cmocka_unit_test(test_first_code),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
