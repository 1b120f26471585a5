/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PAM_PATHS_H
#define TWOKEY_PAM_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pam_stack.h"

/*
 * Every way that a login can take through a stack: each module may answer what modules of its kind
 * do, and libpam's rules say what becomes of it.
 */

/* The module that all of this is about, as files name it. */
#define PAM_TWOKEY "pam_twokey.so"

/* What a module is for, as far as that tells its answers and what they mean. */
enum pam_kind {
	PAM_KIND_TWOKEY,
	PAM_KIND_PASSWORD, /* verifies a password, or may well, for all that is known of it */
	PAM_KIND_PEER,     /* verifies another second key */
	PAM_KIND_CHOICE,   /* looks at who, where or when */
	PAM_KIND_ROOT,     /* lets root in for being root */
	PAM_KIND_PERMIT,
	PAM_KIND_DENY,
	PAM_KIND_OTHER, /* has no say */
};

enum pam_kind pam_kind_of(const struct pam_entry *entry);

/* What pam_twokey.so can answer under its options. */
struct pam_twokey {
	bool asks_password; /* it verifies the password too */
	bool abstains;      /* PAM_IGNORE for who is not enrolled */
};

enum pam_answer { PAM_NOT_ASKED, PAM_SAID_YES, PAM_SAID_NO, PAM_ABSTAINED };

/* How one way ends. */
struct pam_path {
	bool let_in;
	enum pam_answer twokey; /* of the last pam_twokey.so that was asked */
	bool password;          /* some module has said yes to a password */
	bool password_refused;  /* some module has said no to one */
	uint16_t diverter; /* 1 + index of the entry that led past the first pam_twokey.so, or 0 */
};

/* More different ends than any stack has. */
#define PAM_PATHS_MOST 512

struct pam_paths {
	struct pam_path ends[PAM_PATHS_MOST];
	size_t count;
};

/*
 * pam_paths_find(stack, twokey, paths):
 * Find how all ways through ${stack} end. Return false if memory ran out or there are more than
 * PAM_PATHS_MOST.
 */
bool pam_paths_find(const struct pam_stack *stack, const struct pam_twokey *twokey,
		    struct pam_paths *paths);

/*
 * pam_path_follow(stack, results):
 * The one way on which the module of entry i answers ${results}[i]: whether it lets in.
 */
bool pam_path_follow(const struct pam_stack *stack, const int *results);

#endif
