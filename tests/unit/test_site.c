/* SPDX-License-Identifier: BSD-2-Clause */
/* Site defaults, the names that are near to a mistyped one, and the twokey.conf that is shipped. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "policy.h"
#include "site.h"
#include "unit.h"

#define SHIPPED "/conf/twokey.conf"

static struct policy policy;
static struct site site;
static struct policy_error error;

static int setup(void **state)
{
	(void)state;
	policy_defaults(&policy);
	site_defaults(&site);
	policy.site = &site;
	return 0;
}

static bool parse(const char *text)
{
	return conf_parse(&policy, text, strlen(text), &error);
}

static void test_values(void **state)
{
	(void)state;
	assert_int_equal(site.device.digits, 6);
	assert_int_equal(site.recovery_codes, 10);
	assert_true(parse("issuer = Example Inc\nalgorithm = SHA256\ndigits = 8\nperiod = 60\n"
			  "recovery_codes = 0\nwindow = 2\n"));
	assert_string_equal(site.device.issuer, "Example Inc");
	assert_int_equal(site.device.algorithm, OTP_SHA256);
	assert_int_equal(site.device.digits, 8);
	assert_int_equal(site.device.period, 60);
	assert_int_equal(site.recovery_codes, 0);
	assert_int_equal(policy.limits.window, 2);
}

static void test_mistakes(void **state)
{
	static const char *const lines[] = {
		"issuer = a:b", "issuer =",           "algorithm = MD5", "digits = 9",
		"digits = six", "period = 9",         "period = 301",    "recovery_codes = 17",
		"digits",       "recovery_codes = -1"};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "\n%s\n", lines[i]);
		assert_false(parse(text));
		assert_int_equal(error.line, 2);
		assert_int_equal(strncmp(error.option, lines[i], strlen(error.option)), 0);
	}
	assert_int_equal(site.device.digits, 6);
	assert_int_equal(site.recovery_codes, 10);
}

/* What only concerns those who are yet to be enrolled keeps nobody out. */
static void test_a_login_passes_over(void **state)
{
	(void)state;
	policy.site = NULL;
	assert_true(parse("digits = 99\nwindow = 3\n"));
	assert_int_equal(policy.limits.window, 3);
	assert_false(parse("digit = 8\n"));
	assert_false(policy_set_argument(&policy, "digits=8", &error));
	assert_non_null(strstr(error.problem, "twokey.conf only"));
}

static void test_nearest(void **state)
{
	static const struct {
		const char *typed;
		const char *meant;
	} rows[] = {
		{"max_failure", "max_failures"},
		{"max-failures", "max_failures"},
		{"maxfailures", "max_failures"},
		{"lcok_time", "lock_time"},
		{"WINDOW", "window"},
		{"isuer", "issuer"},
		{"recovery_code", "recovery_codes"},
		{"unenroled", "unenrolled"},
		{"asc", "ask"},
		{"nullok2", "nullok"},
		{"colour", NULL},
		{"x", NULL},
		{"", NULL},
		{"secret", NULL},
		{"a_name_that_is_longer_than_any_option_has", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_false(policy_set(&policy, rows[i].typed, "1", &error));
		if (rows[i].meant == NULL)
			assert_null(error.nearest);
		else
			assert_string_equal(error.nearest, rows[i].meant);
	}
	assert_false(policy_set(&policy, "window", "x", &error));
	assert_null(error.nearest);
}

static size_t read_shipped(char text[CONF_MAX + 1])
{
	char path[512];
	FILE *stream;
	size_t length;

	(void)snprintf(path, sizeof(path), "%s" SHIPPED, getenv("TWOKEY_SOURCE"));
	stream = fopen(path, "r");
	assert_non_null(stream);
	length = fread(text, 1, CONF_MAX, stream);
	assert_true(length > 0 && length < CONF_MAX);
	text[length] = '\0';
	assert_int_equal(fclose(stream), 0);
	return length;
}

/* Whether a line is an option behind a '#'. */
static bool is_option(const char *line)
{
	const char *name = line + 1;
	size_t length = 0;

	while (islower((unsigned char)name[length]) || name[length] == '_')
		length++;
	return length > 0 && strncmp(name + length, " = ", 3) == 0;
}

static void test_shipped_lines(void **state)
{
	static char text[CONF_MAX + 1];
	size_t options = 0;
	char *rest = NULL;

	(void)state;
	assert_true(conf_parse(&policy, text, read_shipped(text), &error));
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		assert_true(line[0] == '#');
		assert_true(strlen(line) <= 100);
		if (!is_option(line))
			continue;
		options++;
		if (!parse(line + 1))
			fail_msg("%s: %s", line + 1, error.problem);
	}
	assert_true(options > 15);
}

static void assert_shipped(const char *text, const char *option)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "\n#%s = ", option);
	if (strstr(text, line) == NULL)
		fail_msg("conf/twokey.conf does not tell of %s", option);
}

static void test_shipped_is_complete(void **state)
{
	static char text[CONF_MAX + 1];
	const char *name;

	(void)state;
	(void)read_shipped(text);
	for (size_t i = 0; (name = policy_option(i)) != NULL; i++) {
		if (strcmp(name, "conf") != 0)
			assert_shipped(text, name);
	}
	for (size_t i = 0; (name = site_option(i)) != NULL; i++)
		assert_shipped(text, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_values, setup),
		cmocka_unit_test_setup(test_mistakes, setup),
		cmocka_unit_test_setup(test_a_login_passes_over, setup),
		cmocka_unit_test_setup(test_nearest, setup),
		cmocka_unit_test_setup(test_shipped_lines, setup),
		cmocka_unit_test_setup(test_shipped_is_complete, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
