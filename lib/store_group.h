/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_GROUP_H
#define TWOKEY_STORE_GROUP_H

#include <stdbool.h>

#include "reason.h"
#include "record.h"
#include "state.h"
#include "store.h"

/*
 * Files of new users, written together and made durable together: begin, put each, sync, publish
 * each, finish, end. Only after finish is a user enrolled for good; what is broken off before
 * publish leaves nobody enrolled and nothing behind that the next change does not clear.
 */

/* Milliseconds: other groups may be before this one. */
#define GROUP_PATIENCE 60000

/* group_begin(store): Keep other changes away, and clear what a killed one left. */
enum reason group_begin(struct store *store);

/* group_has(store, user, exists): Whether the user has a file; no lock is needed to look. */
enum reason group_has(struct store *store, const char *user, bool *exists);

/*
 * group_put(store, user, record, state):
 * Write the new file of a user who has none beside the others; nobody is enrolled by it yet.
 */
enum reason group_put(struct store *store, const char *user, const struct record *record,
		      const struct state *state);

/* group_sync(store): Make all that was put durable. */
enum reason group_sync(struct store *store);

/* group_publish(store, user): Let the file that was put take its place. */
enum reason group_publish(struct store *store, const char *user);

/* group_finish(store): Make all that was published durable. */
enum reason group_finish(struct store *store);

/* group_end(store): Let others change the store; due after group_begin in any case. */
void group_end(struct store *store);

#endif
