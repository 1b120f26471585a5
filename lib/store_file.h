/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_FILE_H
#define TWOKEY_STORE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "reason.h"
#include "record.h"
#include "state.h"
#include "store.h"

/* A user's secret file, inside store.c and store_change.c only: the record, then the slots. */
#define FILE_SIZE (RECORD_SIZE + STATE_SLOTS * STATE_BLOCK_SIZE)

/*
 * file_path_user(user, path):
 * The path of ${user}'s secret file below the store's directory. Return false for a name that
 * nobody can be enrolled under.
 */
bool file_path_user(const char *user, char path[STORE_FILE_MAX + 1]);

/* file_path_decoy(number, path): The same for a decoy, which any ${number} leads to. */
void file_path_decoy(uint64_t number, char path[STORE_FILE_MAX + 1]);

/*
 * file_directory_there(store, name):
 * Return REASON_NONE if ${name} below the store's directory is a directory, without which the
 * absence of a file in it proves nothing; or why not.
 */
enum reason file_directory_there(struct store *store, const char *name);

/*
 * file_there(store, path):
 * Return REASON_NONE if something stands at ${path}, whose directory is there; REASON_UNENROLLED if
 * nothing does; or why that can't be told.
 */
enum reason file_there(struct store *store, const char *path);

/*
 * file_open(store, path, flags, fd):
 * Open the secret file at ${path} below the store's directory, with O_RDWR or O_RDONLY for
 * ${flags}, and check that it can be trusted (P10). Return REASON_NONE, REASON_UNENROLLED where the
 * file's absence is proven (ENOENT in a directory that is there), or why not.
 */
enum reason file_open(struct store *store, const char *path, int flags, int *fd);

/*
 * file_lock_wait(store, path, fd, deadline):
 * Take the kernel's exclusive lock on ${fd}, opened at ${path}, before ${deadline}, milliseconds of
 * CLOCK_MONOTONIC. Return REASON_NONE, or REASON_STORE_BUSY.
 */
enum reason file_lock_wait(struct store *store, const char *path, int fd, int64_t deadline);

/*
 * file_lock(store, path, fd, deadline):
 * file_lock_wait for a file that a rename can replace: a lock on one that was guards nothing.
 * Return REASON_STORE_CONFLICT if ${path} leads to another file by then.
 */
enum reason file_lock(struct store *store, const char *path, int fd, int64_t deadline);

/*
 * file_release(fd):
 * Unlock and close ${fd}, unless it is -1. Closed alone it would stay locked by any child that the
 * program forked meanwhile.
 */
void file_release(int fd);

/*
 * file_read(store, path, fd, record, state, slot):
 * Read the record and the newer slot with its index. Return REASON_NONE, or REASON_RECORD_DAMAGED
 * with both wiped, or REASON_STATE_DAMAGED with the record read. ${store}->fault says more.
 */
enum reason file_read(struct store *store, const char *path, int fd, struct record *record,
		      struct state *state, int *slot);

/*
 * file_write_slot(store, path, fd, slot, state):
 * Write ${state} in place into one slot; it is not durable until fdatasync(2).
 */
enum reason file_write_slot(struct store *store, const char *path, int fd, int slot,
			    const struct state *state);

/*
 * Sequence numbers of new files. What is spent in one that took another's place is not in the old
 * one, which a power loss could bring back: until its name is durable it is marked, and whoever
 * finds the mark syncs the name first.
 */
#define SEQUENCE_UNNAMED UINT64_C(1)
#define SEQUENCE_FIRST   UINT64_C(2)

/* Whether a new file is synced at once, or by its caller, together with others. */
enum durability { DURABLE_NOW, DURABLE_LATER };

/*
 * file_create(store, path, record, state, durability):
 * Make a new secret file at ${path}, whole, and durable now or later, owned by the store's owner,
 * mode 0600; the caller makes its name durable. Its last slot has the sequence number of ${state},
 * the one before it one less. What stands at ${path} is an error. On failure nothing is left.
 */
enum reason file_create(struct store *store, const char *path, const struct record *record,
			const struct state *state, enum durability durability);

/*
 * file_open_directory(store, name):
 * Open one of the store's directories, following no link, and check that it is the store's owner's.
 * Return -1 with errno.
 */
int file_open_directory(const struct store *store, const char *name);

/*
 * file_rename(store, from, to), file_unlink(store, path):
 * Give a secret file another name, or take it away, below the checked directories of the store. The
 * caller makes it durable.
 */
enum reason file_rename(struct store *store, const char *from, const char *to);
enum reason file_unlink(struct store *store, const char *path);

/*
 * file_take_place(store, new_path, path):
 * file_rename, or, where that fails, file_unlink of ${new_path}; the fault is the rename's.
 */
enum reason file_take_place(struct store *store, const char *new_path, const char *path);

/* store_sync(store, path): Make the names in a directory of the store durable. */
enum reason store_sync(struct store *store, const char *path);

/*
 * store_fail(store, path, reason):
 * Note errno and ${path} in store->fault and return ${reason}, made more exact by errno.
 */
enum reason store_fail(struct store *store, const char *path, enum reason reason);

#endif
