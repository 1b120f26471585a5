/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PASSWORD_H
#define TWOKEY_PASSWORD_H

#include "reason.h"
#include "secret.h"

/*
 * password_check(user, typed):
 * Verify ${typed} against the local hash of ${user} (shadow(5), crypt(3)). A user who is unknown,
 * and a hash that is locked, empty or of no known scheme, take the time of a hash of the host's
 * kind and never match (P1). Return REASON_NONE if the password is right, a refusal that says why
 * it is not, or REASON_PASSWORD_UNREADABLE or REASON_HASH_FAILED.
 */
enum reason password_check(const char *user, const struct secret *typed);

#endif
