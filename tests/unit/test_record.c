/* SPDX-License-Identifier: BSD-2-Clause */
/* The record's text: what is written comes back, and each mistake is told with its line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "record.h"
#include "unit.h"

#define HEAD     "twokey: 1\nuser: alice\n"
#define DEVICE   "device: phone\ntype: totp\nalgorithm: SHA1\ndigits: 6\nperiod: 30\n"
#define KEY      "key: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n"
#define KEY_ZERO "key: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQAA\n" /* the same, and a byte of 0 */
#define OTHER    "key: MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U\n"
#define HOTP     "type: hotp\nalgorithm: SHA512\ndigits: 8\n"
#define CODE     "recovery: $y$j75$salt$hash\n"

/* ${body} with its checksum and padding, as a text that a person got all right but for ${body}. */
static void complete(const char *body, char text[RECORD_SIZE])
{
	int length = snprintf(text, RECORD_SIZE, "%schecksum: %016" PRIx64 "\n", body,
			      checksum(body, strlen(body)));

	memset(text + length, '\n', RECORD_SIZE - (size_t)length);
}

static void fill(struct record *record)
{
	memset(record, 0, sizeof(*record));
	(void)snprintf(record->file, sizeof(record->file), "m%%C3%%BCller");
	record->device_count = RECORD_DEVICES_MAX;
	for (size_t i = 0; i < record->device_count; i++) {
		struct device *device = &record->devices[i];

		(void)snprintf(device->name, sizeof(device->name), "phone-%zu", i);
		(void)snprintf(device->issuer, sizeof(device->issuer), "M\xc3\xbcller & Co");
		(void)snprintf(device->label, sizeof(device->label), "user %zu", i);
		device->type = i % 2 == 0 ? OTP_TOTP : OTP_HOTP;
		device->algorithm = (enum otp_algorithm)(i % 3);
		device->digits = 6 + (unsigned)i % 3;
		device->period = i % 2 == 0 ? 30 + (unsigned)i : 0;
		device->key_length = 16 + i;
		memset(device->key, (int)(i + 1), device->key_length);
	}
	record->recovery_count = RECORD_RECOVERY_MAX;
	for (size_t i = 0; i < record->recovery_count; i++)
		(void)snprintf(record->recovery[i], sizeof(record->recovery[i]), "$y$j75$salt$h%zu",
			       i);
}

static void test_round_trip(void **state)
{
	struct record record, again;
	struct record_error error;
	char text[RECORD_SIZE];

	(void)state;
	fill(&record);
	memset(&again, 0, sizeof(again));
	assert_true(record_format(&record, text));
	assert_true(record_parse(text, &again, &error));
	assert_memory_equal(&again, &record, sizeof(record));
	assert_int_equal(record_device(&again, "phone-3"), 3);
	assert_int_equal(record_device(&again, "none"), RECORD_DEVICES_MAX);
}

static void test_too_large(void **state)
{
	struct record record;
	char text[RECORD_SIZE];

	(void)state;
	fill(&record);
	for (size_t i = 0; i < record.device_count; i++) {
		memset(record.devices[i].label, 'x', DEVICE_LABEL_MAX);
		memset(record.devices[i].issuer, 'x', DEVICE_ISSUER_MAX);
		record.devices[i].key_length = DEVICE_KEY_MAX;
	}
	for (size_t i = 0; i < record.recovery_count; i++) {
		memset(record.recovery[i], 'h', RECOVERY_HASH_MAX);
		record.recovery[i][0] = '$';
		record.recovery[i][4] = '$';
	}
	assert_false(record_format(&record, text));
	assert_int_equal(text[0], '\0');
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *body;
		unsigned line;
		const char *problem;
	} rows[] = {
		{"", 1, "does not begin"},
		{"user: alice\n", 1, "does not begin"},
		{"twokey: 2\nuser: alice\n" DEVICE KEY, 1, "another version"},
		{"twokey: 1\r\nuser: alice\r\n", 1, "CR LF"},
		{HEAD "twokey: 1\n", 3, "first line"},
		{HEAD "user: bob\n", 3, "stands twice"},
		{"twokey: 1\nuser: a/b\n", 2, "no user name"},
		{"twokey: 1\nuser: \n", 2, "no user name"},
		{HEAD "key=value\n", 3, "not 'key: value'"},
		{HEAD "colour: red\n", 3, "no line of a record"},
		{HEAD "digits: 6\n", 3, "below a 'device:'"},
		{HEAD "device: a b\n", 3, "letters, digits"},
		{HEAD "device: \n", 3, "letters, digits"},
		{HEAD "device: phone\ntype: u2f\n", 4, "totp or hotp"},
		{HEAD "device: phone\nalgorithm: MD5\n", 4, "SHA1, SHA256 or SHA512"},
		{HEAD "device: phone\ndigits: 0\n", 4, "6, 7 or 8"},
		{HEAD "device: phone\ndigits: 99\n", 4, "6, 7 or 8"},
		{HEAD "device: phone\ndigits: 06x\n", 4, "6, 7 or 8"},
		{HEAD "device: phone\nperiod: 0\n", 4, "10 to 300"},
		{HEAD "device: phone\nperiod: 301\n", 4, "10 to 300"},
		{HEAD "device: phone\nkey: no base32!\n", 4, "base32"},
		{HEAD "device: phone\nkey: GEZDGNBV\n", 4, "base32"},
		{HEAD "device: phone\nissuer: a:b\n", 4, "colon"},
		{HEAD "device: phone\nlabel: \n", 4, "colon"},
		{HEAD "device: phone\ntype: totp\ntype: totp\n", 5, "twice"},
		{HEAD DEVICE KEY "device: phone\n", 9, "of this name"},
		{HEAD DEVICE "device: tablet\n", 8, "lacks"},
		{HEAD DEVICE, 8, "lacks"},
		{HEAD, 3, "lacks its user or a device"},
		{"twokey: 1\n" DEVICE KEY, 8, "lacks its user or a device"},
		{HEAD "device: phone\ntype: hotp\nalgorithm: SHA1\ndigits: 6\nperiod: 30\n" KEY, 9,
		 "only a totp"},
		{HEAD "device: phone\ntype: totp\nalgorithm: SHA1\ndigits: 6\n" KEY, 8,
		 "a totp device has"},
		{HEAD DEVICE KEY "device: token\n" HOTP KEY, 14, "the key of another"},
		{HEAD DEVICE KEY "device: token\n" HOTP KEY CODE, 14, "the key of another"},
		{HEAD DEVICE KEY "device: token\n" HOTP KEY_ZERO, 14, "the key of another"},
		{HEAD DEVICE KEY "device: token\n" HOTP OTHER "device: tablet\n" HOTP KEY CODE, 19,
		 "the key of another"},
		{HEAD DEVICE KEY "recovery: plain\n", 9, "crypt(3)"},
		{HEAD DEVICE KEY "recovery: $y$j75$salt$\n", 9, "crypt(3)"},
		{HEAD DEVICE KEY CODE "recovery: $y$j75$other$hash\n", 10, "same salt"},
		{HEAD DEVICE KEY CODE "device: tablet\n", 10, "before recovery"},
		{HEAD DEVICE KEY CODE "digits: 6\n", 10, "below a 'device:'"},
		{HEAD "\x01\n", 3, "control character"},
		{HEAD "\n", 3, "before its checksum"},
		{HEAD DEVICE KEY CODE CODE CODE CODE CODE CODE CODE CODE CODE CODE CODE CODE CODE
			 CODE CODE CODE CODE,
		 25, "more than 16"},
	};
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		complete(rows[i].body, text);
		assert_false(record_parse(text, &record, &error));
		if (strstr(error.problem, rows[i].problem) == NULL || error.line != rows[i].line)
			fail_msg("row %zu: line %u: %s", i, error.line, error.problem);
		assert_int_equal(record.device_count, 0);
		assert_int_equal(record.devices[0].key_length, 0);
	}
	complete(HEAD DEVICE KEY "device: token\n" HOTP OTHER CODE, text);
	assert_true(record_parse(text, &record, &error));
}

static void test_nine_devices(void **state)
{
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE];
	char body[RECORD_SIZE] = HEAD;
	size_t length = strlen(body);

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		length += (size_t)snprintf(body + length, sizeof(body) - length,
					   "device: d%u\n" HOTP
					   "key: %cEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
					   i, (char)('A' + i));
	complete(body, text);
	assert_false(record_parse(text, &record, &error));
	assert_non_null(strstr(error.problem, "more than 8"));
}

static void test_checksum_and_rest(void **state)
{
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE];

	(void)state;
	complete(HEAD DEVICE KEY, text);
	text[RECORD_SIZE - 1] = 'x';
	assert_false(record_parse(text, &record, &error));
	assert_non_null(strstr(error.problem, "follows the checksum"));
	memset(text, 'x', sizeof(text));
	assert_false(record_parse(text, &record, &error));
	assert_non_null(strstr(error.problem, "too long"));
	memset(text, '\0', sizeof(text));
	assert_false(record_parse(text, &record, &error));
}

/* A NUL would end a line for us that goes on for who computed the checksum. */
static void test_nul(void **state)
{
	static const char body[] = HEAD DEVICE KEY "recovery: $y$j/.$salt$hash@hidden\n";
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE];
	size_t length = sizeof(body) - 1;

	(void)state;
	complete(body, text);
	assert_true(record_parse(text, &record, &error));
	*(char *)memchr(text, '@', length) = '\0';
	(void)snprintf(text + length, sizeof(text) - length, "checksum: %016" PRIx64 "\n",
		       checksum(text, length));
	text[length + strlen("checksum: 0123456789abcdef\n")] = '\n';
	assert_false(record_parse(text, &record, &error));
	assert_int_equal(error.line, 9);
	assert_non_null(strstr(error.problem, "control character"));
}

/* The hash goes over eight bytes at a time: what is at their top must count as well. */
static void test_checksum_of_words(void **state)
{
	unsigned char text[41] = {0};
	uint64_t sum = checksum(text, sizeof(text));

	(void)state;
	for (size_t one = 0; one < sizeof(text) * 8; one++) {
		text[one / 8] ^= (unsigned char)(1u << one % 8);
		assert_true(checksum(text, sizeof(text)) != sum);
		for (size_t two = 0; two < one; two++) {
			text[two / 8] ^= (unsigned char)(1u << two % 8);
			assert_true(checksum(text, sizeof(text)) != sum);
			text[two / 8] ^= (unsigned char)(1u << two % 8);
		}
		text[one / 8] ^= (unsigned char)(1u << one % 8);
	}
}

/* What is wiped is all that was secret: nothing of the key or a hash is left anywhere. */
static void test_wipe(void **state)
{
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE];

	(void)state;
	memset(&record, 0, sizeof(record));
	complete(HEAD DEVICE KEY CODE, text);
	assert_int_equal(record_parse(text, &record, &error),
			 strlen(HEAD DEVICE KEY CODE "checksum: 0123456789abcdef\n"));
	record_wipe(&record);
	assert_int_equal(record.device_count + record.recovery_count, 0);
	for (size_t i = sizeof(record.file); i < sizeof(record); i++)
		assert_int_equal(((const char *)&record)[i], 0);
}

/* Cut anywhere, it is refused and no shorter key is read; so is every single flipped bit. */
static void test_every_byte_counts(void **state)
{
	struct record record;
	struct record_error error;
	char text[RECORD_SIZE], damaged[RECORD_SIZE];
	size_t used = strlen(HEAD DEVICE KEY CODE "checksum: 0123456789abcdef\n");

	(void)state;
	complete(HEAD DEVICE KEY CODE, text);
	for (size_t length = 0; length < used - 1; length++) {
		memset(damaged, '\n', sizeof(damaged));
		memcpy(damaged, text, length);
		assert_false(record_parse(damaged, &record, &error));
	}
	for (size_t bit = 0; bit < sizeof(text) * 8; bit++) {
		memcpy(damaged, text, sizeof(damaged));
		damaged[bit / 8] = (char)(damaged[bit / 8] ^ (1 << bit % 8));
		assert_false(record_parse(damaged, &record, &error));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_nine_devices),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_checksum_of_words),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_checksum_and_rest),
		cmocka_unit_test(test_every_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
