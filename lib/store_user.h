/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_USER_H
#define TWOKEY_STORE_USER_H

#include <sys/types.h>

/* The user that the package makes to own the store, so that no helper need be set-user-ID root. */
#define STORE_USER "twokey"

/*
 * store_user(uid, gid):
 * STORE_USER's numbers. Return 0; ENOENT if the host has no such user; another errno if that can't
 * be told.
 */
int store_user(uid_t *uid, gid_t *gid);

#endif
