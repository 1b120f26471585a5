/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P2, single use: what was spent stays so in a record that takes another's place and has a key or a
 * recovery code of it. Where it is not known what was used, all that may have been is spent.
 */
#include "spent.h"
#include "login.h"
#include "otp.h"
#include "recovery.h"
#include "verdict.h"

void spent_presume(const struct record *record, int64_t now, struct state *state)
{
	*state = (struct state){.recovery_spent = UINT16_MAX};
	for (size_t i = 0; i < record->device_count; i++) {
		const struct device *device = &record->devices[i];

		state->devices[i].watermark = device->type == OTP_TOTP
						      ? otp_step(device, now) + DRIFT_STEPS_MAX + 1
						      : STATE_WATERMARK_MAX;
	}
}

/* What of the present record counts as spent. */
static enum reason find_spent(const struct change *change, struct state *spent)
{
	int64_t now;

	*spent = change->state;
	if (change->damage != REASON_STATE_DAMAGED)
		return REASON_NONE;
	if (!login_clock(&now))
		return REASON_CLOCK_UNREADABLE;
	spent_presume(&change->record, now, spent);
	return REASON_NONE;
}

/* Digits may differ: a code of eight ends in that of six. */
static bool counts_alike(const struct device *one, const struct device *other)
{
	return one->type == other->type && one->period == other->period;
}

static enum reason carry_device(const struct record *old, const struct state *spent,
				const struct device *device, struct device_state *state)
{
	size_t holder = record_key_holder(old, device);
	const struct device_state *before;

	if (holder == old->device_count || !counts_alike(&old->devices[holder], device))
		return REASON_NONE;
	before = &spent->devices[holder];
	/* Whoever enrols a device that takes no code is to know. */
	if (device->type == OTP_HOTP && before->watermark == STATE_WATERMARK_MAX)
		return REASON_COUNTER_LOST;
	if (state->watermark < before->watermark)
		state->watermark = before->watermark;
	if (state->last_used < before->last_used)
		state->last_used = before->last_used;
	return REASON_NONE;
}

static enum reason carry_codes(const struct record *old, const struct state *spent,
			       const struct codes *codes, struct state *state)
{
	enum reason reason = REASON_NONE;

	for (size_t i = 0; i < codes->count && reason == REASON_NONE; i++) {
		size_t index;

		reason = recovery_find(old, codes->items[i], &index);
		if (index < old->recovery_count && ((unsigned)spent->recovery_spent >> index & 1u))
			state->recovery_spent = (uint16_t)(state->recovery_spent | 1u << i);
	}
	return reason;
}

enum reason spent_carry(const struct change *change, const struct record *record,
			const struct codes *codes, struct state *state)
{
	/* Nobody's, and a damaged one, have neither devices nor codes. */
	const struct record *old = &change->record;
	struct state spent;
	enum reason reason = find_spent(change, &spent);

	for (size_t i = 0; i < record->device_count && reason == REASON_NONE; i++)
		reason = carry_device(old, &spent, &record->devices[i], &state->devices[i]);
	if (reason != REASON_NONE || codes == NULL || old->recovery_count == 0)
		return reason;
	return carry_codes(old, &spent, codes, state);
}
