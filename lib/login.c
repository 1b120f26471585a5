/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of an attempt, in one straight line: begin (lock and read), charge, judge, decide,
 * commit, end. P3, charged guesses: nothing is evaluated before it is counted. P2, single use:
 * nobody learns a verdict before it is durable. P5, fails closed: an error on the way is how the
 * attempt ends.
 */
#include <string.h>
#include <time.h>

#include "login.h"
#include "recovery.h"

/* Replacing a record takes a moment; nobody replaces one this often in five seconds. */
#define CONFLICTS_MAX 8

bool login_clock(int64_t *now)
{
	struct timespec time;

	if (clock_gettime(CLOCK_REALTIME, &time) != 0)
		return false;
	*now = time.tv_sec;
	return *now >= 0 && *now <= STATE_TIME_MAX - LOCK_TIME_MAX;
}

/* What the log tells beside the reason. */
static void describe(const struct transaction *transaction, const struct proof *proof,
		     const struct verdict *verdict, int64_t now, struct login *login)
{
	const struct record *record = &transaction->record;

	login->failures = verdict->state.failures;
	if (proof->kind == PROOF_DEVICE)
		memcpy(login->device, record->devices[proof->index].name, sizeof(login->device));
	else if (login->near_miss.kind != NEAR_MISS_NONE)
		memcpy(login->device, record->devices[login->near_miss.device].name,
		       sizeof(login->device));
	if (verdict->reason == REASON_RECOVERY_ACCEPTED)
		login->recovery_left = recovery_left(record, &verdict->state);
	if (verdict->reason == REASON_LOCKED)
		login->locked_seconds = verdict->state.locked_until - now;
}

/* A wrong code is told more exactly where that helps to find out why. */
static enum reason refine(enum reason reason, const struct answer *answer, int64_t clock_behind)
{
	if (reason == REASON_WRONG_CODE && answer->form == ANSWER_MALFORMED)
		return REASON_MALFORMED_CODE;
	if ((reason == REASON_WRONG_CODE || reason == REASON_REPLAYED_CODE) && clock_behind > 0)
		return REASON_CLOCK_BEHIND;
	return reason;
}

/*
 * While the user is locked a code is judged and forgotten: a refusal must take its time, and the
 * truth of a code that was not charged must have no effect whatsoever.
 */
static void forget(struct proof *proof, struct near_miss *near_miss)
{
	*proof = (struct proof){.kind = PROOF_NONE};
	*near_miss = (struct near_miss){.kind = NEAR_MISS_NONE};
}

static enum reason decide(struct transaction *transaction, const struct limits *limits,
			  const struct guess *guess, enum password password, struct login *login)
{
	const struct record *record = &transaction->record;
	struct charge charge;
	struct proof proof;
	struct verdict verdict;
	enum reason reason;
	int64_t now;

	if (!login_clock(&now))
		return REASON_CLOCK_UNREADABLE;
	verdict_charge(limits, &transaction->state, now, guess->answer->form, &charge);
	reason = store_charge(transaction, &charge.state);
	if (reason != REASON_NONE)
		return reason;
	reason = judge(record, &charge.state, limits->window, now, guess->answer, &proof,
		       &login->near_miss);
	if (reason != REASON_NONE)
		return reason;
	if (charge.admission == ADMISSION_REFUSED)
		forget(&proof, &login->near_miss);
	verdict_reach(record, &charge, now, password, &proof, &verdict);
	if (charge.admission == ADMISSION_GRANTED && reason_class(verdict.reason) != CLASS_SUCCESS)
		state_note_failure(&verdict.state, now, guess->origin);
	reason = store_commit(transaction, &verdict.state);
	if (reason != REASON_NONE)
		return reason;
	login->clock_behind = verdict_clock_behind(record, limits, &charge.state, now);
	login->reason = refine(verdict.reason, guess->answer, login->clock_behind);
	describe(transaction, &proof, &verdict, now, login);
	return REASON_NONE;
}

static enum reason attempt_once(struct store *store, const struct limits *limits,
				const struct guess *guess, int64_t deadline, struct login *login)
{
	enum subject subject = guess->password == PASSWORD_WRONG ? SUBJECT_DECOY : SUBJECT_USER;
	enum password password = guess->password;
	struct transaction transaction;
	bool enrolled;
	enum reason reason = store_begin(store, guess->user, subject, deadline, &transaction);

	*login = (struct login){.reason = REASON_NONE};
	/* Nobody gets in by a decoy's code, whatever was typed. */
	if (transaction.subject == SUBJECT_DECOY)
		password = PASSWORD_WRONG;
	if (reason == REASON_NONE)
		reason = decide(&transaction, limits, guess, password, login);
	enrolled = transaction.enrolled;
	store_end(&transaction);
	if (transaction.subject == SUBJECT_DECOY && reason == REASON_NONE)
		*login = (struct login){.reason = subject == SUBJECT_DECOY ? REASON_WRONG_PASSWORD
									   : REASON_UNENROLLED};
	login->enrolled = enrolled;
	return reason;
}

void login_attempt(struct store *store, const struct limits *limits, const struct guess *guess,
		   struct login *login)
{
	int64_t deadline = store_deadline();
	enum reason reason = REASON_STORE_CONFLICT;

	for (unsigned i = 0; i < CONFLICTS_MAX && reason == REASON_STORE_CONFLICT; i++)
		reason = attempt_once(store, limits, guess, deadline, login);
	if (reason != REASON_NONE)
		login->reason = reason;
}

enum reason login_unenrolled(const struct policy *policy)
{
	int64_t now;

	if (!login_clock(&now))
		return REASON_UNENROLLED;
	switch (policy_unenrolled(policy, now)) {
	case UNENROLLED_ALLOW:
		return REASON_UNENROLLED_ALLOWED;
	case UNENROLLED_ENROL:
		return REASON_ENROLMENT_DUE;
	case UNENROLLED_DENY:
		break;
	}
	return REASON_UNENROLLED;
}

void login_decide(struct store *store, const struct policy *policy,
		  const struct credentials *credentials, struct login *login)
{
	struct answer answer;
	const struct guess guess = {
		.user = credentials->user,
		.password = credentials->password,
		.answer = &answer,
		.origin = credentials->origin,
	};

	answer_read(credentials->code, &answer);
	answer.maybe_imported = answer.maybe_imported || credentials->maybe_imported;
	login_attempt(store, &policy->limits, &guess, login);
	explicit_bzero(&answer, sizeof(answer));
	if (login->reason == REASON_WRONG_PASSWORD)
		login->reason = credentials->refusal;
	if (login->reason == REASON_UNENROLLED)
		login->reason = login_unenrolled(policy);
}
