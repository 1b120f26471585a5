/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HOST_USERS_H
#define TWOKEY_HOST_USERS_H

#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>

#include "names.h"
#include "reason.h"

/*
 * All users that the host lists, each once: first its own, then those of other sources. getpwent(3)
 * alone ends without a word where its own can't be read, and another source stands behind them.
 */
struct host_users {
	FILE *file;         /* NULL once it was read */
	struct names local; /* whom it names */
	enum reason reason;
};

/* host_users_begin(users): Before the first of them. host_users_end is due in any case. */
void host_users_begin(struct host_users *users);

/*
 * host_users_next(users):
 * The next one, as getpwent(3) gives it, until the next call; NULL behind the last, or if it can't
 * be read.
 */
const struct passwd *host_users_next(struct host_users *users);

/*
 * host_users_end(users):
 * Release what was taken. Return REASON_NONE if all of them could be read, or else
 * REASON_USERS_UNREADABLE or REASON_NO_MEMORY.
 */
enum reason host_users_end(struct host_users *users);

/*
 * host_users_ended(error):
 * Whether the errno behind a last entry of getpwent(3), or of its like, means no more than that: a
 * source that is not there, or has come to its end, may leave one of its own.
 */
bool host_users_ended(int error);

/* host_users_names(names): names_read of the host's users. */
enum reason host_users_names(struct names *names);

#endif
