/* SPDX-License-Identifier: BSD-2-Clause */
/* The module as its hosts see it: prompts, PAM codes, PAM_AUTHTOK, log lines. */
#include <dlfcn.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "alice.h"
#include "host.h"
#include "otp.h"
#include "unit.h"

#define NOW      INT64_C(1764000000)

#define BOTH     "Password: \nVerification code: \n"
#define CODE     "Verification code: \n"
#define COMBINED "Password & verification code: \n"

static void test_password_and_code(void **state)
{
	const char *code = alice_code(0);
	struct host_login login;

	(void)state;
	login = alice_try("both", "alice", HOST_PASSWORD, code, PAM_SUCCESS, BOTH,
			  "result=success reason=code_accepted device=phone");
	assert_int_equal(host_log_priority, LOG_INFO);
	assert_string_equal(login.authtok_after, HOST_PASSWORD);
	(void)alice_try("both", "alice", HOST_PASSWORD, code, PAM_AUTH_ERR, BOTH,
			"result=refused reason=replayed_code");
	assert_int_equal(host_log_priority, LOG_WARNING);
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(1), PAM_SUCCESS, BOTH,
			"code_accepted");
}

/* P1: what a caller sees of all these is one and the same. */
static void test_one_verdict(void **state)
{
	static const struct {
		const char *user;
		const char *password;
		const char *code;
		const char *reason;
		int priority;
	} rows[] = {
		{"nobody-here", "x", "123456", "reason=unknown_user", LOG_NOTICE},
		{"bob", HOST_PASSWORD, "123456", "reason=unenrolled", LOG_NOTICE},
		{"bob", "wrong", "123456", "reason=wrong_password", LOG_NOTICE},
		{"alice", "wrong", "123456", "reason=wrong_password", LOG_NOTICE},
		{"alice", "", "123456", "reason=empty_password", LOG_NOTICE},
		{"alice", HOST_PASSWORD, "letters", "reason=malformed_code", LOG_WARNING},
		{"alice", HOST_PASSWORD, "", "reason=malformed_code", LOG_WARNING},
		{"alice", "123456", "", "reason=wrong_password", LOG_NOTICE},
		{"alice", "\b\n\r\177INCORRECT", "123456", "reason=placeholder_password",
		 LOG_NOTICE},
		{"alice", "\b\n\r\177INCORRECT\b\n\r", "123456", "reason=placeholder_password",
		 LOG_NOTICE},
		{"locked", HOST_PASSWORD, "123456", "reason=locked_password", LOG_NOTICE},
		{"starred", HOST_PASSWORD, "123456", "reason=locked_password", LOG_NOTICE},
		{"empty", "", "123456", "reason=empty_password", LOG_NOTICE},
		{"empty", "x", "123456", "reason=locked_password", LOG_NOTICE},
		{"shadowed", "x", "123456", "reason=locked_password", LOG_NOTICE},
		{"../../etc/passwd", "x", "123456", "reason=unknown_user", LOG_NOTICE},
		{"DOMAIN\\user", "x", "123456", "reason=unknown_user", LOG_NOTICE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_login login =
			alice_try("both", rows[i].user, rows[i].password, rows[i].code,
				  PAM_AUTH_ERR, BOTH, rows[i].reason);

		assert_int_equal(host_log_priority, rows[i].priority);
		assert_string_equal(login.authtok_after, rows[i].password);
	}
}

static void test_every_scheme(void **state)
{
	static const char *const users[] = {"yescrypt", "sha512", "sha256", "md5", "bcrypt", "des"};

	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		(void)alice_try("allow", users[i], HOST_PASSWORD, "", PAM_SUCCESS, BOTH,
				"reason=unenrolled_allowed");
		(void)alice_try("allow", users[i], "wrong", "", PAM_AUTH_ERR, BOTH,
				"reason=wrong_password");
	}
}

static void test_lock_and_recovery(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		(void)alice_try("both", "alice", HOST_PASSWORD, "letters", PAM_AUTH_ERR, BOTH,
				"malformed_code");
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(0), PAM_AUTH_ERR, BOTH,
			"reason=locked device= enrolled=yes failures=5 locked_seconds=60");
	(void)alice_try("both", "alice", HOST_PASSWORD, "acde fhjk mnpq", PAM_SUCCESS, BOTH,
			"reason=recovery_accepted device= enrolled=yes recovery_left=1");
	(void)alice_try("both", "alice", HOST_PASSWORD, "ACDE-FHJK-MNPQ", PAM_AUTH_ERR, BOTH,
			"reason=recovery_spent");
}

static void test_strangers_lock_nobody_out(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		(void)alice_try("both", "alice", "guess", "123456", PAM_AUTH_ERR, BOTH,
				"wrong_password");
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(0), PAM_SUCCESS, BOTH,
			"code_accepted");
}

static void test_code_alone(void **state)
{
	(void)state;
	(void)alice_try("code", "alice", "123", NULL, PAM_AUTH_ERR, CODE, "reason=malformed_code");
	assert_int_equal(host_log_priority, LOG_NOTICE);
	(void)alice_try("code", "alice", alice_code(0), NULL, PAM_SUCCESS, CODE, "code_accepted");
	(void)alice_try("code", "bob", "123456", NULL, PAM_AUTH_ERR, CODE, "reason=unenrolled");
	/* Ignored by the only module, a stack lets nobody in. */
	(void)alice_try("allow_code", "bob", NULL, NULL, PAM_PERM_DENIED, "",
			"result=ignored reason=unenrolled_allowed");
	(void)alice_try("allow_code", "alice", alice_code(1), NULL, PAM_SUCCESS, CODE,
			"code_accepted");
}

/* By another name that an account answers to, nobody is not enrolled. */
static void test_other_names(void **state)
{
	(void)state;
	(void)alice_try("allow_code", "ALICE", NULL, NULL, PAM_AUTH_ERR, "",
			"result=refused reason=other_name");
	(void)alice_try("enrol_code", "ALICE", NULL, NULL, PAM_AUTH_ERR, "",
			"result=refused reason=other_name");
	(void)alice_try("allow_code", "+alice", NULL, NULL, PAM_AUTH_ERR, "",
			"result=refused reason=other_name");
	(void)alice_try("code", "ALICE", alice_code(0), NULL, PAM_AUTH_ERR, CODE,
			"reason=unenrolled");
	(void)alice_try("allow_code", "unanswered", NULL, NULL, PAM_AUTHINFO_UNAVAIL, "",
			"result=error reason=users_unreadable");
	(void)alice_try("enrol_code", "unconnected", NULL, NULL, PAM_AUTHINFO_UNAVAIL, "",
			"result=error reason=users_unreadable");
}

static void test_combined(void **state)
{
	char typed[64];
	struct host_login login;

	(void)state;
	(void)snprintf(typed, sizeof(typed), "%s%s", HOST_PASSWORD, alice_code(0));
	login = alice_try("combined", "alice", typed, NULL, PAM_SUCCESS, COMBINED, "code_accepted");
	assert_string_equal(login.authtok_after, HOST_PASSWORD);
	(void)alice_try("combined", "alice", HOST_PASSWORD "acde-fhjk-mnpq", NULL, PAM_SUCCESS,
			COMBINED, "recovery_accepted");
	(void)alice_try("combined", "alice", HOST_PASSWORD, NULL, PAM_AUTH_ERR, COMBINED,
			"wrong_password");
	(void)alice_try("combined", "alice", "12345", NULL, PAM_AUTH_ERR, COMBINED,
			"wrong_password");
	(void)alice_try("combined", "bob", HOST_PASSWORD "123456", NULL, PAM_AUTH_ERR, COMBINED,
			"unenrolled");
	login = alice_try("allow_combined", "bob", HOST_PASSWORD, NULL, PAM_SUCCESS, COMBINED,
			  "unenrolled_allowed");
	assert_string_equal(login.authtok_after, HOST_PASSWORD);
	(void)snprintf(typed, sizeof(typed), "not verified here%s", alice_code(1));
	login = alice_try("forward", "alice", typed, NULL, PAM_SUCCESS, COMBINED, "code_accepted");
	assert_string_equal(login.authtok_after, "not verified here");
}

static void test_first_pass(void **state)
{
	struct host_login login = {.authtok = HOST_PASSWORD, .answers = {alice_code(0)}};

	(void)state;
	assert_int_equal(host_login("use_first", "alice", &login), PAM_SUCCESS);
	assert_string_equal(login.prompts, CODE);
	login = (struct host_login){.answers = {alice_code(1)}};
	assert_int_equal(host_login("use_first", "alice", &login), PAM_AUTH_ERR);
	assert_string_equal(login.prompts, CODE);
	login = (struct host_login){.authtok = HOST_PASSWORD, .answers = {alice_code(1)}};
	assert_int_equal(host_login("try_first", "alice", &login), PAM_SUCCESS);
	assert_string_equal(login.prompts, CODE);
	login = (struct host_login){.answers = {HOST_PASSWORD, "x"}};
	assert_int_equal(host_login("try_first", "alice", &login), PAM_AUTH_ERR);
	assert_string_equal(login.prompts, BOTH);
	host_clock += 60;
	login = (struct host_login){.authtok = alice_code(1)};
	assert_int_equal(host_login("use_first_code", "alice", &login), PAM_SUCCESS);
	assert_string_equal(login.prompts, "");
}

static void test_prompts(void **state)
{
	(void)state;
	(void)alice_try("prompts", "alice", HOST_PASSWORD, alice_code(0), PAM_SUCCESS,
			"Word: \nshown Number: \n", "code_accepted");
}

static void test_conversations_that_fail(void **state)
{
	static const enum host_conversation conversations[] = {HOST_FAILS, HOST_SAYS_NULL,
							       HOST_GIVES_NO_ARRAY};
	static const char *const services[] = {"both", "code", "combined"};

	(void)state;
	for (size_t i = 0; i < COUNT(conversations); i++) {
		for (size_t j = 0; j < COUNT(services); j++) {
			struct host_login login = {.conversation = conversations[i],
						   .answers = {HOST_PASSWORD, "123456"}};

			assert_int_equal(host_login(services[j], "alice", &login), PAM_CONV_ERR);
			assert_int_equal(host_log_count, 1);
			assert_non_null(strstr(host_log, "result=error reason=no_answer"));
		}
	}
	/* Fewer answers than prompts: the second is none. */
	(void)alice_try("both", "alice", HOST_PASSWORD, NULL, PAM_CONV_ERR, BOTH,
			"reason=no_answer");
	/* Whoever broke off was not charged. */
	(void)alice_try("strict", "alice", alice_code(0), NULL, PAM_SUCCESS, CODE, "code_accepted");
}

static void test_answers_that_are_too_long(void **state)
{
	static char digits[10001];

	(void)state;
	memset(digits, '1', sizeof(digits) - 1);
	(void)alice_try("both", "alice", HOST_PASSWORD, digits, PAM_AUTH_ERR, BOTH,
			"malformed_code");
	(void)alice_try("both", "alice", digits, "123456", PAM_AUTH_ERR, BOTH, "empty_password");
	(void)alice_try("combined", "alice", digits, NULL, PAM_AUTH_ERR, COMBINED,
			"empty_password");
}

static void test_bad_options(void **state)
{
	static const struct {
		const char *service;
		const char *log;
	} rows[] = {
		{"unknown_option", "option=colour problem=\"there is no such option"},
		{"malformed_option", "option=window problem=\"it must be 0 to 10 steps\""},
		{"conflict", "option=forward_pass problem=\"it goes with ask=combined"},
		{"broken_conf", "/broken line=2 option=window"},
		{"missing_conf", "/none problem=\"it is missing"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		(void)alice_try(rows[i].service, "alice", HOST_PASSWORD, alice_code(0),
				PAM_SERVICE_ERR, "", rows[i].log);
		assert_int_equal(host_log_priority, LOG_ERR);
	}
}

static void test_conf_counts(void **state)
{
	(void)state;
	(void)alice_try("strict", "alice", "1", NULL, PAM_AUTH_ERR, CODE, "malformed_code");
	(void)alice_try("strict", "alice", "1", NULL, PAM_AUTH_ERR, CODE, "malformed_code");
	(void)alice_try("strict", "alice", alice_code(0), NULL, PAM_AUTH_ERR, CODE,
			"locked_seconds=30");
}

static void test_errors(void **state)
{
	(void)state;
	(void)alice_try("no_store", "alice", NULL, NULL, PAM_AUTHINFO_UNAVAIL, "",
			"result=error reason=store_missing");
	assert_int_equal(host_log_priority, LOG_ERR);
	host_shadow_readable = false;
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(0), PAM_AUTHINFO_UNAVAIL, BOTH,
			"reason=password_unreadable");
	host_shadow_readable = true;
	host_clock = -1;
	(void)alice_try("both", "alice", HOST_PASSWORD, "123456", PAM_AUTHINFO_UNAVAIL, BOTH,
			"reason=clock_unreadable");
	host_clock = ALICE_NOW;
}

static void test_clock_goes_back(void **state)
{
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	(void)snprintf(code, sizeof(code), "%s", alice_code(0));
	(void)alice_try("both", "alice", HOST_PASSWORD, code, PAM_SUCCESS, BOTH, "code_accepted");
	host_clock -= 7200;
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(0), PAM_AUTH_ERR, BOTH,
			"reason=clock_behind device=phone enrolled=yes clock_behind_seconds=7200");
	host_clock += 7200;
	(void)alice_try("both", "alice", HOST_PASSWORD, code, PAM_AUTH_ERR, BOTH, "replayed_code");
	host_clock += 30;
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(0), PAM_SUCCESS, BOTH,
			"code_accepted");
}

static void test_drift_is_told(void **state)
{
	(void)state;
	(void)alice_try("both", "alice", HOST_PASSWORD, alice_code(-3), PAM_AUTH_ERR, BOTH,
			"reason=wrong_code device=phone enrolled=yes failures=1 drift_seconds=-90 "
			"password=right");
	/* Not to the log of those who lack the password. */
	(void)alice_try("both", "alice", "wrong", alice_code(-3), PAM_AUTH_ERR, BOTH,
			"reason=wrong_password device= enrolled=yes (");
}

static void test_log_is_escaped(void **state)
{
	struct host_login login = {.answers = {"x", "y"},
				   .rhost = "h\033[31m=\"\\\n result=success"};
	char name[1001];

	(void)state;
	assert_int_equal(host_login("both", "new\nline \xc3\xbc", &login), PAM_AUTH_ERR);
	assert_non_null(strstr(host_log, "user=new\\x0aline\\x20\\xc3\\xbc rhost="
					 "h\\x1b[31m\\x3d\\x22\\x5c\\x0a\\x20result\\x3dsuccess "));
	memset(name, '\n', sizeof(name) - 1);
	name[1000] = '\0';
	login = (struct host_login){.answers = {"x", "y"}};
	assert_int_equal(host_login("both", name, &login), PAM_AUTH_ERR);
	assert_non_null(strstr(host_log, "result=refused reason=unknown_user"));
}

/* No secret in any line, the debug ones among them. */
static void test_no_secret_is_logged(void **state)
{
	const char *code = alice_code(0);
	struct host_login login = {.answers = {HOST_PASSWORD, code}};

	(void)state;
	assert_int_equal(host_login("debug", "alice", &login), PAM_SUCCESS);
	assert_int_equal(host_log_count, 2);
	assert_null(strstr(host_log, HOST_PASSWORD));
	assert_null(strstr(host_log, code));
}

static void test_other_phases(void **state)
{
	static const char *const names[] = {"pam_sm_setcred", "pam_sm_acct_mgmt",
					    "pam_sm_open_session", "pam_sm_close_session",
					    "pam_sm_chauthtok"};
	static const struct pam_conv nobody_asks;
	void *module = dlopen(getenv("TWOKEY_TEST_MODULE"), RTLD_NOW);
	pam_handle_t *pamh = NULL;

	(void)state;
	assert_non_null(module);
	assert_int_equal(pam_start("both", "alice", &nobody_asks, &pamh), PAM_SUCCESS);
	for (size_t i = 0; i < COUNT(names); i++) {
		void *symbol = dlsym(module, names[i]);
		int (*function)(pam_handle_t *, int, int, const char **);

		assert_non_null(symbol);
		memcpy(&function, &symbol, sizeof(function));
		assert_int_equal(function(pamh, 0, 0, NULL), i == 0 ? PAM_SUCCESS : PAM_IGNORE);
	}
	/* Nothing of lib shows. */
	assert_null(dlsym(module, "login_attempt"));
	assert_null(dlsym(module, "verdict_reach"));
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(dlclose(module), 0);
}

#define TEST(function) cmocka_unit_test_setup(function, alice_enrol)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_password_and_code),
		TEST(test_one_verdict),
		TEST(test_every_scheme),
		TEST(test_lock_and_recovery),
		TEST(test_strangers_lock_nobody_out),
		TEST(test_code_alone),
		TEST(test_other_names),
		TEST(test_combined),
		TEST(test_first_pass),
		TEST(test_prompts),
		TEST(test_conversations_that_fail),
		TEST(test_answers_that_are_too_long),
		TEST(test_bad_options),
		TEST(test_conf_counts),
		TEST(test_errors),
		TEST(test_clock_goes_back),
		TEST(test_drift_is_told),
		TEST(test_log_is_escaped),
		TEST(test_no_secret_is_logged),
		TEST(test_other_phases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
