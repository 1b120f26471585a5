/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_NAMES_H
#define TWOKEY_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "store.h"

/* Users, sorted by the bytes of their names: of a store, or of the host. */
struct names {
	char *text; /* one after the other, each with its NUL */
	size_t size;
	size_t count;
	char **sorted;
	FILE *stream; /* until names_end */
};

/*
 * names_begin(names), names_add(names, user), names_end(names):
 * Make such a list by hand. Each returns false if memory runs out; after names_end there are none
 * then. names_free is due in any case.
 */
bool names_begin(struct names *names);
bool names_add(struct names *names, const char *user);
bool names_end(struct names *names);

/*
 * names_read(store, names):
 * Read who has a file in ${store}. Return REASON_NONE or why that can't be read; where it fails
 * ${names} may be some of them, or none. names_free is due in any case.
 */
enum reason names_read(struct store *store, struct names *names);

/* names_have(names, user): Whether ${user} is one of them. */
bool names_have(const struct names *names, const char *user);

/* names_free(names): Release what was taken. */
void names_free(struct names *names);

#endif
