/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_OPTIONS_H
#define TWOKEY_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "store.h"
#include "username.h"

/* What a subcommand takes beside its options: nothing, one user, or what it looks at itself. */
enum operand { OPERAND_NONE, OPERAND_USER, OPERAND_OWN };

/* Whether it can do its work while twokey.conf has a mistake. */
enum demand { DEMAND_SETTINGS, DEMAND_NOTHING };

/* What every subcommand takes. */
struct options {
	const char *user;                     /* with OPERAND_USER; else NULL */
	char own_name[USERNAME_FILE_MAX + 1]; /* whoever is not root need not name themself */
	char **operands;                      /* with OPERAND_OWN; else NULL */
	int operand_count;
	const char *store; /* from --store, or twokey.conf, or the default */
	bool json;
};

/* A subcommand's own side of the command line. */
struct syntax {
	const char *usage; /* what --help prints */
	enum operand operand;
	const struct option *own; /* ends with {0}; val is from 1 to 127 */
	/* Take one of ${own}; return false, having complained, if its value is not allowed. */
	bool (*take)(int option, const char *value, void *context);
	void *context;
	enum demand demand;
};

/* What options_read returns when the subcommand is to go on. */
#define OPTIONS_GO_ON (-1)

/*
 * options_read(argc, argv, syntax, options):
 * Read a subcommand's command line, options and user in any order. Return OPTIONS_GO_ON, or the
 * exit status after --help, --version or a mistake that was complained about.
 */
int options_read(int argc, char **argv, const struct syntax *syntax, struct options *options);

/*
 * options_open(argc, argv, syntax, options, store):
 * options_read, and open the store that they name. Return OPTIONS_GO_ON, and store_close is due
 * then, or the exit status.
 */
int options_open(int argc, char **argv, const struct syntax *syntax, struct options *options,
		 struct store *store);

/* What a subcommand does to a user's own record where that user may not open the store. */
typedef int options_own(const struct options *options, void *context);

/*
 * options_open_own(argc, argv, syntax, own, options, store):
 * options_open; but where it is about this user, who may not open the store, the exit status is
 * that of ${own}.
 */
int options_open_own(int argc, char **argv, const struct syntax *syntax, options_own *own,
		     struct options *options, struct store *store);

#endif
