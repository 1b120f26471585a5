/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of a login: PAM handle -> options -> prompts -> password verdict -> login_attempt (lock,
 * charge, code verdict, commit, unlock) -> one PAM code, one log line.
 *
 * P1, one verdict: everything is asked for before anything is verified, and every refusal is
 * PAM_AUTH_ERR. P5, fails closed: an attempt that nobody decided about is an error.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <string.h>

#include "answer.h"
#include "conf.h"
#include "login.h"
#include "password.h"
#include "policy.h"
#include "prompt.h"
#include "report.h"
#include "secret.h"
#include "store.h"

#define EXPORT __attribute__((visibility("default")))

/* Microseconds, as pam_unix asks for. */
#define FAIL_DELAY 2000000

/* One attempt from its prompts to its log line. */
struct attempt {
	pam_handle_t *pamh;
	struct policy policy;
	struct store store;
	const char *user; /* libpam's */
	struct secret password;
	struct secret code;
	enum password password_verdict;
	struct login login;
};

/* twokey.conf first, wherever conf= says it is; then the arguments, which win. */
static bool read_options(struct policy *policy, int argc, const char **argv,
			 struct policy_error *error)
{
	policy_defaults(policy);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "conf=", strlen("conf=")) == 0 &&
		    !policy_set_argument(policy, argv[i], error))
			return false;
	}
	if (!conf_load(policy, error))
		return false;
	for (int i = 0; i < argc; i++) {
		if (!policy_set_argument(policy, argv[i], error))
			return false;
	}
	return policy_check(policy, error);
}

/* Whether the password is this module's to verify. */
static bool verifies_password(const struct policy *policy)
{
	return policy->ask == ASK_PASSWORD_CODE ||
	       (policy->ask == ASK_COMBINED && !policy->forward_pass);
}

/*
 * What the record says before anything was typed; the same work for any name. One that can't be
 * read counts as enrolled: whoever it is gets the usual prompt, and the error with the attempt.
 */
static void peek(struct attempt *attempt, bool *enrolled, unsigned *digits)
{
	struct record record;
	enum reason reason = store_peek(&attempt->store, attempt->user, &record, enrolled);

	if (reason != REASON_NONE)
		*enrolled = true;
	*digits = record.device_count > 0 ? record.devices[0].digits : OTP_DIGITS_MIN;
	explicit_bzero(&record, sizeof(record));
}

static bool allows_unenrolled(const struct attempt *attempt)
{
	int64_t now;

	return login_clock(&now) && policy_allows_unenrolled(&attempt->policy, now);
}

/* Later modules find the password where they look for it, whatever becomes of this attempt. */
static enum reason hand_on_password(struct attempt *attempt)
{
	if (pam_set_item(attempt->pamh, PAM_AUTHTOK, attempt->password.text) != PAM_SUCCESS)
		return REASON_NO_MEMORY;
	return REASON_NONE;
}

/* A first pass that use_first_pass does not find is an empty answer: it is refused like any other.
 */
static int first_pass_or(struct attempt *attempt, struct secret *secret,
			 int (*prompt)(pam_handle_t *pamh, const struct policy *policy,
				       struct secret *secret))
{
	int result = prompt_first_pass(attempt->pamh, &attempt->policy, secret);

	if (result == PAM_IGNORE)
		return prompt(attempt->pamh, &attempt->policy, secret);
	return PAM_SUCCESS;
}

static enum reason ask_password_and_code(struct attempt *attempt)
{
	enum reason reason;

	if (first_pass_or(attempt, &attempt->password, prompt_for_password) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	reason = hand_on_password(attempt);
	if (reason != REASON_NONE)
		return reason;
	if (prompt_for_code(attempt->pamh, &attempt->policy, &attempt->code) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	return REASON_NONE;
}

/* Whoever need not have a code is not asked for one where a code is all there is to ask. */
static enum reason ask_code(struct attempt *attempt)
{
	bool enrolled = true;
	unsigned digits;

	if (attempt->policy.unenrolled != UNENROLLED_DENY)
		peek(attempt, &enrolled, &digits);
	if (!enrolled && allows_unenrolled(attempt))
		return REASON_UNENROLLED_ALLOWED;
	if (first_pass_or(attempt, &attempt->code, prompt_for_code) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	return REASON_NONE;
}

/* The password, directly followed by the code; all of it is the password of who needs no code. */
static enum reason ask_combined(struct attempt *attempt)
{
	struct secret typed = {0};
	bool enrolled;
	unsigned digits;
	size_t password;

	peek(attempt, &enrolled, &digits);
	if (first_pass_or(attempt, &typed, prompt_for_combined) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	password = answer_split(typed.text, digits);
	if (!enrolled && allows_unenrolled(attempt))
		password = typed.length;
	(void)secret_set(&attempt->password, typed.text, password);
	(void)secret_set(&attempt->code, typed.text + password, typed.length - password);
	secret_wipe(&typed);
	return hand_on_password(attempt);
}

static enum reason ask(struct attempt *attempt)
{
	switch (attempt->policy.ask) {
	case ASK_CODE:
		return ask_code(attempt);
	case ASK_COMBINED:
		return ask_combined(attempt);
	case ASK_PASSWORD_CODE:
		break;
	}
	return ask_password_and_code(attempt);
}

/* A refusal of the password is a verdict too; only an error ends the attempt before the store. */
static enum reason verify_password(struct attempt *attempt)
{
	enum reason reason;

	if (attempt->password_verdict == PASSWORD_NOT_ASKED)
		return REASON_NONE;
	reason = password_check(attempt->user, &attempt->password);
	if (reason == REASON_NONE)
		attempt->password_verdict = PASSWORD_RIGHT;
	return reason;
}

/* Where the attempt comes from: another host, or a terminal of this one. */
static const char *origin(pam_handle_t *pamh)
{
	const void *item = NULL;

	if (pam_get_item(pamh, PAM_RHOST, &item) == PAM_SUCCESS && item != NULL &&
	    *(const char *)item != '\0')
		return item;
	if (pam_get_item(pamh, PAM_TTY, &item) == PAM_SUCCESS && item != NULL)
		return item;
	return "";
}

/* A wrong password goes on to the store like a right one: the same cost, told apart in the log. */
static enum reason verify(struct attempt *attempt)
{
	enum reason password = verify_password(attempt);
	struct answer answer;

	if (reason_class(password) == CLASS_ERROR && password != REASON_NONE)
		return password;
	answer_read(attempt->code.text, &answer);
	login_attempt(&attempt->store, &attempt->policy.limits,
		      &(struct guess){.user = attempt->user,
				      .password = attempt->password_verdict,
				      .answer = &answer,
				      .origin = origin(attempt->pamh)},
		      &attempt->login);
	explicit_bzero(&answer, sizeof(answer));
	if (attempt->login.reason == REASON_WRONG_PASSWORD)
		return password;
	if (attempt->login.reason == REASON_UNENROLLED && allows_unenrolled(attempt))
		return REASON_UNENROLLED_ALLOWED;
	return attempt->login.reason;
}

static enum reason run(struct attempt *attempt)
{
	enum reason reason;

	if (pam_get_user(attempt->pamh, &attempt->user, NULL) != PAM_SUCCESS ||
	    attempt->user == NULL)
		return REASON_NO_ANSWER;
	reason = store_open(attempt->policy.store, &attempt->store);
	if (reason == REASON_NONE)
		reason = ask(attempt);
	if (reason == REASON_NONE)
		reason = verify(attempt);
	return reason;
}

/* The only place that says who gets in. */
static int pam_code(enum reason reason, enum password password)
{
	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		if (password == PASSWORD_WRONG)
			return PAM_AUTH_ERR;
		if (reason == REASON_UNENROLLED_ALLOWED && password == PASSWORD_NOT_ASKED)
			return PAM_IGNORE;
		return PAM_SUCCESS;
	case CLASS_REFUSED:
		return PAM_AUTH_ERR;
	case CLASS_ERROR:
		break;
	}
	return reason == REASON_NO_ANSWER ? PAM_CONV_ERR : PAM_AUTHINFO_UNAVAIL;
}

static void wipe(struct attempt *attempt)
{
	store_close(&attempt->store);
	secret_wipe(&attempt->password);
	secret_wipe(&attempt->code);
}

EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct attempt attempt = {.pamh = pamh, .store = {.directory = -1}};
	struct policy_error error;

	(void)flags;
	(void)pam_fail_delay(pamh, FAIL_DELAY);
	if (!read_options(&attempt.policy, argc, argv, &error)) {
		report_option(pamh, &attempt.policy, &error);
		return PAM_SERVICE_ERR;
	}
	report_debug(pamh, &attempt.policy);
	attempt.password_verdict =
		verifies_password(&attempt.policy) ? PASSWORD_WRONG : PASSWORD_NOT_ASKED;
	attempt.login.reason = run(&attempt);
	wipe(&attempt);
	report_attempt(pamh, &attempt.policy, attempt.user, attempt.password_verdict,
		       &attempt.login, &attempt.store.fault);
	return pam_code(attempt.login.reason, attempt.password_verdict);
}

/* There are no credentials to set: pam_sm_authenticate has decided. */
EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

/* The other phases have no say, so that a line in one of them neither opens nor breaks a stack. */
static int no_say(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return no_say(pamh, flags, argc, argv);
}

EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return no_say(pamh, flags, argc, argv);
}

EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return no_say(pamh, flags, argc, argv);
}

EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return no_say(pamh, flags, argc, argv);
}
