/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_LOGIN_H
#define TWOKEY_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "judge.h"
#include "policy.h"
#include "reason.h"
#include "store.h"
#include "verdict.h"

/* How an attempt ended, for one log line; it holds no secret. */
struct login {
	enum reason reason;
	bool enrolled;
	char device[DEVICE_NAME_MAX + 1]; /* whose code was accepted or nearly was; else empty */
	unsigned recovery_left;           /* REASON_RECOVERY_ACCEPTED: codes that are not spent */
	uint32_t failures;                /* charged guesses since the last success */
	int64_t locked_seconds;           /* REASON_LOCKED: until the lock ends */
	int64_t clock_behind;             /* REASON_CLOCK_BEHIND: seconds */
	struct near_miss near_miss;       /* REASON_WRONG_CODE */
};

/* What is tried. */
struct guess {
	const char *user;
	enum password password;
	const struct answer *answer;
	const char *origin; /* the host or terminal it comes from, for the user to be told */
};

/*
 * login_attempt(store, limits, guess, login):
 * The one sequence that accepts a code: lock, charge, judge, decide, commit, unlock. With a wrong
 * password, or for a user who is not enrolled, the same is done to a decoy and the attempt is
 * refused. ${login} tells how it ended; success only once it is durable that the code is spent.
 */
void login_attempt(struct store *store, const struct limits *limits, const struct guess *guess,
		   struct login *login);

/* What a user typed, with what became of the password, whoever verified it. */
struct credentials {
	const char *user;
	enum password password;
	enum reason refusal; /* PASSWORD_WRONG: why it is */
	const char *code;
	bool maybe_imported; /* answer_maybe_imported, where both were typed in one */
	const char *origin;  /* as in struct guess */
};

/*
 * login_decide(store, policy, credentials, login):
 * login_attempt, with the site's word on users who have no record, and the password's refusal told
 * by its own reason.
 */
void login_decide(struct store *store, const struct policy *policy,
		  const struct credentials *credentials, struct login *login);

/*
 * login_unenrolled(policy):
 * What becomes now of a user without a record whose password is right: REASON_UNENROLLED,
 * REASON_UNENROLLED_ALLOWED, or REASON_ENROLMENT_DUE.
 */
enum reason login_unenrolled(const struct policy *policy);

/*
 * login_clock(now):
 * Seconds since 1970. Return false if the clock can't be read or shows a time that a state can't
 * hold.
 */
bool login_clock(int64_t *now);

#endif
