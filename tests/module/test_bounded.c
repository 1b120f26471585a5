/* SPDX-License-Identifier: BSD-2-Clause */
/* P9, bounded: what is the program's own is after a login as it was before. */
#include <string.h>
#include <unistd.h>

#include "alice.h"
#include "host.h"
#include "surroundings.h"
#include "unit.h"

static struct surroundings before;
static unsigned opened;

/* The program may run another while its user thinks: sshd does. */
static void look_at_descriptors(void)
{
	opened += surroundings_opened(&before);
}

/* login(service, user, first, second, code, log): with all as it was, at its end. */
static void login(const char *service, const char *user, const char *first, const char *second,
		  int code, const char *log)
{
	struct host_login login = {.answers = {first, second}, .at_prompt = look_at_descriptors};

	opened = 0;
	surroundings_note(&before);
	assert_int_equal(host_login(service, user, &login), code);
	surroundings_expect(&before);
	assert_non_null(strstr(host_log, log));
	assert_int_not_equal(login.prompts[0], '\0');
	/* The store's, at the least. */
	assert_int_not_equal(opened, 0);
}

static void test_let_in(void **state)
{
	(void)state;
	login("both", "alice", HOST_PASSWORD, alice_code(0), PAM_SUCCESS, "code_accepted");
	login("code", "alice", alice_code(1), NULL, PAM_SUCCESS, "code_accepted");
	login("both", "alice", HOST_PASSWORD, "ACDE-FHJK-MNPQ", PAM_SUCCESS, "recovery_accepted");
	login("combined", "alice", HOST_PASSWORD "2346-7823-4678", NULL, PAM_SUCCESS,
	      "recovery_accepted");
	login("allow", "bob", HOST_PASSWORD, "", PAM_SUCCESS, "unenrolled_allowed");
}

static void test_refused(void **state)
{
	(void)state;
	login("both", "alice", HOST_PASSWORD, "letters", PAM_AUTH_ERR, "malformed_code");
	login("both", "alice", "wrong", "123456", PAM_AUTH_ERR, "wrong_password");
	login("both", "bob", HOST_PASSWORD, "123456", PAM_AUTH_ERR, "unenrolled");
	login("both", "nobody-here", "x", "ACDE-FHJK-MNPQ", PAM_AUTH_ERR, "unknown_user");
	for (int i = 0; i < 4; i++)
		login("code", "alice", "2346-7823-4679", NULL, PAM_AUTH_ERR, "wrong_code");
	login("code", "alice", alice_code(0), NULL, PAM_AUTH_ERR, "locked");
	login("combined", "alice", HOST_PASSWORD, NULL, PAM_AUTH_ERR, "wrong_password");
}

static void test_failed(void **state)
{
	(void)state;
	login("both", "alice", HOST_PASSWORD, NULL, PAM_CONV_ERR, "no_answer");
	host_clock = -1;
	login("both", "alice", HOST_PASSWORD, "123456", PAM_AUTHINFO_UNAVAIL, "clock_unreadable");
	host_clock = ALICE_NOW;
}

static void test_a_thousand_logins(void **state)
{
	int first = dup(0);

	(void)state;
	assert_int_equal(close(first), 0);
	for (unsigned i = 0; i < 1000; i++) {
		struct host_login login = {.answers = {i % 2 == 0 ? "1" : alice_code(0)}};

		(void)host_login("code", i % 3 == 0 ? "bob" : "alice", &login);
		host_clock += 30;
	}
	assert_int_equal(dup(0), first);
	assert_int_equal(close(first), 0);
}

static int furnish(void **state)
{
	surroundings_furnish();
	return alice_enrol(state);
}

#define TEST(function) cmocka_unit_test_setup(function, furnish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_let_in),
		TEST(test_refused),
		TEST(test_failed),
		TEST(test_a_thousand_logins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
