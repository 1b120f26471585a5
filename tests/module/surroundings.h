/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SURROUNDINGS_H
#define TWOKEY_SURROUNDINGS_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * P9, bounded: what of the program that asks PAM is the program's own, and must be after a login as
 * it was before.
 */
struct surroundings {
	uid_t users[3]; /* real, effective, saved */
	mode_t mask;
	char directory[PATH_MAX];
	char **environment;   /* where environ points to */
	char *variables[256]; /* where its members point to, with NULL behind the last */
	char text[65536];     /* what stands there, each with its NUL */
	size_t length;
	struct sigaction actions[NSIG];
	sigset_t blocked;
	bool open[256]; /* descriptors */
};

/* surroundings_furnish(void): Make them such that whoever sets one to a default is found out. */
void surroundings_furnish(void);

/* surroundings_note(surroundings): As they are now. */
void surroundings_note(struct surroundings *surroundings);

/* surroundings_expect(surroundings): They are still the same, or the test fails. */
void surroundings_expect(const struct surroundings *surroundings);

/*
 * surroundings_opened(surroundings):
 * How many descriptors were opened since; the test fails if a program executed would inherit one.
 */
unsigned surroundings_opened(const struct surroundings *surroundings);

#endif
