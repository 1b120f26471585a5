/* SPDX-License-Identifier: BSD-2-Clause */
/* What people type where a code is asked for. */
#include <string.h>

#include "answer.h"
#include "unit.h"

static void test_forms(void **state)
{
	static const struct {
		const char *typed;
		enum answer_form form;
		const char *text;
	} rows[] = {
		{"123456", ANSWER_OTP, "123456"},
		{"123 456", ANSWER_OTP, "123456"},
		{"123-456", ANSWER_OTP, "123456"},
		{" 12 34 56 ", ANSWER_OTP, "123456"},
		{"1234567", ANSWER_OTP, "1234567"},
		{"1234 5678", ANSWER_OTP, "12345678"},
		{"RA42-M2P7-KC9Y", ANSWER_RECOVERY, "RA42M2P7KC9Y"},
		{"ra42m2p7kc9y", ANSWER_RECOVERY, "RA42M2P7KC9Y"},
		{"ra42 m2p7 kc9y", ANSWER_RECOVERY, "RA42M2P7KC9Y"},
		{"346789346789", ANSWER_RECOVERY, "346789346789"},
		{"", ANSWER_MALFORMED, ""},
		{"12345", ANSWER_MALFORMED, ""},
		{"123456789", ANSWER_MALFORMED, ""},
		{"12345a", ANSWER_MALFORMED, ""},
		{"+123456", ANSWER_MALFORMED, ""},
		{"123456\n", ANSWER_MALFORMED, ""},
		{"\t123456", ANSWER_MALFORMED, ""},
		{"0x123456", ANSWER_MALFORMED, ""},
		{"%n%n%n", ANSWER_MALFORMED, ""},
		{"１２３４５６", ANSWER_MALFORMED, ""}, /* full-width digits */
		{"RA42-M2P7-KC9", ANSWER_MALFORMED, ""},
		{"RA42-M2P7-KC9YA", ANSWER_MALFORMED, ""},
		{"RA42-M2P7-KC9O", ANSWER_MALFORMED,
		 ""}, /* looks like 0, and is not in the alphabet */
		{"------", ANSWER_MALFORMED, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer answer;

		answer_read(rows[i].typed, &answer);
		assert_int_equal(answer.form, rows[i].form);
		assert_string_equal(answer.text, rows[i].text);
		assert_int_equal(answer.length, strlen(rows[i].text));
		assert_int_equal(answer.maybe_imported, answer.length == RECOVERY_IMPORTED_LENGTH);
	}
}

static void test_ten_thousand_digits(void **state)
{
	static char digits[10001];
	struct answer answer;

	(void)state;
	memset(digits, '1', sizeof(digits) - 1);
	answer_read(digits, &answer);
	assert_int_equal(answer.form, ANSWER_MALFORMED);
	memset(digits, ' ', sizeof(digits) - 1);
	memcpy(digits + 5000, "123456", 6);
	answer_read(digits, &answer);
	assert_int_equal(answer.form, ANSWER_OTP);
}

static void test_split(void **state)
{
	static const struct {
		const char *typed;
		unsigned digits;
		size_t password;
	} rows[] = {
		{"secret123456", 6, 6},
		{"secret12345678", 8, 6},
		{"123456", 6, 0},
		{"12345", 6, 5},
		{"", 6, 0},
		{"endswith99123456", 6, 10},
		{"secretRA42-M2P7-KC9Y", 6, 6},
		{"secretra42-m2p7-kc9y", 6, 6},
		{"RA42-M2P7-KC9Y", 6, 0},
		{"RA42-M2P7-123456", 6, 10}, /* a password that looks like the begin of one */
		{"xRA42M2P7KC9Y", 6, 7},     /* no dashes: not told from a password */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(answer_split(rows[i].typed, rows[i].digits), rows[i].password);
}

static void test_maybe_imported(void **state)
{
	(void)state;
	assert_true(answer_maybe_imported("secret12345678"));
	assert_true(answer_maybe_imported("123456789"));
	assert_true(answer_maybe_imported("12345678"));
	assert_false(answer_maybe_imported("secret1234567"));
	assert_false(answer_maybe_imported("secret1234 5678"));
	assert_false(answer_maybe_imported("12345678 "));
	assert_false(answer_maybe_imported("1234567"));
	assert_false(answer_maybe_imported(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_ten_thousand_digits),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_maybe_imported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
