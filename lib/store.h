/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_H
#define TWOKEY_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "reason.h"
#include "record.h"
#include "state.h"
#include "undisturbed.h"
#include "username.h"

/* Below the store's directory. */
#define STORE_USERS  "users"
#define STORE_DECOYS "decoys"
#define STORE_NEW    "new"

/* The longest path below the store's directory: one of the above, a slash, a file name. */
#define STORE_FILE_MAX (sizeof(STORE_DECOYS) + USERNAME_FILE_MAX)

/* So many that names seldom share one, and wait for each other's lock as one user's do not. */
#define STORE_DECOY_COUNT 64

/* Milliseconds: how long anyone waits for a lock (P9). */
#define STORE_PATIENCE 5000

/* More exactly what went wrong last, for the one log line or error text. */
struct store_fault {
	int error;                     /* errno, 0 where no system call failed */
	char file[STORE_FILE_MAX + 1]; /* below the store's directory; empty for the store itself */
	struct record_error record;    /* for REASON_RECORD_DAMAGED */
};

/* An open store. */
struct store {
	int directory;
	uid_t owner;
	gid_t group;
	const struct record *met; /* for a change: the record that it is for; NULL: for any */
	struct store_fault fault;
};

/*
 * store_open(path, store):
 * Open the store at the absolute ${path}. Return REASON_NONE or why it can't be used.
 */
enum reason store_open(const char *path, struct store *store);

/* store_close(store): Release what store_open took. */
void store_close(struct store *store);

/*
 * Whose file an attempt is judged against. A decoy is the secret file of nobody: a refusal that
 * does not concern a user's own record does the same work, and the same durable write, on it (P1).
 */
enum subject { SUBJECT_USER, SUBJECT_DECOY };

/*
 * One attempt's hold on one record. The interface - begin, charge, commit, end - is all that a
 * login knows of the store; an engine without locks can stand behind it, whose charge and commit
 * compare and swap, and answer REASON_STORE_CONFLICT when someone was faster. The login then begins
 * anew.
 */
struct transaction {
	struct store *store;
	enum subject subject;          /* whose record and state these are */
	bool enrolled;                 /* whether the user has a record */
	struct record record;          /* wiped by store_end */
	struct state state;            /* as it was at store_begin */
	char file[STORE_FILE_MAX + 1]; /* below the store's directory */
	int fd;                        /* -1: a store in which no decoys were made yet */
	int slot;                      /* the one to be written */
	struct undisturbed undisturbed;
};

/*
 * store_deadline():
 * STORE_PATIENCE from now, for store_begin: milliseconds of CLOCK_MONOTONIC.
 */
int64_t store_deadline(void);

/*
 * store_begin(store, user, subject, deadline, transaction):
 * Lock and read the record and state of ${user}; of a decoy if ${subject} asks for one, or if the
 * user's record is proven absent. Return REASON_NONE; REASON_STORE_CONFLICT if the record was
 * replaced meanwhile; or why it can't be read, in which case REASON_STATE_DAMAGED leaves
 * ${transaction}->record readable. store_end is due in any case.
 */
enum reason store_begin(struct store *store, const char *user, enum subject subject,
			int64_t deadline, struct transaction *transaction);

/*
 * store_charge(transaction, state):
 * Put ${state} where a killed process can't take it back, before a code is evaluated. It need not
 * outlive a power loss, which nobody learns a verdict from.
 */
enum reason store_charge(struct transaction *transaction, const struct state *state);

/*
 * store_commit(transaction, state):
 * Make ${state} durable. Only then may anyone learn the verdict.
 */
enum reason store_commit(struct transaction *transaction, const struct state *state);

/* store_end(transaction): Unlock, close, wipe. */
void store_end(struct transaction *transaction);

/*
 * store_peek(store, user, record, enrolled):
 * Read the record of ${user}, or a decoy's, without lock or state: a record is never changed in
 * place. The same system calls for any name (P1). ${enrolled} is false only where that is proven:
 * whose record can't be read counts as enrolled (P5). The caller wipes ${record}.
 */
enum reason store_peek(struct store *store, const char *user, struct record *record,
		       bool *enrolled);

#endif
