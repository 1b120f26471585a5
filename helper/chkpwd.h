/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CHKPWD_H
#define TWOKEY_CHKPWD_H

#include "reason.h"
#include "secret.h"

/*
 * chkpwd(user, typed):
 * Verify the password of ${user}, who must be the real user of this process, by unix_chkpwd(8), as
 * pam_unix does where it is not root. Return REASON_NONE if it is right, a refusal, or an error.
 */
enum reason chkpwd(const char *user, const struct secret *typed);

#endif
