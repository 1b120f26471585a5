/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HISTORY_H
#define TWOKEY_HISTORY_H

#include <stdint.h>

/* Attempts in one history. */
#define HISTORY_EVENTS 60

/*
 * history_live(draw, context):
 * Live one user's history - guesses, right codes of a TOTP and a HOTP device, replays, recovery
 * codes, sessions, unlocks, clocks that go both ways - of numbers that ${draw} gives, each below
 * its second argument, with verdict_charge and verdict_reach and the model side by side. Return
 * NULL, or the promise that was broken.
 */
const char *history_live(uint64_t (*draw)(void *context, uint64_t below), void *context);

#endif
