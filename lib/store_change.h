/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_CHANGE_H
#define TWOKEY_STORE_CHANGE_H

#include <stdbool.h>

#include "reason.h"
#include "record.h"
#include "state.h"
#include "store.h"

/* A change of one user's record, made by the command alone: no login is in its middle. */
struct change {
	struct store *store;
	bool exists;          /* whether the user has a file */
	enum reason damage;   /* REASON_NONE, REASON_RECORD_DAMAGED or REASON_STATE_DAMAGED */
	struct record record; /* the present one; wiped by change_end */
	struct state state;
	char file[STORE_FILE_MAX + 1];
	char new_file[STORE_FILE_MAX + 1];
	int fd;
};

/*
 * store_create(path):
 * Make the store at the absolute ${path}, whose parent must exist, with all that it holds but
 * users; what is there already stays, but for an empty directory that a broken off run did not come
 * to give away. Return REASON_NONE, or why not with ${fault} filled.
 */
enum reason store_create(const char *path, struct store_fault *fault);

/*
 * change_begin(store, user, change):
 * Keep other changes, and logins of ${user}, away for at most STORE_PATIENCE; clear what a killed
 * change left; read what is there. A damaged record or state is no error here: it is what some
 * changes mend; but where store->met is set, any other record is REASON_STORE_CONFLICT. Return
 * REASON_NONE, or why not; change_end is due in any case. ${user} must be a name that
 * username_to_file takes.
 */
enum reason change_begin(struct store *store, const char *user, struct change *change);

/*
 * change_write(change, record, state):
 * Put a new record and state in the place of the old ones, whole and durable, or leave the old
 * ones: after power loss at any point one of the two is there (P7).
 */
enum reason change_write(struct change *change, const struct record *record,
			 const struct state *state);

/* change_remove(change): Take the user's file away, durably. */
enum reason change_remove(struct change *change);

/* change_end(change): Unlock, close, wipe. */
void change_end(struct change *change);

/*
 * store_read(store, user, record, state):
 * Read the record and state of ${user}, for the eye alone: no login waits for it, and one that is
 * in its middle is seen as the guess that it was charged for. Return REASON_NONE,
 * REASON_UNENROLLED, REASON_STATE_DAMAGED with the record read, or why not. The caller wipes
 * ${record}.
 */
enum reason store_read(struct store *store, const char *user, struct record *record,
		       struct state *state);

/*
 * store_read_decoy(store, number):
 * Whether the decoy of this ${number} can be used. Return REASON_NONE or why not.
 */
enum reason store_read_decoy(struct store *store, unsigned number);

/*
 * store_list(store, visit, context):
 * Call ${visit} for each user who has a file, in no order, until it returns false. Return
 * REASON_NONE or why the users can't be listed.
 */
enum reason store_list(struct store *store, bool (*visit)(const char *user, void *context),
		       void *context);

/* For store_group.c, which does the same for many users at once, and store_decoy.c. */

/*
 * store_each(store, path, visit, context):
 * Call ${visit} for each name in a directory of the store that does not begin with a dot, in no
 * order, until it returns false. Return REASON_NONE or why the directory can't be read.
 */
enum reason store_each(struct store *store, const char *path,
		       bool (*visit)(struct store *store, const char *name, void *context),
		       void *context);

/* store_clear(store): Take away what a killed change left. The caller holds the store's lock. */
enum reason store_clear(struct store *store);

#endif
