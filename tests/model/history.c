/* SPDX-License-Identifier: BSD-2-Clause */
#include "history.h"

#include "model.h"

#define BEGINNING INT64_C(30000)

_Static_assert(HISTORY_EVENTS <= MODEL_ATTEMPTS_MAX, "the model can follow a whole history");

#define TOTP 0
#define HOTP 1

static const struct record record = {
	.device_count = MODEL_DEVICES_MAX,
	.devices = {[TOTP] = {.type = OTP_TOTP, .digits = 6, .period = 30},
		    [HOTP] = {.type = OTP_HOTP, .digits = 6}},
	.recovery_count = RECORD_RECOVERY_MAX,
};

struct source {
	uint64_t (*draw)(void *context, uint64_t below);
	void *context;
};

static uint64_t draw(const struct source *source, uint64_t below)
{
	return source->draw(source->context, below);
}

/* What the HOTP device shows, which goes on by itself: new or not, or one that it showed before. */
static uint64_t draw_counter(const struct source *source, uint64_t *shown)
{
	uint64_t back = draw(source, 3);

	*shown += draw(source, 3);
	return *shown > back ? *shown - back : 0;
}

static struct model_attempt draw_attempt(const struct source *source, int64_t now, uint64_t *shown)
{
	static const enum password passwords[] = {PASSWORD_RIGHT, PASSWORD_NOT_ASKED,
						  PASSWORD_WRONG};
	struct model_attempt attempt = {
		.now = now, .form = ANSWER_OTP, .password = passwords[draw(source, 3)]};

	switch (draw(source, 7)) {
	case 0: /* a right code, of about now */
	case 1:
		attempt.key = MODEL_DEVICE_KEY;
		attempt.device = TOTP;
		attempt.number = (uint64_t)now / record.devices[TOTP].period + draw(source, 3);
		break;
	case 2:
		attempt.form = ANSWER_RECOVERY;
		attempt.key = MODEL_RECOVERY_KEY;
		attempt.number = draw(source, RECORD_RECOVERY_MAX);
		break;
	case 3: /* a recovery code that is nobody's */
		attempt.form = ANSWER_RECOVERY;
		break;
	case 4:
	case 5:
		attempt.key = MODEL_DEVICE_KEY;
		attempt.device = HOTP;
		attempt.number = draw_counter(source, shown);
		break;
	default:
		break;
	}
	return attempt;
}

/* What a judge would have found. */
static struct proof proof_of(const struct model_attempt *attempt)
{
	int64_t period = record.devices[TOTP].period;
	struct proof proof = {.kind = PROOF_NONE};

	if (attempt->key == MODEL_RECOVERY_KEY)
		proof = (struct proof){.kind = PROOF_RECOVERY, .index = attempt->number};
	if (attempt->key == MODEL_DEVICE_KEY)
		proof = (struct proof){
			.kind = PROOF_DEVICE,
			.index = attempt->device,
			.position = attempt->number,
		};
	if (attempt->key == MODEL_DEVICE_KEY && attempt->device == TOTP)
		proof.offset = ((int64_t)attempt->number - attempt->now / period) * period;
	return proof;
}

/* Mostly on, sometimes back, seldom to anywhere up to far beyond 2^32. */
static int64_t draw_clock(const struct source *source, int64_t now)
{
	switch (draw(source, 16)) {
	case 0:
		return (int64_t)draw(source, UINT64_C(1) << 34);
	case 1:
	case 2:
		return now > 400 ? now - (int64_t)draw(source, 400) : BEGINNING;
	default:
		return now + (int64_t)draw(source, 90);
	}
}

/* Now and then a session tells, as the session phase marks it; seldom an administrator unlocks. */
static const char *live_between(const struct source *source, struct model *model,
				struct state *state)
{
	switch (draw(source, 16)) {
	case 0:
	case 1:
	case 2:
		state->told = true;
		return model_tell(model, state);
	case 3:
		verdict_unlock(state);
		return model_unlock(model, state);
	default:
		return NULL;
	}
}

const char *history_live(uint64_t (*drawer)(void *context, uint64_t below), void *context)
{
	const struct source source = {drawer, context};
	const struct limits limits = {.max_failures = 1 + (uint32_t)draw(&source, 6),
				      .lock_time = 1 + (int64_t)draw(&source, 300),
				      .window = 1};
	const char *broken = NULL;
	struct state state = {.failures = 0};
	/* A counter begins anywhere, such as where no code is taken any more soon. */
	uint64_t shown = draw(&source, 2) == 0 ? 0 : STATE_WATERMARK_MAX - draw(&source, 20);
	int64_t now = BEGINNING;
	struct model model;

	model_begin(&model, &limits);
	for (unsigned i = 0; i < HISTORY_EVENTS && broken == NULL; i++) {
		struct model_attempt attempt = draw_attempt(&source, now, &shown);
		struct proof proof = proof_of(&attempt);
		struct charge charge;
		struct verdict verdict;

		verdict_charge(&limits, &state, now, attempt.form, &charge);
		if (charge.admission == ADMISSION_GRANTED &&
		    charge.state.failures <= state.failures)
			return "a guess is counted before it is evaluated";
		verdict_reach(&record, &charge, now, attempt.password, &proof, &verdict);
		broken = model_live(&model, &attempt, reason_class(verdict.reason), &verdict.state);
		state = verdict.state;
		if (broken == NULL)
			broken = live_between(&source, &model, &state);
		now = draw_clock(&source, now);
	}
	return broken;
}
