/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SPENT_H
#define TWOKEY_SPENT_H

#include <stdint.h>

#include "codes.h"
#include "reason.h"
#include "record.h"
#include "state.h"
#include "store_change.h"

/*
 * spent_presume(record, now, state):
 * Fill in the ${state} of a ${record} whose own can't be read: everything that may have been used
 * by ${now}, seconds since 1970, counts as spent.
 */
void spent_presume(const struct record *record, int64_t now, struct state *state);

/*
 * spent_carry(change, record, codes, state):
 * Keep spent in ${state}, which is to come with ${record} into the place of what ${change} found,
 * what was spent there: of each device by its key, and of ${codes}, which the recovery codes of
 * ${record} are made of, or NULL where they are drawn anew. What ${state} has spent beyond that
 * stays so, and of a damaged record nothing is known. Return REASON_NONE, REASON_COUNTER_LOST where
 * spent_presume left an HOTP device no code, REASON_HASH_FAILED or REASON_CLOCK_UNREADABLE.
 */
enum reason spent_carry(const struct change *change, const struct record *record,
			const struct codes *codes, struct state *state);

#endif
