/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ACCOUNTS_H
#define TWOKEY_ACCOUNTS_H

#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "username.h"

/* An account that can log in: it has a shell that runs, has not expired, and has a way in. */
struct account {
	char user[USERNAME_FILE_MAX + 1];
	uid_t uid;
	bool has_password;   /* that is neither locked nor empty */
	bool has_public_key; /* in ~/.ssh */
};

/* All of them, as far as the host lists its users: sorted by the bytes of their names. */
struct accounts {
	struct account *sorted;
	size_t count;
	size_t empty_passwords;  /* accounts among them whose password is empty */
	bool passwords_readable; /* false for who is not root: then nobody has a password */
};

/*
 * accounts_next(good):
 * getpwent(3), which tells by errno alone that it could not go on: then ${good} becomes false.
 */
const struct passwd *accounts_next(bool *good);

/*
 * accounts_read(accounts):
 * Return false, with errno, if they can't be read to the end; accounts_free is due in any case.
 */
bool accounts_read(struct accounts *accounts);

/* accounts_free(accounts): Release what accounts_read took. */
void accounts_free(struct accounts *accounts);

#endif
