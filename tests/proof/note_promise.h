/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lib/login.c may change of a state that a verdict left. Eva proves it of lib/state.c, whose
 * loop WP would have to be told an invariant of; WP is given it, beside the verdict's contract.
 */
#ifndef PROOF_NOTE_PROMISE_H
#define PROOF_NOTE_PROMISE_H

#include "state.h"

/*@ requires \valid(state);
  assigns state->last_failure, state->last_origin[0 .. STATE_ORIGIN_MAX];
*/
void state_note_failure(struct state *state, int64_t now, const char *origin);

#endif
