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

/* max_failures guesses bring the first lock; each further one doubles it, up to a day. */
static int64_t lock_length(const struct limits *limits, uint32_t failures)
{
	int64_t length = limits->lock_time;

	/*@ loop invariant length == doubled(limits->lock_time, i - limits->max_failures);
	  loop invariant limits->lock_time <= length <= 2 * LOCK_TIME_MAX;
	  loop invariant limits->max_failures <= i <= \max(failures, limits->max_failures);
	  loop assigns i, length;
	  loop variant failures - i; */
	for (uint32_t i = limits->max_failures; i < failures && length < LOCK_TIME_MAX; i++)
		length *= 2;
	return length < LOCK_TIME_MAX ? length : LOCK_TIME_MAX;
}

/* A clock that was set back must neither lengthen a lock nor end it. */
static struct state with_lock_clamped(struct state state, int64_t now)
{
	int64_t length = state.locked_until - state.locked_since;

	if (length < 0)
		length = 0;
	if (length > LOCK_TIME_MAX)
		length = LOCK_TIME_MAX;
	if (now < state.locked_since)
		state.locked_since = now;
	if (state.locked_until > state.locked_since + length)
		state.locked_until = state.locked_since + length;
	return state;
}

static struct state with_guess_counted(struct state state, const struct limits *limits, int64_t now)
{
	if (state.failures < UINT32_MAX)
		state.failures++;
	if (state.failures >= limits->max_failures) {
		state.locked_since = now;
		state.locked_until = now + lock_length(limits, state.failures);
	}
	return state;
}

static struct charge admit(const struct limits *limits, struct state state, int64_t now,
			   enum answer_form form)
{
	struct state clamped = with_lock_clamped(state, now);

	if (now < clamped.locked_until && form != ANSWER_RECOVERY)
		return (struct charge){ADMISSION_REFUSED, clamped};
	return (struct charge){ADMISSION_GRANTED, with_guess_counted(clamped, limits, now)};
}

void verdict_charge(const struct limits *limits, const struct state *state, int64_t now,
		    enum answer_form form, struct charge *charge)
{
	*charge = admit(limits, *state, now, form);
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

static struct verdict spend_device(const struct record *record, const struct proof *proof,
				   int64_t now, struct state state)
{
	const struct device *device = &record->devices[proof->index];
	struct device_state used = state.devices[proof->index];

	if (proof->position < used.watermark || proof->position >= STATE_WATERMARK_MAX)
		return (struct verdict){REASON_REPLAYED_CODE, state};
	used.watermark = proof->position + 1;
	used.last_used = now;
	if (device->type == OTP_TOTP)
		used.drift = next_drift(used.drift, proof->offset, device->period);
	state.devices[proof->index] = used;
	return (struct verdict){REASON_CODE_ACCEPTED, state};
}

static struct verdict spend_recovery(const struct proof *proof, struct state state)
{
	unsigned bit = 1u << proof->index;

	if ((state.recovery_spent & bit) != 0)
		return (struct verdict){REASON_RECOVERY_SPENT, state};
	state.recovery_spent = (uint16_t)(state.recovery_spent | bit);
	return (struct verdict){REASON_RECOVERY_ACCEPTED, state};
}

static struct verdict spend(const struct record *record, const struct proof *proof, int64_t now,
			    struct state state)
{
	if (proof->kind == PROOF_DEVICE && proof->index < record->device_count)
		return spend_device(record, proof, now, state);
	if (proof->kind == PROOF_RECOVERY && proof->index < record->recovery_count)
		return spend_recovery(proof, state);
	return (struct verdict){REASON_WRONG_CODE, state};
}

/*
 * The failures are no more, but for their user to be told. Those that no session has told yet are
 * kept: sudo may come before the next login that tells.
 */
static struct state with_failures_cleared(struct state state, uint32_t wrong)
{
	uint32_t untold = state.told ? 0 : state.earlier_failures;

	state.earlier_failures = wrong < UINT32_MAX - untold ? untold + wrong : UINT32_MAX;
	state.told = false;
	state.failures = 0;
	state.locked_since = 0;
	state.locked_until = 0;
	return state;
}

/* One guess was this one. */
static struct state with_success(struct state state, int64_t now)
{
	state = with_failures_cleared(state, state.failures - 1);
	state.last_success = now;
	return state;
}

void verdict_unlock(struct state *state)
{
	*state = with_failures_cleared(*state, state->failures);
}

static struct verdict weigh(const struct record *record, struct charge charge, int64_t now,
			    enum password password, const struct proof *proof)
{
	struct verdict verdict;

	if (charge.admission != ADMISSION_GRANTED)
		return (struct verdict){REASON_LOCKED, charge.state};
	if (password == PASSWORD_WRONG)
		return (struct verdict){REASON_WRONG_PASSWORD, charge.state};
	verdict = spend(record, proof, now, charge.state);
	if (verdict.reason == REASON_CODE_ACCEPTED || verdict.reason == REASON_RECOVERY_ACCEPTED)
		verdict.state = with_success(verdict.state, now);
	return verdict;
}

void verdict_reach(const struct record *record, const struct charge *charge, int64_t now,
		   enum password password, const struct proof *proof, struct verdict *verdict)
{
	*verdict = weigh(record, *charge, now, password, proof);
}

int64_t verdict_clock_behind(const struct record *record, const struct limits *limits,
			     const struct state *state, int64_t now)
{
	int64_t behind = 0;

	/*@ loop invariant 0 <= behind <= STATE_TIME_MAX && i <= record->device_count;
	  loop assigns i, behind;
	  loop variant record->device_count - i; */
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
