/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_POLICY_H
#define TWOKEY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "site.h"
#include "verdict.h"

#define POLICY_DEFAULT_CONF  "/etc/security/twokey.conf"
#define POLICY_DEFAULT_STORE "/var/lib/twokey"

/* Longer than any sensible path; openat2(2) and the log line bound it. */
#define POLICY_PATH_MAX   255
#define POLICY_PROMPT_MAX 127

/* Bytes of an option with its value: more than any takes. */
#define POLICY_OPTION_MAX 511

enum ask { ASK_PASSWORD_CODE, ASK_CODE, ASK_COMBINED };

/* use_first_pass and try_first_pass, as in pam_unix(8). */
enum first_pass { FIRST_PASS_IGNORE, FIRST_PASS_TRY, FIRST_PASS_USE };

enum unenrolled { UNENROLLED_DENY, UNENROLLED_ALLOW, UNENROLLED_ENROL };

/* How a QR code is drawn in a prompt. */
enum prompt_qr { PROMPT_QR_UTF8, PROMPT_QR_ASCII, PROMPT_QR_OFF };

/* What users may do to their own record by twokey-helper. */
enum self_enroll { SELF_ENROLL_NO, SELF_ENROLL_FIRST, SELF_ENROLL_YES };

/* The options of pam_twokey(8) and twokey.conf(5). */
struct policy {
	enum ask ask;
	enum first_pass first_pass;
	bool forward_pass;
	enum unenrolled unenrolled;
	int64_t unenrolled_until; /* seconds since 1970: then it is UNENROLLED_DENY */
	enum prompt_qr qr;
	bool quiet;
	struct limits limits;
	enum self_enroll self_enroll;
	bool echo_code;
	bool debug;
	char password_prompt[POLICY_PROMPT_MAX + 1]; /* empty: the default */
	char code_prompt[POLICY_PROMPT_MAX + 1];
	char store[POLICY_PATH_MAX + 1];
	struct site
		*site; /* where twokey.conf puts what concerns enrolment; NULL: it is passed over */
	char conf[POLICY_PATH_MAX + 1]; /* empty: POLICY_DEFAULT_CONF, which may be missing */
};

/* What is wrong with an option, and where. */
struct policy_error {
	enum { POLICY_FROM_ARGUMENT, POLICY_FROM_CONF } source;
	unsigned line;       /* of twokey.conf, from 1; 0 for the whole file */
	char option[64];     /* the option, cut short, unescaped */
	const char *problem; /* a static text: what is wrong and what is allowed */
	const char *nearest; /* the option that may have been meant, or NULL; static too */
};

/*
 * policy_option(index):
 * The name of an option, from 0 on; NULL after the last one.
 */
const char *policy_option(size_t index);

/* policy_defaults(policy): The policy with no option given. */
void policy_defaults(struct policy *policy);

/*
 * policy_set(policy, name, value, error):
 * Set one option; ${value} is NULL where none was given. Return false, with ${policy} unchanged, if
 * there is no such option or the value is not allowed.
 */
bool policy_set(struct policy *policy, const char *name, const char *value,
		struct policy_error *error);

/*
 * policy_set_argument(policy, argument, error):
 * policy_set for "name" or "name=value", as PAM hands arguments over.
 */
bool policy_set_argument(struct policy *policy, const char *argument, struct policy_error *error);

/*
 * policy_fail(error, option, problem):
 * Fill ${error} for ${option} and return false.
 */
bool policy_fail(struct policy_error *error, const char *option, const char *problem);

/*
 * policy_check(policy, error):
 * Whether the options go together, once all are set.
 */
bool policy_check(const struct policy *policy, struct policy_error *error);

/* policy_unenrolled(policy, now): What a user without a record gets at ${now}. */
enum unenrolled policy_unenrolled(const struct policy *policy, int64_t now);

#endif
