/* SPDX-License-Identifier: BSD-2-Clause */
/* otpauth URIs in the Key URI format. */
#include <string.h>

#include "unit.h"
#include "uri.h"

static struct device device;

static int setup(void **state)
{
	(void)state;
	device = (struct device){.digits = 6, .period = 30};
	assert_true(device_set_key(&device, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
	assert_true(device_set_label(&device, "alice"));
	return 0;
}

static void assert_uri(const char *expected)
{
	char uri[URI_MAX + 1];

	uri_format(&device, 7, uri);
	assert_string_equal(uri, expected);
}

static void test_totp(void **state)
{
	(void)state;
	assert_true(device_set_issuer(&device, "web1"));
	assert_uri("otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1"
		   "&algorithm=SHA1&digits=6&period=30");
	assert_true(device_set_algorithm(&device, "SHA512"));
	assert_true(device_set_digits(&device, "8"));
	assert_true(device_set_period(&device, "60"));
	assert_uri("otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1"
		   "&algorithm=SHA512&digits=8&period=60");
}

static void test_hotp_without_issuer(void **state)
{
	(void)state;
	assert_true(device_set_type(&device, "hotp"));
	assert_uri("otpauth://hotp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		   "&algorithm=SHA1&digits=6&counter=7");
}

static void test_percent_encoding(void **state)
{
	(void)state;
	assert_true(device_set_issuer(&device, "M\xc3\xbcller & Co?"));
	assert_true(device_set_label(&device, "a b/c%d@e"));
	assert_uri("otpauth://totp/M%C3%BCller%20%26%20Co%3F:a%20b%2Fc%25d%40e"
		   "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=M%C3%BCller%20%26%20Co%3F"
		   "&algorithm=SHA1&digits=6&period=30");
}

static void test_longest(void **state)
{
	char uri[URI_MAX + 1];

	(void)state;
	memset(device.issuer, '&', DEVICE_ISSUER_MAX);
	memset(device.label, '&', DEVICE_LABEL_MAX);
	device.key_length = DEVICE_KEY_MAX;
	device.type = OTP_HOTP;
	uri_format(&device, UINT64_MAX, uri);
	assert_string_equal(uri + strlen(uri) - 20, "18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_totp, setup),
		cmocka_unit_test_setup(test_hotp_without_issuer, setup),
		cmocka_unit_test_setup(test_percent_encoding, setup),
		cmocka_unit_test_setup(test_longest, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
