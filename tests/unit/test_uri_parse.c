/* SPDX-License-Identifier: BSD-2-Clause */
/* otpauth URIs read: what phones and other programs write, what is refused, and the way back. */
#include <string.h>

#include "percent.h"
#include "random.h"
#include "unit.h"
#include "uri.h"

#define KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static struct device device;
static uint64_t counter;

static void read_good(const char *uri)
{
	const char *problem;

	if (!uri_parse(uri, &device, &counter, &problem))
		fail_msg("%s: %s", uri, problem);
	assert_null(problem);
	assert_string_equal(device.name, "");
}

static void read_bad(const char *uri, const char *expected)
{
	static const struct device wiped;
	const char *problem = NULL;

	memset(&device, 'x', sizeof(device));
	counter = 1;
	assert_false(uri_parse(uri, &device, &counter, &problem));
	assert_memory_equal(&device, &wiped, sizeof(device));
	assert_int_equal(counter, 0);
	assert_non_null(problem);
	if (strstr(problem, expected) == NULL)
		fail_msg("%s: '%s', not '%s'", uri, problem, expected);
}

static void test_least(void **state)
{
	(void)state;
	read_good("otpauth://totp/alice?secret=" KEY);
	assert_string_equal(device.label, "alice");
	assert_string_equal(device.issuer, "");
	assert_int_equal(device.type, OTP_TOTP);
	assert_int_equal(device.algorithm, OTP_SHA1);
	assert_int_equal(device.digits, 6);
	assert_int_equal(device.period, 30);
	assert_int_equal(device.key_length, 20);
	assert_memory_equal(device.key, "12345678901234567890", 20);
	read_good("otpauth://totp/?secret=" KEY);
	assert_string_equal(device.label, "");
	read_good("otpauth://totp?secret=" KEY);
	assert_string_equal(device.label, "");
}

static void test_all(void **state)
{
	(void)state;
	read_good("OTPAUTH://HOTP/M%C3%BCller%20%26%20Co%3a%20a%20b?issuer=M%c3%bcller%20%26%20Co"
		  "&Secret=gezd%20gnbv%20gy3tqojqgezdgnbvgy3tqojq&algorithm=sha512&digits=8"
		  "&period=60&counter=4294967295&image=https%3A%2F%2Fexample.org%2Fa.png&");
	assert_string_equal(device.issuer, "M\xc3\xbcller & Co");
	assert_string_equal(device.label, "a b");
	assert_int_equal(device.type, OTP_HOTP);
	assert_int_equal(device.algorithm, OTP_SHA512);
	assert_int_equal(device.digits, 8);
	assert_int_equal(device.period, 0);
	assert_int_equal(counter, UINT32_MAX);
	/* The parameter counts; what stands before the label is for older apps. */
	read_good("otpauth://totp/old:alice?secret=" KEY "&issuer=new&counter=7");
	assert_string_equal(device.issuer, "new");
	assert_int_equal(counter, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *uri;
		const char *problem;
	} rows[] = {
		{"", "otpauth://"},
		{"otpauth:/", "otpauth://"},
		{"http://totp/alice?secret=" KEY, "otpauth://"},
		{" otpauth://totp/alice?secret=" KEY, "otpauth://"},
		{"otpauth://", "totp or hotp"},
		{"otpauth://steam/alice?secret=" KEY, "totp or hotp"},
		{"otpauth://totpx/alice?secret=" KEY, "totp or hotp"},
		{"otpauth://tot/alice?secret=" KEY, "totp or hotp"},
		{"otpauth://totp/alice", "no key"},
		{"otpauth://totp/alice?", "no key"},
		{"otpauth://totp/alice?digits=6", "no key"},
		{"otpauth://totp/alice?secret", "no value"},
		{"otpauth://totp/alice?secret=", "base32"},
		{"otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP", "base32"},
		{"otpauth://totp/alice?secret=" KEY "1", "base32"},
		{"otpauth://totp/alice?secret=" KEY "%0", "base32"},
		{"otpauth://totp/alice?secret=" KEY "%00", "base32"},
		{"otpauth://totp/alice?secret=" KEY "&secret=" KEY, "twice"},
		{"otpauth://totp/alice?secret=" KEY "&algorithm=MD5", "algorithm"},
		{"otpauth://totp/alice?secret=" KEY "&algorithm=SHA1%20", "algorithm"},
		{"otpauth://totp/alice?secret=" KEY "&digits=5", "digits"},
		{"otpauth://totp/alice?secret=" KEY "&digits=+6", "digits"},
		{"otpauth://totp/alice?secret=" KEY "&period=0", "period"},
		{"otpauth://totp/alice?secret=" KEY "&period=301", "period"},
		{"otpauth://totp/alice?secret=" KEY "&issuer=a%3Ab", "issuer"},
		{"otpauth://totp/a%0Ab:alice?secret=" KEY, "issuer"},
		{"otpauth://totp/a:b:c?secret=" KEY, "label"},
		{"otpauth://totp/a%zz?secret=" KEY, "label"},
		{"otpauth://totp/a%4?secret=" KEY, "label"},
		{"otpauth://hotp/alice?secret=" KEY, "counter="},
		{"otpauth://hotp/alice?secret=" KEY "&counter=4294967296", "counter"},
		{"otpauth://hotp/alice?secret=" KEY "&counter=-1", "counter"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		read_bad(rows[i].uri, rows[i].problem);
	read_good("otpauth://totp/alice?secret=" KEY);
}

static void test_too_long(void **state)
{
	char uri[1024] = "otpauth://totp/";
	size_t start = strlen(uri);

	(void)state;
	memset(uri + start, 'a', DEVICE_LABEL_MAX);
	(void)strcat(uri, "?secret=" KEY);
	read_good(uri);
	assert_int_equal(strlen(device.label), DEVICE_LABEL_MAX);
	for (size_t length = DEVICE_LABEL_MAX + 1; length < 900; length += 77) {
		memset(uri + start, 'a', length);
		(void)strcpy(uri + start + length, "?secret=" KEY);
		read_bad(uri, "label");
	}
}

/* What another program adds counts, too. */
static void test_limit(void **state)
{
	static const char start[] = "otpauth://totp/alice?image=";
	static const char end[] = "&secret=" KEY;
	char uri[URI_TAKEN_MAX + 2];

	(void)state;
	for (size_t length = URI_TAKEN_MAX; length <= URI_TAKEN_MAX + 1; length++) {
		memset(uri, 'x', sizeof(uri));
		memcpy(uri, start, strlen(start));
		(void)strcpy(uri + length - strlen(end), end);
		assert_int_equal(strlen(uri), length);
		if (length <= URI_TAKEN_MAX)
			read_good(uri);
		else
			read_bad(uri, "longer than 4095 bytes");
	}
}

/* What uri_format writes is read back the same, whatever bytes issuer and label have. */
static void test_round_trip(void **state)
{
	char uri[URI_MAX + 1], again[URI_MAX + 1];
	unsigned char noise[64];

	(void)state;
	for (unsigned round = 0; round < 500; round++) {
		struct device written = {.digits = 6 + round % 3, .period = 10 + round % 291};

		assert_true(random_bytes(noise, sizeof(noise)));
		written.algorithm = (enum otp_algorithm)(round % 3);
		written.type = (enum otp_type)(round % 2);
		written.key_length = DEVICE_KEY_MIN + round % 49;
		memcpy(written.key, noise, written.key_length);
		for (size_t i = 0; i < round % 40; i++)
			written.label[i] =
				(char)(noise[i] == ':' || noise[i] < 0x21 ? '%' : noise[i]);
		for (size_t i = 0; i < round % 23; i++)
			written.issuer[i] =
				(char)(noise[i] == ':' || noise[i] < 0x21 ? '&' : noise[i]);
		for (char *c = written.label; *c != '\0'; c++)
			*c = *c == '\x7f' ? '~' : *c;
		for (char *c = written.issuer; *c != '\0'; c++)
			*c = *c == '\x7f' ? '~' : *c;
		uri_format(&written, round, uri);
		read_good(uri);
		assert_int_equal(counter, written.type == OTP_HOTP ? round : 0);
		uri_format(&device, counter, again);
		assert_string_equal(uri, again);
	}
}

static void test_percent(void **state)
{
	char text[8];

	(void)state;
	assert_true(percent_decode("", 0, 0, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(percent_decode("a%2fB%2Fc+x", 0, 11, text, sizeof(text)));
	assert_string_equal(text, "a/B/c+x");
	assert_false(percent_decode("12345678", 0, 8, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(percent_decode("1234567", 0, 7, text, sizeof(text)));
	assert_false(percent_decode("12%41", 0, 4, text, sizeof(text)));
	assert_true(percent_decode("12%41", 0, 5, text, sizeof(text)));
	assert_string_equal(text, "12A");
	assert_false(percent_decode("a\0b", 0, 3, text, sizeof(text)));
	assert_false(percent_decode("%", 0, 1, text, sizeof(text)));
	assert_false(percent_decode("%g0", 0, 3, text, sizeof(text)));
	assert_false(percent_decode("a", 0, 1, text, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least),   cmocka_unit_test(test_all),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_limit),   cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
