/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_REPORT_H
#define TWOKEY_REPORT_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "login.h"
#include "policy.h"
#include "verdict.h"

/*
 * report_attempt(pamh, policy, user, password, login, fault):
 * One line to LOG_AUTHPRIV about how an attempt ended, "key=value" in the manner of pam_unix(8),
 * all values escaped: success at LOG_INFO, refusal at LOG_NOTICE, a right password with a wrong
 * code at LOG_WARNING, an error at LOG_ERR with what mends it. ${user} is NULL if PAM has none;
 * ${fault} says more where the reason is the store's.
 */
void report_attempt(pam_handle_t *pamh, const struct policy *policy, const char *user,
		    enum password password, const struct login *login,
		    const struct store_fault *fault);

/*
 * report_option(pamh, policy, error):
 * One line at LOG_ERR about an option that makes the module refuse everyone.
 */
void report_option(pam_handle_t *pamh, const struct policy *policy,
		   const struct policy_error *error);

/* report_debug(pamh, policy): With the option debug, one line about the options in force. */
void report_debug(pam_handle_t *pamh, const struct policy *policy);

#endif
