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

static bool step_was_used(const struct model *model, uint64_t step)
{
	for (size_t i = 0; i < model->step_count; i++) {
		if (model->steps_used[i] == step)
			return true;
	}
	return false;
}

static bool is_older_than_used(const struct model *model, uint64_t step)
{
	for (size_t i = 0; i < model->step_count; i++) {
		if (step < model->steps_used[i])
			return true;
	}
	return false;
}

static bool is_good(const struct model *model, const struct model_attempt *attempt)
{
	switch (attempt->key) {
	case MODEL_DEVICE_KEY:
		return !step_was_used(model, attempt->number) &&
		       !is_older_than_used(model, attempt->number);
	case MODEL_RECOVERY_KEY:
		return (model->recovery_used >> attempt->number & 1u) == 0;
	case MODEL_NO_KEY:
		break;
	}
	return false;
}

static void spend(struct model *model, const struct model_attempt *attempt)
{
	if (attempt->key == MODEL_DEVICE_KEY)
		model->steps_used[model->step_count++] = attempt->number;
	else
		model->recovery_used |= 1u << attempt->number;
	model->untold += model->evaluated - 1; /* but for this guess */
	model->evaluated = 0;
	model->lock_begin = 0;
	model->lock_length = 0;
}

static const char *compare(const struct model *model, const struct state *state)
{
	int64_t drift_most = STATE_DRIFT_MAX;

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
	for (size_t i = 0; i < model->step_count; i++) {
		if (state->devices[0].watermark <= model->steps_used[i])
			return "no step that was used is ever open again";
	}
	if (state->devices[0].drift > drift_most || state->devices[0].drift < -drift_most)
		return "no more than ten steps of drift are remembered";
	return NULL;
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
