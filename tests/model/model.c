/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <stdbool.h>
#include <string.h>

void model_begin(struct model *model, const struct limits *limits)
{
	memset(model, 0, sizeof(*model));
	model->limits = *limits;
}

/* A clock that was set back begins the lock anew, as long as it was. */
static bool is_locked(struct model *model, int64_t now)
{
	if (now < model->lock_begin)
		model->lock_begin = now;
	return now - model->lock_begin < model->lock_length;
}

static void count_guess(struct model *model, int64_t now)
{
	model->evaluated++;
	if (model->evaluated < model->limits.max_failures)
		return;
	model->lock_begin = now;
	model->lock_length = model->limits.lock_time;
	for (uint32_t i = model->limits.max_failures; i < model->evaluated; i++)
		model->lock_length *= model->lock_length < LOCK_TIME_MAX ? 2 : 1;
	if (model->lock_length > LOCK_TIME_MAX)
		model->lock_length = LOCK_TIME_MAX;
}

static bool is_used_or_older(const struct model_device *device, uint64_t number)
{
	for (size_t i = 0; i < device->count; i++) {
		if (number <= device->used[i])
			return true;
	}
	return false;
}

static bool is_good(const struct model *model, const struct model_attempt *attempt)
{
	switch (attempt->key) {
	case MODEL_DEVICE_KEY:
		return attempt->number < STATE_WATERMARK_MAX &&
		       !is_used_or_older(&model->devices[attempt->device], attempt->number);
	case MODEL_RECOVERY_KEY:
		return (model->recovery_used >> attempt->number & 1u) == 0;
	case MODEL_NO_KEY:
		break;
	}
	return false;
}

static void spend(struct model *model, const struct model_attempt *attempt)
{
	struct model_device *device = &model->devices[attempt->device];

	if (attempt->key == MODEL_DEVICE_KEY)
		device->used[device->count++] = attempt->number;
	else
		model->recovery_used |= 1u << attempt->number;
	model->untold += model->evaluated - 1; /* but for this guess */
	model->evaluated = 0;
	model->lock_begin = 0;
	model->lock_length = 0;
}

static const char *compare_device(const struct model_device *device,
				  const struct device_state *state)
{
	for (size_t i = 0; i < device->count; i++) {
		if (state->watermark <= device->used[i])
			return "no step or counter that was used is ever open again";
	}
	if (state->watermark > STATE_WATERMARK_MAX)
		return "a watermark fits a slot";
	if (state->drift > STATE_DRIFT_MAX || state->drift < -STATE_DRIFT_MAX)
		return "no more than ten steps of drift are remembered";
	return NULL;
}

static const char *compare(const struct model *model, const struct state *state)
{
	const char *broken = NULL;

	if (state->failures != model->evaluated)
		return "every guess that was evaluated since the last success is counted, once";
	if ((state->told ? 0 : state->earlier_failures) != model->untold)
		return "wrong guesses are remembered until a session has told the user of them";
	if (state->locked_until !=
	    (model->lock_length > 0 ? model->lock_begin + model->lock_length : 0))
		return "max_failures guesses bring a lock, each further one doubles it, up to a "
		       "day";
	if (state->recovery_spent != model->recovery_used)
		return "a recovery code is spent when it was used, and only then";
	for (size_t i = 0; i < MODEL_DEVICES_MAX && broken == NULL; i++)
		broken = compare_device(&model->devices[i], &state->devices[i]);
	return broken;
}

const char *model_live(struct model *model, const struct model_attempt *attempt,
		       enum reason_class class, const struct state *state)
{
	bool admitted = !is_locked(model, attempt->now) || attempt->form == ANSWER_RECOVERY;
	bool expected = admitted && attempt->password != PASSWORD_WRONG && is_good(model, attempt);

	if (class == CLASS_ERROR)
		return "nothing went wrong, so there is a verdict";
	if (class == CLASS_SUCCESS && !expected)
		return "success only with every key that was asked for, unspent, while not locked";
	if (class == CLASS_REFUSED && expected)
		return "nobody who has the keys is locked out for nothing";
	if (admitted)
		count_guess(model, attempt->now);
	if (expected)
		spend(model, attempt);
	return compare(model, state);
}

const char *model_unlock(struct model *model, const struct state *state)
{
	model->untold += model->evaluated;
	model->evaluated = 0;
	model->lock_begin = 0;
	model->lock_length = 0;
	return compare(model, state);
}

const char *model_tell(struct model *model, const struct state *state)
{
	model->untold = 0;
	return compare(model, state);
}
