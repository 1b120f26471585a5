/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ACCOUNTS_H
#define TWOKEY_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "reason.h"
#include "username.h"

/* An account that can log in: it has a shell that runs, has not expired, and has a way in. */
struct account {
	char user[USERNAME_FILE_MAX + 1];
	uid_t uid;
	bool has_password;   /* that is neither locked nor empty */
	bool has_public_key; /* in ~/.ssh, or in a home that can't be looked into */
};

/* All of them, as far as the host lists its users: sorted by the bytes of their names. */
struct accounts {
	struct account *sorted;
	size_t count;
	size_t empty_passwords;  /* accounts among them whose password is empty */
	bool passwords_readable; /* false for who is not root: then nobody has a password */
};

/*
 * accounts_read(accounts):
 * Return REASON_NONE, or why they can't be read to the end: REASON_USERS_UNREADABLE or
 * REASON_NO_MEMORY. accounts_free is due in any case.
 */
enum reason accounts_read(struct accounts *accounts);

/* accounts_free(accounts): Release what accounts_read took. */
void accounts_free(struct accounts *accounts);

#endif
