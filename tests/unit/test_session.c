/* SPDX-License-Identifier: BSD-2-Clause */
/* What twokey-helper and the command say to each other, each of whom may be anybody. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "session.h"
#include "unit.h"

static struct enrolment wish(enum otp_type type)
{
	struct enrolment enrolment;
	struct site site;

	site_defaults(&site);
	enrolment_defaults(&enrolment, &site);
	enrolment.mode = ENROLMENT_ADD;
	enrolment.device.type = type;
	enrolment.device.digits = 8;
	enrolment.codes.count = 3;
	return enrolment;
}

static void test_wish(void **state)
{
	static const enum otp_type types[] = {OTP_TOTP, OTP_HOTP};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct enrolment said = wish(types[i]);
		struct enrolment heard;
		struct fields fields = {0};

		said.device.key_length = 20;
		memset(said.device.key, 'k', 20);
		assert_true(session_put_wish(&fields, &said));
		assert_true(session_take_wish(&fields, &heard));
		assert_int_equal(heard.mode, ENROLMENT_ADD);
		assert_int_equal(heard.device.type, types[i]);
		assert_int_equal(heard.device.digits, 8);
		assert_int_equal(heard.device.period, types[i] == OTP_TOTP ? 30 : 0);
		assert_string_equal(heard.device.name, "phone");
		assert_int_equal(heard.codes.count, 3);
		/* The key is never the caller's. */
		assert_int_equal(heard.device.key_length, 0);
	}
}

/* A wish with any byte another one is refused, or is one that a person could have made. */
static void test_wish_any_byte(void **state)
{
	struct enrolment said = wish(OTP_TOTP);
	struct enrolment heard;
	struct fields fields = {0};
	unsigned refused = 0;

	(void)state;
	assert_true(session_put_wish(&fields, &said));
	for (size_t i = 0; i < fields.length; i++) {
		for (int byte = 0; byte < 256; byte++) {
			struct fields other = fields;

			other.text[i] = (char)byte;
			if (!session_take_wish(&other, &heard)) {
				refused++;
				continue;
			}
			assert_in_range(heard.mode, ENROLMENT_NEW, ENROLMENT_REPLACE);
			assert_in_range(heard.device.digits, OTP_DIGITS_MIN, OTP_DIGITS_MAX);
			if (heard.device.type == OTP_TOTP)
				assert_in_range(heard.device.period, DEVICE_PERIOD_MIN,
						DEVICE_PERIOD_MAX);
			assert_in_range(heard.codes.count, 0, RECORD_RECOVERY_MAX);
			assert_true(heard.device.name[0] != '\0');
		}
	}
	assert_true(refused > 0);
	for (size_t length = 0; length < fields.length; length++) {
		struct fields other = fields;

		other.length = length;
		assert_false(session_take_wish(&other, &heard));
	}
}

static void test_key(void **state)
{
	struct enrolment said = wish(OTP_TOTP);
	struct enrolment heard = {.mode = ENROLMENT_NEW};
	struct fields fields = {0};

	(void)state;
	assert_int_equal(enrolment_complete(&said, "alice"), REASON_NONE);
	assert_true(session_put_key(&fields, &said));
	assert_true(session_take_key(&fields, &heard));
	assert_int_equal(heard.device.key_length, 20);
	assert_memory_equal(heard.device.key, said.device.key, 20);
	assert_string_equal(heard.device.issuer, said.device.issuer);
	assert_string_equal(heard.device.label, "alice");
}

static void test_codes(void **state)
{
	struct codes said = {.count = 2, .items = {"ACDEFHJKMNPQ", "234678234678"}};
	struct codes heard;
	struct fields fields = {0};

	(void)state;
	assert_true(session_put_codes(&fields, &said));
	assert_true(session_take_codes(&fields, &heard));
	assert_int_equal(heard.count, 2);
	assert_string_equal(heard.items[1], said.items[1]);
	fields = (struct fields){0};
	assert_true(fields_put(&fields, "codes", "17"));
	assert_false(session_take_codes(&fields, &heard));
	fields = (struct fields){0};
	assert_true(fields_put(&fields, "codes", "1") && fields_put(&fields, "code", "SHORT"));
	assert_false(session_take_codes(&fields, &heard));
}

/* The record goes without its keys and hashes, at its largest too. */
static void test_record(void **state)
{
	struct state said = {.failures = 3, .last_success = 1700000000, .sequence = 1};
	struct record record, heard;
	struct state heard_state;
	struct fields fields = {0};

	(void)state;
	fixture_record(&record);
	for (record.device_count = 0; record.device_count < RECORD_DEVICES_MAX;
	     record.device_count++) {
		struct device *device = &record.devices[record.device_count];

		*device = (struct device){.digits = 8, .period = 300, .key_length = 20};
		memset(device->name, 'n', DEVICE_NAME_MAX);
		memset(device->issuer, 'i', DEVICE_ISSUER_MAX);
		memset(device->label, 'l', DEVICE_LABEL_MAX);
		memset(device->key, 'k', 20);
	}
	assert_true(session_put_record(&fields, &record, &said));
	assert_null(memmem(fields.text, fields.length, "NNWW", 4)); /* base32 of kkkk */
	assert_null(memmem(fields.text, fields.length, record.recovery[0], 8));
	assert_true(session_take_record(&fields, &heard, &heard_state));
	assert_int_equal(heard.device_count, RECORD_DEVICES_MAX);
	assert_int_equal(heard.devices[7].period, 300);
	assert_int_equal(heard.devices[7].key_length, 0);
	assert_int_equal(heard.recovery_count, record.recovery_count);
	assert_int_equal(heard_state.failures, 3);
	assert_int_equal(heard_state.last_success, 1700000000);
}

static void test_near_miss_and_end(void **state)
{
	static const int64_t distances[] = {90, -90, 0};
	const struct session_end said = {REASON_UNENROLLED, ENROLMENT_TOO_MANY};
	struct session_end end;
	struct fields fields;

	(void)state;
	for (size_t i = 0; i < COUNT(distances); i++) {
		struct near_miss near_miss = {.kind = NEAR_MISS_CLOCK, .distance = distances[i]};
		struct near_miss heard;

		fields = (struct fields){0};
		assert_true(session_put_near_miss(&fields, &near_miss));
		assert_true(session_take_near_miss(&fields, &heard));
		assert_int_equal(heard.distance, distances[i]);
		assert_int_equal(heard.kind, distances[i] != 0 ? NEAR_MISS_CLOCK : NEAR_MISS_NONE);
	}
	fields = (struct fields){0};
	assert_true(session_put_end(&fields, &said));
	assert_true(session_take_end(&fields, &end));
	assert_int_equal(end.reason, REASON_UNENROLLED);
	assert_int_equal(end.standing, ENROLMENT_TOO_MANY);
	fields = (struct fields){0};
	assert_true(fields_put(&fields, "reason", "10000") && fields_put(&fields, "standing", "0"));
	assert_false(session_take_end(&fields, &end));
}

static void test_packets(void **state)
{
	char large[FIELDS_MAX + 1] = {0};
	struct fields fields, heard;
	enum session_say say;
	int sockets[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	for (int i = SAY_PROMPT; i <= SAY_END; i++) {
		assert_true(session_say(&fields, (enum session_say)i));
		assert_true(session_send(sockets[0], &fields));
		assert_int_equal(fields.length, 0);
		assert_true(session_receive(sockets[1], &heard));
		assert_true(session_said(&heard, &say));
		assert_int_equal(say, i);
	}
	assert_int_equal(send(sockets[0], large, sizeof(large), 0), sizeof(large));
	assert_false(session_receive(sockets[1], &heard));
	assert_true(session_say(&fields, SAY_END));
	assert_int_equal(close(sockets[1]), 0);
	assert_false(session_send(sockets[0], &fields));
	assert_false(session_receive(sockets[0], &heard));
	assert_int_equal(close(sockets[0]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wish),    cmocka_unit_test(test_wish_any_byte),
		cmocka_unit_test(test_key),     cmocka_unit_test(test_codes),
		cmocka_unit_test(test_record),  cmocka_unit_test(test_near_miss_and_end),
		cmocka_unit_test(test_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
