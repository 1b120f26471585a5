/* SPDX-License-Identifier: BSD-2-Clause */
/* The one line of an attempt: what it tells, of whom, and that nothing foreign can end it. */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "logline.h"
#include "unit.h"

static const struct store_fault no_fault;

static const char *tell(struct logline *line, const struct login *login, enum password password,
			const struct store_fault *fault)
{
	const struct account account = {
		.event = "authentication",
		.user = "alice",
		.origin = {.service = "sshd", .rhost = "192.0.2.1", .tty = "ssh", .ruser = ""},
		.password = password,
		.login = login,
		.store = "/var/lib/twokey",
		.fault = fault,
	};

	logline_attempt(line, &account);
	assert_int_equal(line->length, strlen(line->text));
	return line->text;
}

static void assert_tells(const char *text, const char *words)
{
	if (strstr(text, words) == NULL)
		fail_msg("'%s' is not in: %s", words, text);
}

static void test_priority(void **state)
{
	static const struct {
		enum reason reason;
		enum password password;
		int priority;
		const char *begins;
	} rows[] = {
		{REASON_CODE_ACCEPTED, PASSWORD_RIGHT, LOG_INFO, "authentication success;"},
		{REASON_WRONG_CODE, PASSWORD_WRONG, LOG_NOTICE, "authentication failure;"},
		{REASON_WRONG_CODE, PASSWORD_RIGHT, LOG_WARNING, "authentication failure;"},
		{REASON_UNENROLLED, PASSWORD_RIGHT, LOG_NOTICE, "authentication failure;"},
		{REASON_STORE_BUSY, PASSWORD_RIGHT, LOG_ERR, "authentication failure;"},
		{REASON_UNENROLLED_ALLOWED, PASSWORD_NOT_ASKED, LOG_INFO,
		 "authentication ignored;"},
		{REASON_ENROLMENT_DUE, PASSWORD_RIGHT, LOG_INFO, "authentication success;"},
	};
	struct logline line;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct login login = {.reason = rows[i].reason};
		const char *text = tell(&line, &login, rows[i].password, &no_fault);

		assert_memory_equal(text, rows[i].begins, strlen(rows[i].begins));
		assert_int_equal(line.priority, rows[i].priority);
	}
}

static void test_near_miss(void **state)
{
	struct login login = {.reason = REASON_WRONG_CODE, .failures = 2};
	struct logline line;

	(void)state;
	assert_null(strstr(tell(&line, &login, PASSWORD_RIGHT, &no_fault), "drift_seconds"));
	login.near_miss = (struct near_miss){.kind = NEAR_MISS_CLOCK, .distance = -90};
	assert_tells(tell(&line, &login, PASSWORD_RIGHT, &no_fault), " drift_seconds=-90");
	login.near_miss = (struct near_miss){.kind = NEAR_MISS_COUNTER, .distance = 12};
	assert_tells(tell(&line, &login, PASSWORD_RIGHT, &no_fault), " counter_ahead=12");
	assert_null(strstr(line.text, "drift_seconds"));
}

/* What mends it needs the file, the line and the error. */
static void test_fault(void **state)
{
	const struct login login = {.reason = REASON_STORE_UNREADABLE};
	struct store_fault fault = {.error = EACCES, .file = "users/alice"};
	struct logline line;
	const char *text;

	(void)state;
	text = tell(&line, &login, PASSWORD_RIGHT, &fault);
	assert_tells(text, " store=/var/lib/twokey file=users/alice error=EACCES");
	assert_null(strstr(text, "enrolled="));
	fault.error = 4095;
	assert_tells(tell(&line, &login, PASSWORD_RIGHT, &fault), " error=unknown");
	fault = (struct store_fault){.record = {.line = 7, .problem = "no key"}};
	text = tell(&line, &login, PASSWORD_RIGHT, &fault);
	assert_tells(text, " line=7 problem=\"no key\"");
	assert_null(strstr(text, " file="));
	fault.record.line = 0;
	text = tell(&line, &login, PASSWORD_RIGHT, &fault);
	assert_null(strstr(text, " line="));
}

/* Of an option of twokey.conf it is told where, of an argument of the module's not. */
static void test_option(void **state)
{
	const struct login login = {.reason = REASON_BAD_OPTION};
	struct policy_error error = {.source = POLICY_FROM_CONF,
				     .line = 7,
				     .option = "max failure",
				     .problem = "no such option",
				     .nearest = "max_failures"};
	struct account account = {.event = "authentication",
				  .user = "alice",
				  .origin = {"sshd", "", "", ""},
				  .login = &login,
				  .conf = "/etc/security/twokey.conf",
				  .option = &error};
	struct logline line;

	(void)state;
	logline_attempt(&line, &account);
	assert_tells(line.text, " reason=bad_option ");
	assert_tells(line.text, " file=/etc/security/twokey.conf line=7 option=max\\x20failure "
				"nearest=max_failures problem=\"no such option\" (");
	error = (struct policy_error){.source = POLICY_FROM_ARGUMENT, .problem = "too long"};
	logline_attempt(&line, &account);
	assert_tells(line.text, " problem=\"too long\" (");
	assert_null(strstr(line.text, "file="));
	account.option = NULL;
	logline_attempt(&line, &account);
	assert_null(strstr(line.text, "problem="));
}

static void test_value(void **state)
{
	struct logline line = {.length = 0};
	char name[1001];

	(void)state;
	logline_value(&line, "user", "a b\n=\"\\\x1b\xc3");
	assert_string_equal(line.text, " user=a\\x20b\\x0a\\x3d\\x22\\x5c\\x1b\\xc3");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	line.length = 0;
	logline_value(&line, "user", name);
	assert_in_range(line.length, 256, 256 + sizeof(" user=..."));
	assert_string_equal(line.text + line.length - 4, "n...");
}

/* However much there is to tell, the line ends inside its room, and not in the middle of a byte. */
static void test_full(void **state)
{
	struct logline line = {.length = 0};
	size_t before;

	(void)state;
	while (line.length < sizeof(line.text) - 7)
		logline_add(&line, "%c", 'x');
	before = line.length;
	logline_value(&line, "", "\n\n");
	assert_string_equal(line.text + before, " =\\x0a");
	logline_value(&line, "key", "value");
	logline_add(&line, "%s", "more");
	assert_in_range(line.length, before, sizeof(line.text) - 1);
	assert_int_equal(line.length, strlen(line.text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_priority), cmocka_unit_test(test_near_miss),
		cmocka_unit_test(test_fault),    cmocka_unit_test(test_option),
		cmocka_unit_test(test_value),    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
