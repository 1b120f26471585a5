/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_FIXTURE_H
#define TWOKEY_FIXTURE_H

#include "store_change.h"

/* A store of its own for each test, with one user, alice, and a device of each type. */
struct fixture {
	char path[64];
	struct store store;
};

/* fixture_make(state), fixture_remove(state): setup and teardown of a cmocka test; 0 if all is
 * well. */
int fixture_make(void **state);
int fixture_remove(void **state);

/* fixture_record(record): The record of alice. */
void fixture_record(struct record *record);

/* fixture_write(fixture, state): Put alice in the store anew, with this state. */
void fixture_write(struct fixture *fixture, const struct state *state);

/* fixture_begin(fixture, user, transaction): store_begin for ${user}, who is waited for as usual.
 */
enum reason fixture_begin(struct fixture *fixture, const char *user,
			  struct transaction *transaction);

/* fixture_try(fixture): How a begin for alice ends; nothing is kept. */
enum reason fixture_try(struct fixture *fixture);

/* fixture_state(fixture): What the store has of alice. */
struct state fixture_state(struct fixture *fixture);

/* fixture_path(fixture, file, path): The path of a file of the store. */
const char *fixture_path(const struct fixture *fixture, const char *file, char path[128]);

/* fixture_damage(fixture, file, offset): Flip a bit there. */
void fixture_damage(const struct fixture *fixture, const char *file, long offset);

#endif
