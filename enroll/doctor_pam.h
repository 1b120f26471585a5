/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DOCTOR_PAM_H
#define TWOKEY_DOCTOR_PAM_H

#include <stdbool.h>
#include <stdint.h>

#include "doctor.h"
#include "pam_paths.h"
#include "pam_stack.h"
#include "policy.h"

/* Where libpam looks for stacks; NULL ends the list. */
extern const char *const doctor_pam_directories[];

/* More different findings than anybody would read. */
#define DOCTOR_SEEN_MOST 256

/* What was told of one service is not told again of the next that includes the same file. */
struct doctor_seen {
	uint64_t checksums[DOCTOR_SEEN_MOST];
	size_t count;
};

/* One service whose stack names the module. */
struct doctor_service {
	struct doctor *doctor;
	struct doctor_seen *seen;
	const char *name;
	struct pam_stack auth;
	struct pam_stack account;
	const struct pam_entry *entry; /* the module's first line in ${auth} */
	struct policy policy;          /* of that line */
	bool good;                     /* nothing but "ok" was told */
};

/*
 * doctor_service_tell(service, finding, check, entry, format, ...):
 * doctor_tell of a line, whose place comes before the text; the mend is to edit it.
 */
__attribute__((format(printf, 5, 6))) void
doctor_service_tell(struct doctor_service *service, enum finding finding, const char *check,
		    const struct pam_entry *entry, const char *format, ...);

/*
 * doctor_service_*(service): Checks of one service. The first returns false if an option is wrong,
 * in which case nobody gets in and the others have nothing to say.
 */
bool doctor_service_options(struct doctor_service *service);
void doctor_service_paths(struct doctor_service *service);
void doctor_service_account(struct doctor_service *service);
void doctor_service_modules(struct doctor_service *service);

/* doctor_pam_module(stack): The module's first line; NULL if it has none. */
const struct pam_entry *doctor_pam_module(const struct pam_stack *stack);

/* doctor_pam_asks(service): Whether the module stands in its auth phase. */
bool doctor_pam_asks(const char *service);

/* doctor_pam_has(service): Whether it has a stack of its own. */
bool doctor_pam_has(const char *service);

#endif
