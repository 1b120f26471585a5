/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PAM_STACK_H
#define TWOKEY_PAM_STACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The stacks of /etc/pam.d as libpam reads them: pam.d(5), with @include, include, substack and
 * bracketed controls.
 */

/* libpam's own limits of a line, and of files that include each other. */
#define PAM_LINE_MAX  1024
#define PAM_DEPTH_MAX 16

/* More lines than any service has, by far. */
#define PAM_ENTRIES_MOST   256
#define PAM_ARGUMENTS_MOST 64
#define PAM_PATH_MAX       255

/* PAM's results, PAM_SUCCESS and its like, are below this. */
#define PAM_RESULTS 32

/* What a result of a module does to the stack; a positive number skips so many modules. */
enum pam_action {
	PAM_DO_IGNORE = 0,
	PAM_DO_OK = -1,
	PAM_DO_DONE = -2,
	PAM_DO_BAD = -3,
	PAM_DO_DIE = -4,
	PAM_DO_RESET = -5,
};

enum pam_phase { PAM_PHASE_AUTH, PAM_PHASE_ACCOUNT, PAM_PHASE_PASSWORD, PAM_PHASE_SESSION };

#define PAM_PHASES 4

/* A line with a module; or, without one, the line at which a substack begins. */
struct pam_entry {
	unsigned level; /* of substacks */
	int actions[PAM_RESULTS];
	char control[64]; /* as it stands there, cut short */
	char text[PAM_LINE_MAX];
	const char *module; /* in ${text}; NULL: a substack */
	const char *arguments[PAM_ARGUMENTS_MOST];
	int argument_count;
	char file[PAM_PATH_MAX + 1];
	unsigned line;
};

/* One phase of a service. */
struct pam_stack {
	struct pam_entry *entries;
	size_t count;
	char *included; /* the files that it includes, each with its NUL; an empty one ends */
	size_t included_size;
	int error;                   /* errno of a file that is there and can't be read; else 0 */
	const char *problem;         /* the first mistake: a text for _(); else NULL */
	char file[PAM_PATH_MAX + 1]; /* where that is */
	unsigned line;
};

/*
 * pam_stack_read(directories, service, phase, stack):
 * Read one phase of ${service}, whose file is in the first of ${directories}, ended by NULL, that
 * has one. A line that libpam could not read is left out, with ${stack}->problem. Return false if
 * there is no such file, or, with ${stack}->error, it can't be read or memory ran out;
 * pam_stack_free is due in any case.
 */
bool pam_stack_read(const char *const *directories, const char *service, enum pam_phase phase,
		    struct pam_stack *stack);

/* pam_stack_free(stack): Release what pam_stack_read took. */
void pam_stack_free(struct pam_stack *stack);

/* pam_phase_name(phase): As it stands in the files. */
const char *pam_phase_name(enum pam_phase phase);

/* pam_module_is(entry, name): Whether the entry's module is ${name}, with or without a path. */
bool pam_module_is(const struct pam_entry *entry, const char *name);

/*
 * pam_line_read(entry, phase, word, arguments):
 * Take a line apart, whose text is in ${entry}->text: ${phase} becomes the phase's number, or
 * PAM_PHASES for a whole file, and ${included} the file of an @include, include or substack, else
 * NULL. Return NULL, or what is wrong, a text for _().
 */
enum pam_line { PAM_LINE_MODULE, PAM_LINE_INCLUDE, PAM_LINE_SUBSTACK, PAM_LINE_WRONG };
enum pam_line pam_line_read(struct pam_entry *entry, unsigned *phase, const char **problem);

#endif
