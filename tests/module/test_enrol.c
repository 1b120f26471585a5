/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolment in a conversation, and what a session tells: all phases of one handle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alice.h"
#include "enrolment.h"
#include "otp.h"
#include "store_change.h"
#include "unit.h"

/* What the newcomer types next; "app" and "wrong" stand for codes of the key that was shown. */
struct newcomer {
	const char *answers[12];
	size_t next;
	bool deaf;               /* whose program takes no message */
	void (*meanwhile)(void); /* called once, while the module waits; NULL for nothing */
	struct device device;
	char shown[16384];
};

static void note(struct newcomer *newcomer, const char *text)
{
	const char *key = strstr(text, "\n    ");
	size_t length = strlen(newcomer->shown);
	char line[128] = "";

	(void)snprintf(newcomer->shown + length, sizeof(newcomer->shown) - length, "%s\n", text);
	if (key == NULL || strstr(text, "Code that the app shows") == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s", key + 5);
	line[strcspn(line, "\n")] = '\0';
	newcomer->device.digits = 6;
	newcomer->device.period = 30;
	assert_true(device_set_key(&newcomer->device, line));
}

static char *answer(struct newcomer *newcomer)
{
	const char *text = newcomer->answers[newcomer->next];
	char code[OTP_DIGITS_MAX + 1];
	int steps = 0;

	if (text == NULL)
		return NULL;
	newcomer->next++;
	if (strcmp(text, "app") != 0 && strcmp(text, "wrong") != 0 && strcmp(text, "late") != 0)
		return strdup(text);
	if (text[0] != 'a')
		steps = text[0] == 'l' ? 4 : 1000;
	assert_true(otp_code(&newcomer->device, (uint64_t)(host_clock / 30 + steps), code));
	return strdup(code);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct newcomer *newcomer = context;
	void (*meanwhile)(void) = newcomer->meanwhile;

	newcomer->meanwhile = NULL;
	if (meanwhile != NULL)
		meanwhile();
	if (newcomer->deaf)
		return PAM_CONV_ERR;
	*responses = calloc((size_t)count, sizeof(**responses));
	for (int i = 0; i < count; i++) {
		note(newcomer, messages[i]->msg);
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
			(*responses)[i].resp = answer(newcomer);
	}
	return PAM_SUCCESS;
}

static pam_handle_t *start(const char *service, const char *user, struct newcomer *newcomer)
{
	const struct pam_conv conversation = {converse, newcomer};
	pam_handle_t *pamh = NULL;

	newcomer->next = 0;
	newcomer->shown[0] = '\0';
	assert_int_equal(pam_start(service, user, &conversation, &pamh), PAM_SUCCESS);
	host_no_delay(pamh);
	host_log_clear();
	return pamh;
}

/* Up to the password phase, whose code it returns, and setcred's after it. */
static int enrol(const char *service, struct newcomer *newcomer, int credentials)
{
	pam_handle_t *pamh = start(service, "bob", newcomer);
	int code;

	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_non_null(strstr(host_log, "result=success reason=enrolment_due"));
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_CRED_ERR);
	code = pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK);
	assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), credentials);
	(void)pam_end(pamh, code);
	return code;
}

static bool is_enrolled(const char *user)
{
	struct record record;
	struct state state;
	struct store store;
	enum reason reason;

	assert_int_equal(store_open(getenv("TWOKEY_TEST_STORE"), &store), REASON_NONE);
	reason = store_read(&store, user, &record, &state);
	store_close(&store);
	return reason == REASON_NONE;
}

static int remove_bob(void **state)
{
	struct store store;
	struct change change;

	(void)alice_enrol(state);
	assert_int_equal(store_open(getenv("TWOKEY_TEST_STORE"), &store), REASON_NONE);
	assert_int_equal(change_begin(&store, "bob", &change), REASON_NONE);
	if (change.exists)
		assert_int_equal(change_remove(&change), REASON_NONE);
	change_end(&change);
	store_close(&store);
	return 0;
}

static void test_enrolled(void **state)
{
	struct newcomer newcomer = {
		.answers = {HOST_PASSWORD, "", "i", "wrong", "late", "a", "app", ""}};
	char next[OTP_DIGITS_MAX + 1];

	(void)state;
	assert_int_equal(enrol("enrol", &newcomer, PAM_SUCCESS), PAM_SUCCESS);
	assert_non_null(strstr(host_log, "enrolment success; user=bob"));
	assert_non_null(strstr(host_log, "result=success reason=enrolled"));
	assert_non_null(strstr(newcomer.shown, "That is not the code."));
	assert_non_null(strstr(newcomer.shown, "clocks of the app and of this host differ"));
	assert_non_null(strstr(newcomer.shown, "Recovery codes"));
	assert_true(is_enrolled("bob"));
	/* The code that was typed is spent, the next one is not. */
	assert_true(otp_code(&newcomer.device, (uint64_t)(host_clock / 30), next));
	alice_try("enrol", "bob", HOST_PASSWORD, next, PAM_AUTH_ERR,
		  "Password: \nVerification code: \n", "reason=replayed_code");
	assert_true(otp_code(&newcomer.device, (uint64_t)(host_clock / 30 + 1), next));
	alice_try("enrol", "bob", HOST_PASSWORD, next, PAM_SUCCESS,
		  "Password: \nVerification code: \n", "reason=code_accepted");
}

/* Each way of not getting to the end leaves everything as it was. */
static void test_not_enrolled(void **state)
{
	static const struct {
		const char *service;
		const char *answers[5];
		int code;
		const char *reason;
	} rows[] = {
		{"enrol", {"", "wrong", "", "late"}, PAM_AUTHTOK_ERR, "wrong_code"},
		{"enrol", {""}, PAM_CONV_ERR, "no_answer"},
		{"enrol", {"", "wrong"}, PAM_CONV_ERR, "no_answer"},
		{"enrol", {"", "app"}, PAM_CONV_ERR, "no_answer"},
		{"enrol_no_qr", {"", "a", "i", "a"}, PAM_AUTHTOK_ERR, "wrong_code"},
		{"enrol_badly", {""}, PAM_SERVICE_ERR, "bad_option"},
		{"enrol_nowhere", {""}, PAM_AUTHTOK_ERR, "store_"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct newcomer newcomer = {.answers = {HOST_PASSWORD}};

		memcpy(newcomer.answers + 1, rows[i].answers, sizeof(rows[i].answers));
		assert_int_equal(enrol(rows[i].service, &newcomer, PAM_CRED_ERR), rows[i].code);
		assert_non_null(strstr(host_log, rows[i].reason));
		assert_false(is_enrolled("bob"));
	}
}

/* Somebody else came first, after this login's password was found right. */
static void test_enrolled_meanwhile(void **state)
{
	struct newcomer slow = {.answers = {HOST_PASSWORD, "", "app", ""}};
	struct newcomer quick = {.answers = {HOST_PASSWORD, "", "app", ""}};
	pam_handle_t *pamh = start("enrol", "bob", &slow);

	(void)state;
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(enrol("enrol", &quick, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_AUTHTOK_ERR);
	assert_non_null(strstr(host_log, "reason=enrolled_meanwhile"));
	assert_non_null(strstr(slow.shown, "You were enrolled meanwhile"));
	(void)pam_end(pamh, PAM_AUTHTOK_ERR);
}

/* The password phase refuses, whoever the program makes the user, and setcred lets nobody on. */
static void nobody_is_enrolled(pam_handle_t *pamh)
{
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_AUTHTOK_ERR);
	assert_non_null(strstr(host_log, "reason=not_due"));
	assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_CRED_ERR);
	assert_false(is_enrolled("bob"));
	assert_false(is_enrolled("sha512"));
}

/* Who knows one user's password is not to enrol another one. */
static void test_other_user(void **state)
{
	struct newcomer bob = {.answers = {HOST_PASSWORD, "", "app", ""}};
	pam_handle_t *pamh = start("enrol", "bob", &bob);

	(void)state;
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_USER, "sha512"), PAM_SUCCESS);
	nobody_is_enrolled(pamh);
	assert_null(strstr(bob.shown, "Scan this"));
	/* Not even by the name of nobody. */
	assert_int_equal(pam_set_item(pamh, PAM_USER, ""), PAM_SUCCESS);
	assert_int_not_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
	/* The one who was let in is enrolled as ever. */
	assert_int_equal(pam_set_item(pamh, PAM_USER, "bob"), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
	assert_true(is_enrolled("bob"));
	assert_false(is_enrolled("sha512"));
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void test_failed_later(void **state)
{
	struct newcomer bob = {
		.answers = {HOST_PASSWORD, "", "not it", "", HOST_PASSWORD, "", "app", ""}};
	pam_handle_t *pamh = start("enrol", "bob", &bob);

	(void)state;
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	nobody_is_enrolled(pamh);
	assert_null(strstr(bob.shown, "Scan this"));
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
	assert_true(is_enrolled("bob"));
	(void)pam_end(pamh, PAM_SUCCESS);
}

/* login(1) tries again with the same handle: what one user left undone is not the next one's. */
static void test_next_user(void **state)
{
	struct newcomer bob = {.answers = {HOST_PASSWORD, "", HOST_PASSWORD, alice_code(0)}};
	pam_handle_t *pamh = start("enrol", "bob", &bob);

	(void)state;
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_USER, "alice"), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_non_null(strstr(host_log, "reason=code_accepted"));
	assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_PERM_DENIED);
	assert_false(is_enrolled("bob"));
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void test_not_due(void **state)
{
	struct newcomer nobody = {.answers = {"not it", ""}};
	pam_handle_t *pamh = start("enrol", "bob", &nobody);

	(void)state;
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	/* Nothing but ignorance of the module alone is an error of libpam's. */
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_PERM_DENIED);
	assert_int_equal(pam_chauthtok(pamh, 0), PAM_PERM_DENIED);
	assert_false(is_enrolled("bob"));
	(void)pam_end(pamh, PAM_AUTH_ERR);
}

/* What a session says of alice, after these answers to logins before it. */
static void tell(const char *service, int flags, struct newcomer *newcomer)
{
	pam_handle_t *pamh = start(service, "alice", newcomer);

	assert_int_equal(pam_open_session(pamh, flags), PAM_SUCCESS);
	assert_int_equal(pam_close_session(pamh, flags), PAM_SUCCESS);
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void log_in(const char *code)
{
	struct host_login login = {.answers = {code}};

	(void)host_login("session", "alice", &login);
}

static void test_session(void **state)
{
	struct newcomer alice = {.answers = {NULL}};

	(void)state;
	tell("session", 0, &alice);
	assert_string_equal(alice.shown, "");
	log_in("000000");
	log_in("ACDE-FHJK-MNPQ");
	tell("session", PAM_SILENT, &alice);
	assert_string_equal(alice.shown, "");
	tell("session_quiet", 0, &alice);
	assert_string_equal(alice.shown, "");
	tell("session_nowhere", 0, &alice);
	assert_string_equal(alice.shown, "");
	tell("session", 0, &alice);
	assert_non_null(strstr(alice.shown, "1 wrong code was tried before this login, on 20"));
	assert_non_null(strstr(alice.shown, "You have 1 recovery code left"));
	tell("session", 0, &alice);
	assert_string_equal(alice.shown, "");
	log_in(alice_code(5));
	tell("session", 0, &alice);
	assert_non_null(strstr(alice.shown, "phone is about 37 seconds ahead"));
	assert_null(strstr(alice.shown, "wrong code"));
	(void)alice_enrol(state);
	log_in(alice_code(-5));
	tell("session", 0, &alice);
	assert_non_null(strstr(alice.shown, "phone is about 37 seconds behind"));
	tell("session_badly", 0, &alice);
	assert_string_equal(alice.shown, "");
	assert_non_null(strstr(host_log, "reason=bad_option"));
}

static void log_in_once_more(void)
{
	log_in("000000");
	log_in("2346-7823-4678");
}

/* What could not be said, and what is new by the time that all was, the next session tells. */
static void test_session_untold(void **state)
{
	struct newcomer deaf = {.deaf = true};
	struct newcomer alice = {.meanwhile = log_in_once_more};

	(void)state;
	log_in("000000");
	log_in("ACDE-FHJK-MNPQ");
	tell("session", 0, &deaf);
	tell("session", 0, &alice);
	assert_non_null(strstr(alice.shown, "1 wrong code was tried"));
	tell("session", 0, &alice);
	assert_non_null(strstr(alice.shown, "2 wrong codes were tried"));
	assert_non_null(strstr(alice.shown, "You have 0 recovery codes left"));
	tell("session", 0, &alice);
	assert_string_equal(alice.shown, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_enrolled, remove_bob),
		cmocka_unit_test_setup(test_not_enrolled, remove_bob),
		cmocka_unit_test_setup(test_enrolled_meanwhile, remove_bob),
		cmocka_unit_test_setup(test_not_due, remove_bob),
		cmocka_unit_test_setup(test_other_user, remove_bob),
		cmocka_unit_test_setup(test_failed_later, remove_bob),
		cmocka_unit_test_setup(test_next_user, remove_bob),
		cmocka_unit_test_setup(test_session, alice_enrol),
		cmocka_unit_test_setup(test_session_untold, alice_enrol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
