/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PROMPT_H
#define TWOKEY_PROMPT_H

#include <security/pam_modules.h>

#include "policy.h"
#include "secret.h"

/*
 * prompt_for(pamh, policy, ...): ask by the application's conversation (pam_conv(3)). The answer is
 * copied into ${secret}, which the caller wipes, and libpam's copy is wiped here. An answer that is
 * longer than PAM allows is an empty one. Return PAM_SUCCESS, or PAM_CONV_ERR if there is no
 * answer.
 */
int prompt_for_password(pam_handle_t *pamh, const struct policy *policy, struct secret *secret);
int prompt_for_code(pam_handle_t *pamh, const struct policy *policy, struct secret *secret);
int prompt_for_combined(pam_handle_t *pamh, const struct policy *policy, struct secret *secret);

/*
 * prompt_page(pamh, text, typed):
 * Show ${text}, which ends with a question, and read the answer, which is seen as it is typed: for
 * what must be read, since a host shows other messages late or never.
 */
int prompt_page(pam_handle_t *pamh, const char *text, struct secret *typed);

/*
 * prompt_first_pass(pamh, policy, secret):
 * Take what an earlier module put in PAM_AUTHTOK, if the policy says so. Return PAM_SUCCESS;
 * PAM_IGNORE if it is to be asked for; or PAM_AUTH_ERR if use_first_pass finds nothing.
 */
int prompt_first_pass(pam_handle_t *pamh, const struct policy *policy, struct secret *secret);

#endif
