/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ENROLMENT_H
#define TWOKEY_ENROLMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "codes.h"
#include "judge.h"
#include "reason.h"
#include "record.h"
#include "site.h"
#include "store.h"

/* What to do with the record that a user may have. */
enum enrolment_mode { ENROLMENT_NEW, ENROLMENT_IF_MISSING, ENROLMENT_ADD, ENROLMENT_REPLACE };

/* What meets the mode in the store. */
enum enrolment_standing {
	ENROLMENT_WELCOME,
	ENROLMENT_EXISTS,        /* the user is enrolled, and the mode wants nobody who is */
	ENROLMENT_MISSING,       /* the user is not enrolled, and a device can't be added */
	ENROLMENT_DEVICE_EXISTS, /* a device of this name is there already */
	ENROLMENT_KEY_EXISTS,    /* a device has this key already: key_holder */
	ENROLMENT_TOO_MANY,      /* there are RECORD_DEVICES_MAX devices */
};

/* One new device of one user, from its options to the store. Holds secrets: its owner wipes it. */
struct enrolment {
	enum enrolment_mode mode;
	struct device device;
	struct device_state state; /* where its codes begin */
	struct codes codes;        /* drawn by enrolment_complete, but for ENROLMENT_ADD */
	char key_holder[DEVICE_NAME_MAX + 1];
};

/*
 * enrolment_defaults(enrolment, site):
 * A TOTP device, and as many recovery codes, as ${site} has them.
 */
void enrolment_defaults(struct enrolment *enrolment, const struct site *site);

/*
 * enrolment_complete(enrolment, user):
 * Fill in what no option gave: a random key of 160 bits (RFC 4226 section 4, R6), the issuer from
 * the host's name, the label from ${user}, the recovery codes. Return REASON_NONE or
 * REASON_RANDOM_FAILED.
 */
enum reason enrolment_complete(struct enrolment *enrolment, const char *user);

/*
 * enrolment_confirm(enrolment, typed, near_miss):
 * Whether ${typed} is a code of the new device now. It is spent then, so that it is no login's code
 * any more. A wrong code that is nearly right is told in ${near_miss}.
 */
enum reason enrolment_confirm(struct enrolment *enrolment, const char *typed,
			      struct near_miss *near_miss);

/*
 * enrolment_look(enrolment, store, user, standing):
 * What the store says to the enrolment before anything is shown; a device that is to replace one
 * with its key goes on where that was. Return REASON_NONE, or why the store can't tell, or
 * REASON_COUNTER_LOST.
 */
enum reason enrolment_look(struct enrolment *enrolment, struct store *store, const char *user,
			   enum enrolment_standing *standing);

/*
 * enrolment_write(enrolment, store, user, standing):
 * Look again, now under the lock, and if the user is welcome write the record, with the hashes of
 * the recovery codes. Return REASON_NONE with what was found in ${standing}, or why the
 * record could not be written.
 */
enum reason enrolment_write(struct enrolment *enrolment, struct store *store, const char *user,
			    enum enrolment_standing *standing);

#endif
