/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_REPORT_H
#define TWOKEY_REPORT_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "login.h"
#include "logline.h"
#include "policy.h"
#include "verdict.h"

/* report_origin(pamh): What PAM knows of where the attempt came from; the texts are libpam's. */
struct origin report_origin(pam_handle_t *pamh);

/*
 * report_attempt(pamh, policy, user, password, login, fault):
 * One line of logline_attempt to LOG_AUTHPRIV about how an attempt ended. ${user} is NULL if PAM
 * has none; ${fault} says more where the reason is the store's.
 */
void report_attempt(pam_handle_t *pamh, const struct policy *policy, const char *user,
		    enum password password, const struct login *login,
		    const struct store_fault *fault);

/*
 * report_enrolment(pamh, policy, user, reason, fault):
 * The same about how an enrolment at a login ended.
 */
void report_enrolment(pam_handle_t *pamh, const struct policy *policy, const char *user,
		      enum reason reason, const struct store_fault *fault);

/*
 * report_option(pamh, phase, policy, error):
 * One line at LOG_ERR about an option that makes the module refuse everyone, in the ${phase} of a
 * stack that pam_syslog(3) would name: auth, session or chauthtok.
 */
void report_option(pam_handle_t *pamh, const char *phase, const struct policy *policy,
		   const struct policy_error *error);

/* report_debug(pamh, policy): With the option debug, one line about the options in force. */
void report_debug(pam_handle_t *pamh, const struct policy *policy);

#endif
