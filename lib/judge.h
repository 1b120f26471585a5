/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_JUDGE_H
#define TWOKEY_JUDGE_H

#include <stdint.h>

#include "answer.h"
#include "reason.h"
#include "record.h"
#include "state.h"
#include "verdict.h"

/* HOTP, RFC 4226 section 7.2: counters accepted ahead, for buttons pressed without a login. */
#define HOTP_LOOK_AHEAD 10

/* A counter that is never reached by use: a device at or above it takes no code any more. */
#define HOTP_COUNTER_MAX UINT32_MAX

/* A wrong code is looked up this many steps beyond the window on either side, for the log. */
#define NEAR_MISS_STEPS 5

/* Only the first wrong code since a success is: each step takes as long as one of the window. */
#define NEAR_MISS_FAILURES 1

/* What a wrong code tells of the clocks. */
struct near_miss {
	enum { NEAR_MISS_NONE, NEAR_MISS_CLOCK, NEAR_MISS_COUNTER } kind;
	size_t device;
	int64_t distance; /* seconds (ahead is positive) or counters */
};

/*
 * judge(record, state, window, now, answer, proof, near_miss):
 * Find which of the user's keys ${answer} is of: the device whose code it is at a step or counter
 * around ${now}, seconds since 1970, or the recovery code. A key that is not spent goes before one
 * that is. All codes are compared in constant time. What is found is for verdict_reach to weigh.
 * Return REASON_NONE, or REASON_OTP_FAILED or REASON_HASH_FAILED with no proof.
 *
 * To take another kind of answer, add a form to answer.h and a judge of it to the table in judge.c.
 */
enum reason judge(const struct record *record, const struct state *state, unsigned window,
		  int64_t now, const struct answer *answer, struct proof *proof,
		  struct near_miss *near_miss);

#endif
