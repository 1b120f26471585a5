/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_VERDICT_H
#define TWOKEY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "reason.h"
#include "record.h"
#include "state.h"

/* RFC 6238 section 6: how far a device's clock may be known to differ, in steps. */
#define DRIFT_STEPS_MAX 10

/* Seconds: no lock is longer than a day. */
#define LOCK_TIME_MAX 86400

/* The part of the policy that the decision depends on. */
struct limits {
	uint32_t max_failures; /* charged guesses before a lock, at least 1 */
	int64_t lock_time;     /* seconds of the first lock, 1 to LOCK_TIME_MAX */
	unsigned window;       /* steps accepted either side of now */
};

/* What the password check, which is the caller's, came to. */
enum password { PASSWORD_WRONG, PASSWORD_RIGHT, PASSWORD_NOT_ASKED };

/* Which of the user's keys a typed code was found to be of, if any. */
enum proof_kind { PROOF_NONE, PROOF_DEVICE, PROOF_RECOVERY };

/* What a judge found; it says nothing of whether the code is spent. */
struct proof {
	enum proof_kind kind;
	size_t index;      /* of the device or recovery code in the record */
	uint64_t position; /* PROOF_DEVICE: the step or counter that the code is of */
	int64_t offset;    /* PROOF_DEVICE, TOTP: seconds that the step is ahead of our clock */
};

/* Whether what was typed may count at all. */
enum admission { ADMISSION_REFUSED, ADMISSION_GRANTED };

/* The state to be on disk before a code is evaluated. */
struct charge {
	enum admission admission;
	struct state state;
};

/* The decision, and the state that goes with it. */
struct verdict {
	enum reason reason; /* its class is success or refusal, never error */
	struct state state;
};

/*
 * verdict_charge(limits, state, now, form, charge):
 * Count a guess before it is evaluated: one more failure, and the lock that goes with it. While the
 * user is locked only a recovery code is admitted; what is refused is not counted. A lock that
 * begins later than ${now}, seconds since 1970, is moved to begin now. Pure.
 */
void verdict_charge(const struct limits *limits, const struct state *state, int64_t now,
		    enum answer_form form, struct charge *charge);

/*
 * verdict_reach(record, charge, now, password, proof, verdict):
 * Decide about an attempt that was charged. Success if and only if the attempt was admitted, the
 * password is not wrong, and the proof is of a key that is not spent; it is spent then, and
 * failures and lock are cleared, with the failures remembered for the user to be told. A refusal
 * leaves the charged state as it is. Pure.
 */
void verdict_reach(const struct record *record, const struct charge *charge, int64_t now,
		   enum password password, const struct proof *proof, struct verdict *verdict);

/*
 * verdict_unlock(state):
 * End a lock and forget the failures, but for the user to be told of them. Pure.
 */
void verdict_unlock(struct state *state);

/*
 * verdict_clock_behind(record, limits, state, now):
 * The seconds by which the clock is behind the user's last accepted code, where no drift and no
 * window explains it; 0 if it is not. Pure.
 */
int64_t verdict_clock_behind(const struct record *record, const struct limits *limits,
			     const struct state *state, int64_t now);

#endif
