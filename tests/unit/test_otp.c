/* SPDX-License-Identifier: BSD-2-Clause */
/* The codes of the RFCs, and keys in base32. */
#include <stdbool.h>
#include <string.h>

#include "otp.h"
#include "unit.h"

/* The seeds of RFC 4226 and RFC 6238: these digits, as many as the hash is long. */
#define SEED "1234567890123456789012345678901234567890123456789012345678901234"

static struct device device_of(enum otp_type type, enum otp_algorithm algorithm, unsigned digits,
			       size_t key_length)
{
	struct device device = {.type = type,
				.algorithm = algorithm,
				.digits = digits,
				.period = type == OTP_TOTP ? 30 : 0,
				.key_length = key_length};

	memcpy(device.key, SEED, key_length);
	return device;
}

/* RFC 4226 appendix D. */
static void test_hotp_vectors(void **state)
{
	static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
					    "254676", "287922", "162583", "399871", "520489"};
	struct device device = device_of(OTP_HOTP, OTP_SHA1, 6, 20);
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	for (uint64_t counter = 0; counter < COUNT(codes); counter++) {
		assert_true(otp_code(&device, counter, code));
		assert_string_equal(code, codes[counter]);
	}
}

/* RFC 6238 appendix B. */
static void test_totp_vectors(void **state)
{
	static const struct {
		int64_t time;
		const char *codes[3];
	} vectors[] = {
		{59, {"94287082", "46119246", "90693936"}},
		{1111111109, {"07081804", "68084774", "25091201"}},
		{1111111111, {"14050471", "67062674", "99943326"}},
		{1234567890, {"89005924", "91819424", "93441116"}},
		{2000000000, {"69279037", "90698825", "38618901"}},
		{20000000000, {"65353130", "77737706", "47863826"}},
	};
	static const size_t key_lengths[] = {20, 32, 64};
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		for (enum otp_algorithm a = OTP_SHA1; a <= OTP_SHA512; a++) {
			struct device device = device_of(OTP_TOTP, a, 8, key_lengths[a]);

			assert_true(otp_code(&device, otp_step(&device, vectors[i].time), code));
			assert_string_equal(code, vectors[i].codes[a]);
		}
	}
}

static void test_position_out_of_range(void **state)
{
	struct device device = device_of(OTP_HOTP, OTP_SHA1, 6, 20);
	char code[OTP_DIGITS_MAX + 1] = "x";

	(void)state;
	assert_false(otp_code(&device, (uint64_t)INT64_MAX + 1, code));
	assert_string_equal(code, "");
}

static void test_key_from_base32(void **state)
{
	static const char *const good[] = {"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
					   "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
					   "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"};
	struct device expected = device_of(OTP_TOTP, OTP_SHA1, 6, 20);
	char text[DEVICE_KEY_BASE32_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct device device = {.digits = 6};

		assert_true(device_set_key(&device, good[i]));
		assert_int_equal(device.key_length, 20);
		assert_memory_equal(device.key, expected.key, 20);
		device_key_text(&device, text);
		assert_string_equal(text, good[0]);
	}
}

/* Fifteen bytes are too few, sixteen and sixty-four are not, sixty-five are too many. */
static void test_key_lengths(void **state)
{
	char text[120];
	struct device device = {.digits = 6};

	(void)state;
	memset(text, 'A', sizeof(text));
	text[24] = '\0';
	assert_false(device_set_key(&device, text));
	text[24] = 'A';
	text[26] = '\0';
	assert_true(device_set_key(&device, text));
	assert_int_equal(device.key_length, 16);
	text[26] = 'A';
	text[103] = '\0';
	assert_true(device_set_key(&device, text));
	assert_int_equal(device.key_length, 64);
	text[103] = 'A';
	text[104] = '\0';
	assert_false(device_set_key(&device, text));
	assert_int_equal(device.key_length, 64);
}

static void test_key_is_no_base32(void **state)
{
	static const char *const bad[] = {"", "not base32!", "0189018901890189018901890189",
					  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ*"};
	struct device device = {.digits = 6};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(device_set_key(&device, bad[i]));
	assert_int_equal(device.key_length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hotp_vectors),
		cmocka_unit_test(test_totp_vectors),
		cmocka_unit_test(test_position_out_of_range),
		cmocka_unit_test(test_key_from_base32),
		cmocka_unit_test(test_key_lengths),
		cmocka_unit_test(test_key_is_no_base32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
