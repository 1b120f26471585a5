/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, good and bad, from arguments and from twokey.conf. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "policy.h"
#include "unit.h"

static struct policy policy;
static struct policy_error error;

static int setup(void **state)
{
	(void)state;
	policy_defaults(&policy);
	return 0;
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(policy.ask, ASK_PASSWORD_CODE);
	assert_int_equal(policy.unenrolled, UNENROLLED_DENY);
	assert_int_equal(policy.limits.max_failures, 5);
	assert_int_equal(policy.limits.lock_time, 60);
	assert_int_equal(policy.limits.window, 1);
	assert_string_equal(policy.store, "/var/lib/twokey");
	assert_true(policy_check(&policy, &error));
}

static void test_good_arguments(void **state)
{
	static const char *const arguments[] = {"ask=combined",
						"use_first_pass",
						"forward_pass",
						"max_failures=1000",
						"lock_time=86400",
						"window=10",
						"store=/srv/keys",
						"conf=/etc/other.conf",
						"password_prompt=Word: ",
						"code_prompt=Code: ",
						"echo_code",
						"debug=yes"};

	(void)state;
	for (size_t i = 0; i < COUNT(arguments); i++)
		assert_true(policy_set_argument(&policy, arguments[i], &error));
	assert_int_equal(policy.ask, ASK_COMBINED);
	assert_int_equal(policy.first_pass, FIRST_PASS_USE);
	assert_true(policy.forward_pass);
	assert_int_equal(policy.limits.max_failures, 1000);
	assert_int_equal(policy.limits.lock_time, 86400);
	assert_int_equal(policy.limits.window, 10);
	assert_string_equal(policy.store, "/srv/keys");
	assert_string_equal(policy.conf, "/etc/other.conf");
	assert_string_equal(policy.password_prompt, "Word: ");
	assert_string_equal(policy.code_prompt, "Code: ");
	assert_true(policy.echo_code && policy.debug);
	assert_true(policy_check(&policy, &error));
	assert_true(policy_set_argument(&policy, "try_first_pass", &error));
	assert_int_equal(policy.first_pass, FIRST_PASS_TRY);
	assert_true(policy_set_argument(&policy, "try_first_pass=no", &error));
	assert_int_equal(policy.first_pass, FIRST_PASS_IGNORE);
}

static void test_bad_arguments(void **state)
{
	static const char *const arguments[] = {"unknown",
						"ASK=code",
						"ask",
						"ask=",
						"ask=password",
						"max_failures",
						"max_failures=",
						"max_failures=0",
						"max_failures=1001",
						"max_failures=-1",
						"max_failures=5x",
						"max_failures=99999999999999999999",
						"lock_time=0",
						"lock_time=86401",
						"window=11",
						"window=1.5",
						"window= 1",
						"store=relative",
						"store=",
						"store",
						"conf=x",
						"echo_code=maybe",
						"try_first_pass=maybe",
						"debug=",
						"nullok=1",
						"unenrolled",
						"unenrolled=perhaps",
						"self_enroll=maybe",
						"self_enroll",
						"password_prompt=",
						"=",
						""};
	char prompt[200] = "code_prompt=";
	char option[600];

	(void)state;
	for (size_t i = 0; i < COUNT(arguments); i++) {
		struct policy before = policy;

		assert_false(policy_set_argument(&policy, arguments[i], &error));
		assert_memory_equal(&policy, &before, sizeof(policy));
		assert_non_null(error.problem);
		assert_int_equal(error.source, POLICY_FROM_ARGUMENT);
	}
	memset(prompt + strlen(prompt), 'x', 128);
	assert_false(policy_set_argument(&policy, prompt, &error));
	memset(option, 'x', sizeof(option));
	option[sizeof(option) - 1] = '\0';
	assert_false(policy_set_argument(&policy, option, &error));
	assert_int_equal(strlen(error.option), sizeof(error.option) - 1);
}

static void test_self_enroll(void **state)
{
	(void)state;
	assert_int_equal(policy.self_enroll, SELF_ENROLL_FIRST);
	assert_true(policy_set_argument(&policy, "self_enroll=no", &error));
	assert_int_equal(policy.self_enroll, SELF_ENROLL_NO);
	assert_true(policy_set_argument(&policy, "self_enroll=yes", &error));
	assert_int_equal(policy.self_enroll, SELF_ENROLL_YES);
	assert_true(policy_set_argument(&policy, "self_enroll=first", &error));
	assert_int_equal(policy.self_enroll, SELF_ENROLL_FIRST);
}

static void test_enroll(void **state)
{
	static const char *const bad[] = {"enrol",
					  "enroll-until",
					  "enroll-until:",
					  "enroll-",
					  "enroll-until:2026-02-29",
					  "enroll until:2027-01-31"};
	char argument[64];

	(void)state;
	assert_int_equal(policy.qr, PROMPT_QR_UTF8);
	assert_true(policy_set_argument(&policy, "unenrolled=enroll", &error));
	assert_int_equal(policy_unenrolled(&policy, INT64_MAX - 1), UNENROLLED_ENROL);
	assert_true(policy_set_argument(&policy, "unenrolled=enroll-until:2024-02-29", &error));
	assert_int_equal(policy_unenrolled(&policy, 1709251199), UNENROLLED_ENROL);
	assert_int_equal(policy_unenrolled(&policy, 1709251200), UNENROLLED_DENY);
	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(argument, sizeof(argument), "unenrolled=%s", bad[i]);
		assert_false(policy_set_argument(&policy, argument, &error));
	}
	assert_true(policy_set_argument(&policy, "qr=ascii", &error));
	assert_int_equal(policy.qr, PROMPT_QR_ASCII);
	assert_true(policy_set_argument(&policy, "qr=off", &error));
	assert_int_equal(policy.qr, PROMPT_QR_OFF);
	assert_false(policy_set_argument(&policy, "qr=png", &error));
	assert_false(policy_set_argument(&policy, "qr", &error));
}

static void test_options_that_conflict(void **state)
{
	(void)state;
	assert_true(policy_set_argument(&policy, "forward_pass", &error));
	assert_false(policy_check(&policy, &error));
	assert_string_equal(error.option, "forward_pass");
}

static void test_allow_until(void **state)
{
	static const struct {
		const char *date;
		int64_t end;
	} good[] = {
		{"1970-01-01", 86400},      {"2000-02-29", 951868800},
		{"2024-02-29", 1709251200}, {"2026-12-31", 1798761600},
		{"2038-01-19", 2147558400}, {"9999-12-31", 253402300800},
	};
	static const char *const bad[] = {"2026-02-29", "1900-02-29",  "2026-13-01", "2026-00-01",
					  "2026-01-00", "2026-04-31",  "2026-1-1",   "26-01-01",
					  "2026/01/01", "2026-01-01 ", "",           "1969-12-31"};
	char argument[64];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		(void)snprintf(argument, sizeof(argument), "unenrolled=allow-until:%s",
			       good[i].date);
		assert_true(policy_set_argument(&policy, argument, &error));
		assert_int_equal(policy.unenrolled_until, good[i].end);
		assert_int_equal(policy_unenrolled(&policy, good[i].end - 1), UNENROLLED_ALLOW);
		assert_int_equal(policy_unenrolled(&policy, good[i].end), UNENROLLED_DENY);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(argument, sizeof(argument), "unenrolled=allow-until:%s", bad[i]);
		assert_false(policy_set_argument(&policy, argument, &error));
	}
}

static void test_nullok(void **state)
{
	(void)state;
	assert_int_equal(policy_unenrolled(&policy, 0), UNENROLLED_DENY);
	assert_true(policy_set_argument(&policy, "nullok", &error));
	assert_int_equal(policy_unenrolled(&policy, INT64_MAX - 1), UNENROLLED_ALLOW);
	assert_true(policy_set_argument(&policy, "unenrolled=deny", &error));
	assert_int_equal(policy_unenrolled(&policy, 0), UNENROLLED_DENY);
}

static bool parse(const char *text)
{
	return conf_parse(&policy, text, strlen(text), &error);
}

static void test_conf_text(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_true(parse("\n\n# comment\n   # another\n\t\n"));
	assert_true(parse("ask = code\nmax_failures=3\n  lock_time\t=\t30  \necho_code = yes\n"
			  "code_prompt = \"Your code: \"\nwindow = 2"));
	assert_int_equal(policy.ask, ASK_CODE);
	assert_int_equal(policy.limits.max_failures, 3);
	assert_int_equal(policy.limits.lock_time, 30);
	assert_int_equal(policy.limits.window, 2);
	assert_string_equal(policy.code_prompt, "Your code: ");
}

static void test_conf_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *option;
	} rows[] = {
		{"colour = red\n", 1, "colour"},
		{"# fine\n\nwindow = 99\n", 3, "window"},
		{"window\n", 1, "window"},
		{"window = 1 # one\n", 1, "window"},
		{"window = 1\r\n", 1, "window"},
		{"conf = /etc/x\n", 1, "conf"},
		{"= 1\n", 1, ""},
	};
	static char line[600];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_false(parse(rows[i].text));
		assert_int_equal(error.line, rows[i].line);
		assert_string_equal(error.option, rows[i].option);
	}
	assert_false(conf_parse(&policy, "a\0b\n", 4, &error));
	memset(line, 'x', sizeof(line) - 1);
	assert_false(parse(line));
	/* Of a comment nothing is read. */
	line[0] = '#';
	assert_true(parse(line));
	assert_true(conf_parse(&policy, "#\0\n", 3, &error));
}

static char directory[] = "/tmp/twokey-unit.XXXXXX";

static void put_file(const char *name, const char *text, mode_t mode)
{
	int fd;

	(void)snprintf(policy.conf, sizeof(policy.conf), "%s/%s", directory, name);
	(void)unlink(policy.conf);
	fd = open(policy.conf, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void assert_refused(const char *problem)
{
	assert_false(conf_load(&policy, &error));
	assert_int_equal(error.source, POLICY_FROM_CONF);
	assert_non_null(strstr(error.problem, problem));
}

static void test_conf_file(void **state)
{
	static char large[CONF_MAX + 2];
	char target[sizeof(policy.conf)];

	(void)state;
	put_file("good", "window = 3\n", 0644);
	assert_true(conf_load(&policy, &error));
	assert_int_equal(policy.limits.window, 3);
	put_file("wrong", "\nwindow = x\n", 0644);
	assert_refused("0 to 10");
	assert_int_equal(error.line, 2);
	put_file("writable", "window = 3\n", 0666);
	assert_refused("chmod");
	memset(large, '\n', sizeof(large) - 1);
	put_file("large", large, 0644);
	assert_refused("16 KiB");
	put_file("target", "", 0644);
	memcpy(target, policy.conf, sizeof(target));
	(void)snprintf(policy.conf, sizeof(policy.conf), "%s/link", directory);
	assert_int_equal(symlink(target, policy.conf), 0);
	assert_refused("link");
	(void)snprintf(policy.conf, sizeof(policy.conf), "%s/fifo", directory);
	assert_int_equal(mkfifo(policy.conf, 0600), 0);
	assert_refused("regular");
	(void)snprintf(policy.conf, sizeof(policy.conf), "%s", directory);
	assert_refused("regular");
	(void)snprintf(policy.conf, sizeof(policy.conf), "%s/none", directory);
	assert_refused("missing");
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_directory(void **state)
{
	static const char *const names[] = {"good",   "wrong", "writable", "large",
					    "target", "link",  "fifo"};
	char path[sizeof(policy.conf)];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_defaults, setup),
		cmocka_unit_test_setup(test_good_arguments, setup),
		cmocka_unit_test_setup(test_bad_arguments, setup),
		cmocka_unit_test_setup(test_options_that_conflict, setup),
		cmocka_unit_test_setup(test_self_enroll, setup),
		cmocka_unit_test_setup(test_allow_until, setup),
		cmocka_unit_test_setup(test_enroll, setup),
		cmocka_unit_test_setup(test_nullok, setup),
		cmocka_unit_test_setup(test_conf_text, setup),
		cmocka_unit_test_setup(test_conf_mistakes, setup),
		cmocka_unit_test_setup(test_conf_file, setup),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
