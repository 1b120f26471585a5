/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ACCOUNT_H
#define TWOKEY_ACCOUNT_H

#include <pwd.h>
#include <stdbool.h>

#include "reason.h"

/* Where the host's own users stand, passwd(5). */
#define ACCOUNT_FILE "/etc/passwd"

/* Room for an entry of any directory: more than sysconf(_SC_GETPW_R_SIZE_MAX) suggests. */
#define ACCOUNT_SIZE 16384

/*
 * account_is_compat(name):
 * Whether what passwd(5) or shadow(5) has by that name is no account, but a word to nss_compat
 * (nsswitch.conf(5)): +name, -@netgroup. glibc's readers hand it out with fields that are NULL.
 */
bool account_is_compat(const char *name);

/*
 * account_find(name, entry, buffer):
 * Look ${name} up as getpwnam_r(3) does, to ${entry}, which points into ${buffer}. Return 0; ENOENT
 * if the host has no such user; another errno if that can't be told.
 */
int account_find(const char *name, struct passwd *entry, char buffer[ACCOUNT_SIZE]);

/*
 * account_own_name(name, own):
 * Tell in ${own} whether the account that ${name} leads to is called so itself: a directory may
 * know one by several names, as ALICE and alice@example.com for alice. Return 0; ENOENT if there is
 * no such user in any source of nsswitch.conf(5), the last of which was asked; another errno if it
 * could not be.
 */
int account_own_name(const char *name, bool *own);

/* account_reason(error): What an errno of these, other than ENOENT, means for a login. */
enum reason account_reason(int error);

#endif
