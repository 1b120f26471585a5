/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of a login: PAM handle -> options -> prompts -> password verdict -> login_attempt (lock,
 * charge, code verdict, commit, unlock) -> one PAM code, one log line.
 *
 * P1, one verdict: everything is asked for before anything is verified, and every refusal is
 * PAM_AUTH_ERR. P5, fails closed: an attempt that nobody decided about is an error.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <unistd.h>

#include "account.h"
#include "ask.h"
#include "attempt.h"
#include "conf.h"
#include "enrol.h"
#include "helper.h"
#include "login.h"
#include "notice.h"
#include "password.h"
#include "report.h"

#define EXPORT __attribute__((visibility("default")))

/* Microseconds, as pam_unix asks for. */
#define FAIL_DELAY 2000000

/* Whether the password is this module's to verify. */
static bool verifies_password(const struct policy *policy)
{
	return policy->ask == ASK_PASSWORD_CODE ||
	       (policy->ask == ASK_COMBINED && !policy->forward_pass);
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
	struct credentials credentials;
	enum reason password;

	if (attempt->route == ROUTE_HELPER)
		return helper_decide(attempt);
	password = verify_password(attempt);
	if (reason_class(password) == CLASS_ERROR && password != REASON_NONE)
		return password;
	credentials = (struct credentials){
		.user = attempt->user,
		.password = attempt->password_verdict,
		.refusal = password,
		.code = attempt->code.text,
		.maybe_imported = attempt->maybe_imported,
		.origin = origin(attempt->pamh),
	};
	login_decide(&attempt->store, &attempt->policy, &credentials, &attempt->login);
	return attempt->login.reason;
}

/* Who may not open the store asks the helper; any other error is one. */
static enum reason open_store(struct attempt *attempt)
{
	enum reason reason = store_open(attempt->policy.store, &attempt->store);

	if (reason != REASON_STORE_UNREADABLE || attempt->store.fault.error != EACCES ||
	    geteuid() == 0)
		return reason;
	attempt->route = ROUTE_HELPER;
	return REASON_NONE;
}

/* A record is of one name: by another of the account's nobody is let in for want of it. */
static enum reason by_own_name(const struct attempt *attempt, enum reason reason)
{
	bool own;
	int error;

	if (!reason_lets_unenrolled(reason) || attempt->route == ROUTE_HELPER)
		return reason;
	error = account_own_name(attempt->user, &own);
	if (error == ENOENT)
		return reason;
	if (error != 0)
		return account_reason(error);
	return own ? reason : REASON_OTHER_NAME;
}

static enum reason run(struct attempt *attempt)
{
	enum reason reason;

	if (pam_get_user(attempt->pamh, &attempt->user, NULL) != PAM_SUCCESS ||
	    attempt->user == NULL)
		return REASON_NO_ANSWER;
	reason = open_store(attempt);
	if (reason == REASON_NONE)
		reason = ask_user(attempt);
	if (reason == REASON_NONE)
		reason = verify(attempt);
	return by_own_name(attempt, reason);
}

/* The only place that says who gets in. */
static int pam_code(enum reason reason, enum password password)
{
	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		if (password == PASSWORD_WRONG)
			return PAM_AUTH_ERR;
		if (reason_lets_unenrolled(reason) && password == PASSWORD_NOT_ASKED)
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
	if (!conf_policy(&attempt.policy, NULL, argc, argv, &error)) {
		report_option(pamh, "auth", &attempt.policy, &error);
		return PAM_SERVICE_ERR;
	}
	report_debug(pamh, &attempt.policy);
	attempt.password_verdict =
		verifies_password(&attempt.policy) ? PASSWORD_WRONG : PASSWORD_NOT_ASKED;
	attempt.login.reason = run(&attempt);
	if (!enrol_note(pamh, attempt.user, attempt.login.reason))
		attempt.login.reason = REASON_NO_MEMORY;
	wipe(&attempt);
	if (attempt.logged == LOGGED_NOT_YET)
		report_attempt(pamh, &attempt.policy, attempt.user, attempt.password_verdict,
			       &attempt.login, &attempt.store.fault);
	return pam_code(attempt.login.reason, attempt.password_verdict);
}

/*
 * There are no credentials to set: pam_sm_authenticate has decided. But whoever was let in to be
 * enrolled, and was not, goes no further, even where the account phase was forgotten; but for
 * ask=code, where libpam passes this over since the auth phase was PAM_IGNORE.
 */
EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	return enrol_is_due(pamh) ? PAM_CRED_ERR : PAM_SUCCESS;
}

/* A say only about who is to be enrolled: else a line here neither opens nor breaks a stack. */
EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	return enrol_is_due(pamh) ? PAM_NEW_AUTHTOK_REQD : PAM_IGNORE;
}

/* A change of the password is none of ours. */
EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	if (!enrol_is_due(pamh))
		return PAM_IGNORE;
	return ((unsigned)flags & PAM_PRELIM_CHECK) != 0 ? PAM_SUCCESS
							 : enrol_user(pamh, argc, argv);
}

/* Nobody is refused a session here, whatever is wrong: that is for the auth phase. */
EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct policy policy;
	struct policy_error error;

	if (!conf_policy(&policy, NULL, argc, argv, &error))
		report_option(pamh, "session", &policy, &error);
	else if (((unsigned)flags & PAM_SILENT) == 0 && !policy.quiet)
		notice_tell(pamh, &policy);
	return PAM_IGNORE;
}

EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}
