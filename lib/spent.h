/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SPENT_H
#define TWOKEY_SPENT_H

#include <stdint.h>

#include "record.h"
#include "state.h"

/*
 * spent_presume(record, now, state):
 * Fill in the ${state} of a ${record} whose own can't be read: everything that may have been used
 * by ${now}, seconds since 1970, counts as spent.
 */
void spent_presume(const struct record *record, int64_t now, struct state *state);

#endif
