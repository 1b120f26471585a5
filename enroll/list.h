/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_LIST_H
#define TWOKEY_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "accounts.h"
#include "names.h"
#include "record.h"
#include "state.h"
#include "store.h"
#include "table.h"

/* What 'twokey list' was asked for, and of whom. */
struct list {
	bool locked;
	bool unenrolled;
	bool json;
	int64_t stale_days; /* -1: whenever they logged in last */
	int64_t now;
	struct store *store;
	const char *path; /* the store's */
	struct names names;
	struct accounts accounts; /* with ${unenrolled} */
	struct table table;       /* without ${json} */
};

/* Where a piece of the list goes. */
struct list_output {
	FILE *stream;
	bool any; /* whether something was printed there */
};

/* list_begin(list): Print what precedes the first user. */
void list_begin(struct list *list);

/*
 * list_print(list, user, record, state, output):
 * Print one user who is enrolled. Return an enum status.
 */
int list_print(const struct list *list, const char *user, const struct record *record,
	       const struct state *state, struct list_output *output);

/* list_print_account(list, account, output): The same for one who is not. */
int list_print_account(const struct list *list, const struct account *account,
		       struct list_output *output);

/* list_end(list): Print what follows the last user. */
void list_end(const struct list *list);

#endif
