/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_NEAREST_H
#define TWOKEY_NEAREST_H

#include <stddef.h>

/* Bytes: the longest name that is compared; a longer one is near to nothing. */
#define NEAREST_NAME_MAX 32

/* The search for the name that was meant. */
struct nearest {
	const char *typed;
	const char *name; /* the best so far, or NULL: nothing is near */
	size_t mistakes;
};

/*
 * nearest_begin(typed): A search that has seen no name yet.
 */
struct nearest nearest_begin(const char *typed);

/*
 * nearest_offer(nearest, name):
 * Take ${name} if fewer mistakes make ${typed} of it than of any before: a letter left out, added,
 * wrong, or two in turn, and never more than one in three letters. Capitals make no difference. A
 * name that is offered stays the caller's.
 */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
