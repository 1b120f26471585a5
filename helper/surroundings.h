/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SURROUNDINGS_H
#define TWOKEY_SURROUNDINGS_H

#include <stdbool.h>
#include <sys/types.h>

/* Who started the helper, and as whom it runs. */
struct caller {
	uid_t uid;   /* the real user: whom it serves */
	uid_t owner; /* the effective user, by the file's mode: whose the store is */
};

/*
 * surroundings_reset(patience):
 * Take back all that the caller could have set: descriptors, environment, signals, timers, limits,
 * umask and directory, core dumps. From here the process ends by itself after ${patience} seconds,
 * whatever it waits for.
 */
void surroundings_reset(unsigned patience);

/*
 * surroundings_drop_input():
 * Have nothing of the caller's open any more: where a file is of a file system of theirs (FUSE),
 * its close lasts as long as they like, even that of a killed process, which would keep its locks.
 */
void surroundings_drop_input(void);

/*
 * surroundings_caller(caller):
 * Who started the helper. Return false if it did not get the rights of a store's owner, or got
 * those of root, which it never works with.
 */
bool surroundings_caller(struct caller *caller);

/*
 * surroundings_leave(caller):
 * Be the store's owner alone, for good: from here the caller can neither kill nor stop this
 * process, which is about to hold locks. Return false if that failed.
 */
bool surroundings_leave(const struct caller *caller);

#endif
