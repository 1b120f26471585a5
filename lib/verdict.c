/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The decision: values in, values out. What must hold, whoever calls and in whatever order:
 *
 * - Success only if every key that was asked for was right.
 * - P2, single use: a device's code is accepted only at or above its watermark, which then lies
 *   above it; a recovery code only if it is not spent, and then it is.
 * - P3, charged guesses: failures rise before a code is evaluated, and fall only with a success.
 * - While the user is locked nothing but a recovery code is accepted.
 */
#include "verdict.h"

static bool is_locked(const struct state *state, int64_t now)
{
	return now < state->locked_until;
}

/* max_failures guesses bring the first lock; each further one doubles it, up to a day. */
static int64_t lock_length(const struct limits *limits, uint32_t failures)
{
	int64_t length = limits->lock_time;

	for (uint32_t i = limits->max_failures; i < failures && length < LOCK_TIME_MAX; i++)
		length *= 2;
	return length < LOCK_TIME_MAX ? length : LOCK_TIME_MAX;
}

/* A clock that was set back must neither lengthen a lock nor end it. */
static void clamp_lock(struct state *state, int64_t now)
{
	int64_t length = state->locked_until - state->locked_since;

	if (length > LOCK_TIME_MAX)
		length = LOCK_TIME_MAX;
	if (now < state->locked_since)
		state->locked_since = now;
	if (state->locked_until > state->locked_since + length)
		state->locked_until = state->locked_since + length;
}

void verdict_charge(const struct limits *limits, const struct state *state, int64_t now,
		    enum answer_form form, struct charge *charge)
{
	charge->admission = ADMISSION_REFUSED;
	charge->state = *state;
	clamp_lock(&charge->state, now);
	if (is_locked(&charge->state, now) && form != ANSWER_RECOVERY)
		return;

	charge->admission = ADMISSION_GRANTED;
	if (charge->state.failures < UINT32_MAX)
		charge->state.failures++;
	if (charge->state.failures >= limits->max_failures) {
		charge->state.locked_since = now;
		charge->state.locked_until = now + lock_length(limits, charge->state.failures);
	}
}

/*
 * The usual drift moves a quarter of the way to each new observation, so that one code typed late
 * does not make the next one, typed at once, look early.
 */
static int32_t next_drift(int32_t drift, int64_t offset, unsigned period)
{
	int64_t most = (int64_t)period * DRIFT_STEPS_MAX;
	int64_t next = drift + (offset - drift) / 4;

	if (next > most)
		next = most;
	if (next < -most)
		next = -most;
	return (int32_t)next;
}

static enum reason spend_device(const struct record *record, const struct proof *proof, int64_t now,
				struct state *state)
{
	struct device_state *device = &state->devices[proof->index];

	if (proof->position < device->watermark || proof->position >= STATE_WATERMARK_MAX)
		return REASON_REPLAYED_CODE;
	device->watermark = proof->position + 1;
	device->last_used = now;
	if (record->devices[proof->index].type == OTP_TOTP)
		device->drift = next_drift(device->drift, proof->offset,
					   record->devices[proof->index].period);
	return REASON_CODE_ACCEPTED;
}

static enum reason spend_recovery(const struct proof *proof, struct state *state)
{
	uint16_t bit = (uint16_t)(1u << proof->index);

	if ((state->recovery_spent & bit) != 0)
		return REASON_RECOVERY_SPENT;
	state->recovery_spent = (uint16_t)(state->recovery_spent | bit);
	return REASON_RECOVERY_ACCEPTED;
}

static enum reason spend(const struct record *record, const struct proof *proof, int64_t now,
			 struct state *state)
{
	if (proof->kind == PROOF_DEVICE && proof->index < record->device_count)
		return spend_device(record, proof, now, state);
	if (proof->kind == PROOF_RECOVERY && proof->index < record->recovery_count)
		return spend_recovery(proof, state);
	return REASON_WRONG_CODE;
}

void verdict_reach(const struct record *record, const struct charge *charge, int64_t now,
		   enum password password, const struct proof *proof, struct verdict *verdict)
{
	struct state spent = charge->state;

	verdict->state = charge->state;
	if (charge->admission != ADMISSION_GRANTED) {
		verdict->reason = REASON_LOCKED;
		return;
	}
	if (password == PASSWORD_WRONG) {
		verdict->reason = REASON_WRONG_PASSWORD;
		return;
	}
	verdict->reason = spend(record, proof, now, &spent);
	if (verdict->reason != REASON_CODE_ACCEPTED && verdict->reason != REASON_RECOVERY_ACCEPTED)
		return;
	spent.earlier_failures = charge->state.failures - 1; /* but for this guess */
	spent.told = false;
	spent.failures = 0;
	spent.locked_since = 0;
	spent.locked_until = 0;
	spent.last_success = now;
	verdict->state = spent;
}

int64_t verdict_clock_behind(const struct record *record, const struct limits *limits,
			     const struct state *state, int64_t now)
{
	int64_t behind = 0;

	for (size_t i = 0; i < record->device_count; i++) {
		int64_t period = record->devices[i].period;
		int64_t latest, accepted;

		/* A watermark that no code of the device's set tells nothing of the clock. */
		if (record->devices[i].type != OTP_TOTP || state->devices[i].last_used == 0)
			continue;
		if (state->devices[i].watermark > (uint64_t)(STATE_TIME_MAX / period))
			continue;
		latest = now + state->devices[i].drift + (limits->window + 1) * period;
		accepted = ((int64_t)state->devices[i].watermark - 1) * period;
		if (accepted > latest && accepted - now > behind)
			behind = accepted - now;
	}
	return behind;
}
