/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "judge.h"
#include "otp.h"
#include "recovery.h"
#include "secret.h"

/* What every judge is asked. */
struct question {
	const struct record *record;
	const struct state *state;
	unsigned window;
	int64_t now;
	const struct answer *answer;
};

/* Positions of one device's key: steps or counters. */
struct range {
	uint64_t first;
	uint64_t count;
};

/* The range from ${before} below ${middle} to ${after} above it; nothing lies below 0. */
static struct range around(uint64_t middle, uint64_t before, uint64_t after)
{
	uint64_t first = middle > before ? middle - before : 0;

	return (struct range){first, middle - first + after + 1};
}

/* The step around which the device's codes are expected: now, moved by its usual drift. */
static uint64_t expected_step(const struct question *question, size_t index)
{
	const struct device *device = &question->record->devices[index];
	int64_t drift = question->state->devices[index].drift;
	int64_t period = device->period;
	int64_t steps = (drift + (drift < 0 ? -period : period) / 2) / period;
	int64_t step = (int64_t)otp_step(device, question->now) + steps;

	return step > 0 ? (uint64_t)step : 0;
}

static struct range acceptable(const struct question *question, size_t index)
{
	uint64_t watermark = question->state->devices[index].watermark;

	if (question->record->devices[index].type == OTP_TOTP)
		return around(expected_step(question, index), question->window, question->window);
	if (watermark > HOTP_COUNTER_MAX)
		return (struct range){0, 0};
	/* The counter before the watermark was used last: finding it tells a replay. */
	return around(watermark, 1, HOTP_LOOK_AHEAD);
}

/* What surrounds the acceptable range, for the log alone. */
static struct range surrounding(struct range acceptable, enum otp_type type)
{
	uint64_t last = acceptable.first + acceptable.count - 1;

	if (acceptable.count == 0)
		return acceptable;
	if (type == OTP_HOTP)
		return (struct range){last + 1, (uint64_t)2 * NEAR_MISS_STEPS};
	return around(last, acceptable.count - 1 + NEAR_MISS_STEPS, NEAR_MISS_STEPS);
}

static int64_t offset_seconds(const struct device *device, uint64_t position, int64_t now)
{
	return ((int64_t)position - (int64_t)otp_step(device, now)) * (int64_t)device->period;
}

/* Whether the answer is the device's code at ${position}; of other lengths it never is. */
static enum reason compare(const struct question *question, size_t index, uint64_t position,
			   bool *same)
{
	const struct device *device = &question->record->devices[index];
	char code[OTP_DIGITS_MAX + 1];

	if (!otp_code(device, position, code))
		return REASON_OTP_FAILED;
	*same = device->digits == question->answer->length &&
		secret_same(code, question->answer->text, device->digits);
	explicit_bzero(code, sizeof(code));
	return REASON_NONE;
}

static bool is_spent(const struct question *question, const struct proof *proof)
{
	return proof->position < question->state->devices[proof->index].watermark;
}

/*
 * The highest position that matches is taken, so that a code that two steps share is spent for
 * both; a code of another device that is not spent already stays.
 */
static enum reason search_device(const struct question *question, size_t index, struct proof *proof)
{
	const struct device *device = &question->record->devices[index];
	struct range range = acceptable(question, index);
	struct proof found = *proof;
	bool settled = proof->kind == PROOF_DEVICE && !is_spent(question, proof);

	for (uint64_t i = 0; i < range.count; i++) {
		uint64_t position = range.first + i;
		enum reason reason;
		bool same;

		reason = compare(question, index, position, &same);
		if (reason != REASON_NONE)
			return reason;
		if (same)
			found = (struct proof){
				.kind = PROOF_DEVICE, .index = index, .position = position};
	}
	if (!settled)
		*proof = found;
	if (proof->kind == PROOF_DEVICE && proof->index == index && device->type == OTP_TOTP)
		proof->offset = offset_seconds(device, proof->position, question->now);
	return REASON_NONE;
}

static enum reason search_near(const struct question *question, size_t index,
			       struct near_miss *near_miss)
{
	const struct device *device = &question->record->devices[index];
	struct range inner = acceptable(question, index);
	struct range outer = surrounding(inner, device->type);

	for (uint64_t i = 0; i < outer.count; i++) {
		uint64_t position = outer.first + i;
		enum reason reason;
		bool same;

		if (position - inner.first < inner.count)
			continue;
		reason = compare(question, index, position, &same);
		if (reason != REASON_NONE)
			return reason;
		if (!same)
			continue;
		near_miss->device = index;
		near_miss->kind = device->type == OTP_TOTP ? NEAR_MISS_CLOCK : NEAR_MISS_COUNTER;
		near_miss->distance =
			device->type == OTP_TOTP
				? offset_seconds(device, position, question->now)
				: (int64_t)(position - question->state->devices[index].watermark);
	}
	return REASON_NONE;
}

static enum reason judge_recovery(const struct question *question, struct proof *proof,
				  struct near_miss *near_miss)
{
	size_t index;
	enum reason reason = recovery_find(question->record, question->answer->text, &index);

	(void)near_miss;
	if (reason == REASON_NONE && proof->kind == PROOF_NONE &&
	    index < question->record->recovery_count)
		*proof = (struct proof){.kind = PROOF_RECOVERY, .index = index};
	return reason;
}

static enum reason judge_otp(const struct question *question, struct proof *proof,
			     struct near_miss *near_miss)
{
	size_t count = question->record->device_count;
	enum reason reason = REASON_NONE;

	for (size_t i = 0; i < count && reason == REASON_NONE; i++)
		reason = search_device(question, i, proof);
	/*
	 * For any record, so that no time tells whose codes were imported, and for a right code,
	 * so that none tells that it was right where it is refused (P1).
	 */
	if (reason == REASON_NONE && question->answer->maybe_imported)
		reason = judge_recovery(question, proof, near_miss);
	/* Who goes on guessing is not worth more work than who types a right code. */
	if (proof->kind != PROOF_NONE || question->state->failures > NEAR_MISS_FAILURES)
		return reason;
	for (size_t i = 0; i < count && reason == REASON_NONE; i++)
		reason = search_near(question, i, near_miss);
	return reason;
}

static enum reason (*const judges[])(const struct question *question, struct proof *proof,
				     struct near_miss *near_miss) = {
	[ANSWER_MALFORMED] = judge_otp, /* it is no code, and takes the time of one that is wrong */
	[ANSWER_OTP] = judge_otp,
	[ANSWER_RECOVERY] = judge_recovery,
};

enum reason judge(const struct record *record, const struct state *state, unsigned window,
		  int64_t now, const struct answer *answer, struct proof *proof,
		  struct near_miss *near_miss)
{
	struct question question = {record, state, window, now, answer};
	enum reason reason;

	*proof = (struct proof){.kind = PROOF_NONE};
	*near_miss = (struct near_miss){.kind = NEAR_MISS_NONE};
	reason = judges[answer->form](&question, proof, near_miss);
	if (reason != REASON_NONE)
		*proof = (struct proof){.kind = PROOF_NONE};
	return reason;
}
