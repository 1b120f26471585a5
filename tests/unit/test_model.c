/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thousands of random histories of one user - guesses, right codes, replays, recovery codes, clocks
 * that go both ways - against a model that knows nothing of how the verdict is reached.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "verdict.h"

#define HISTORIES 3000
#define EVENTS    60
#define STEPS_MAX 2000

/* What the promises say, with sets and counters instead of watermarks and locks. */
struct model {
	bool step_used[STEPS_MAX];
	uint64_t newest_used;
	bool any_used;
	bool recovery_used[RECORD_RECOVERY_MAX];
	unsigned evaluated; /* guesses since the last success */
};

static const struct record record = {
	.device_count = 1,
	.devices = {{.type = OTP_TOTP, .digits = 6, .period = 30}},
	.recovery_count = RECORD_RECOVERY_MAX,
};

/* xorshift64: the same histories on every machine. */
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % below;
}

struct event {
	enum answer_form form;
	enum password password;
	struct proof proof;
};

static struct event draw_event(uint64_t step)
{
	static const enum password passwords[] = {PASSWORD_RIGHT, PASSWORD_NOT_ASKED,
						  PASSWORD_WRONG};
	struct event event = {.form = ANSWER_OTP, .password = passwords[draw(3)]};

	switch (draw(4)) {
	case 0: /* a right code, of about now */
	case 1:
		event.proof = (struct proof){.kind = PROOF_DEVICE, .position = step + draw(3)};
		break;
	case 2:
		event.form = ANSWER_RECOVERY;
		if (draw(2) == 0)
			event.proof = (struct proof){.kind = PROOF_RECOVERY,
						     .index = draw(RECORD_RECOVERY_MAX)};
		break;
	default:
		break;
	}
	return event;
}

static void check_success(struct model *model, const struct event *event, bool locked,
			  const struct verdict *verdict)
{
	assert_int_not_equal(event->password, PASSWORD_WRONG);
	assert_int_not_equal(event->proof.kind, PROOF_NONE);
	if (event->proof.kind == PROOF_DEVICE) {
		assert_false(locked);
		assert_false(model->step_used[event->proof.position]);
		assert_true(!model->any_used || event->proof.position > model->newest_used);
		model->step_used[event->proof.position] = true;
		model->newest_used = event->proof.position;
		model->any_used = true;
	} else {
		assert_false(model->recovery_used[event->proof.index]);
		model->recovery_used[event->proof.index] = true;
	}
	assert_int_equal(verdict->state.failures, 0);
	model->evaluated = 0;
}

/* A refusal must have a cause that the model knows: nobody is locked out for nothing. */
static void check_refusal(const struct model *model, const struct event *event, bool locked)
{
	bool used = event->proof.kind == PROOF_RECOVERY
			    ? model->recovery_used[event->proof.index]
			    : model->any_used && event->proof.position <= model->newest_used;

	assert_true(event->password == PASSWORD_WRONG || event->proof.kind == PROOF_NONE || used ||
		    (locked && event->form == ANSWER_OTP));
}

static void live_one(const struct limits *limits)
{
	struct model model = {.evaluated = 0};
	struct state state = {.failures = 0};
	int64_t now = 30000;

	for (unsigned i = 0; i < EVENTS; i++) {
		struct event event = draw_event((uint64_t)(now / 30));
		struct charge charge;
		struct verdict verdict;
		bool locked;

		verdict_charge(limits, &state, now, event.form, &charge);
		locked = charge.admission == ADMISSION_REFUSED ||
			 (event.form == ANSWER_RECOVERY && now < state.locked_until);
		if (charge.admission == ADMISSION_GRANTED) {
			model.evaluated++;
			assert_true(charge.state.failures > state.failures);
			/* Once the guesses are used up each further one brings a new lock. */
			assert_true(model.evaluated < limits->max_failures ||
				    charge.state.locked_until > now);
		}
		verdict_reach(&record, &charge, now, event.password, &event.proof, &verdict);
		if (reason_class(verdict.reason) == CLASS_SUCCESS)
			check_success(&model, &event, locked, &verdict);
		else
			check_refusal(&model, &event, locked);
		assert_true(verdict.state.devices[0].watermark >= state.devices[0].watermark);
		assert_true(verdict.state.locked_until <= now + LOCK_TIME_MAX);
		state = verdict.state;
		now += draw(5) == 0 ? -(int64_t)draw(400) : (int64_t)draw(90);
		if (now < 0 || now > (STEPS_MAX - 10) * 30)
			now = 30000;
	}
}

static void test_histories(void **state)
{
	(void)state;
	random_state = UINT64_C(88172645463325252);
	for (unsigned i = 0; i < HISTORIES; i++) {
		const struct limits limits = {.max_failures = 1 + (uint32_t)draw(6),
					      .lock_time = 1 + (int64_t)draw(300),
					      .window = 1};

		live_one(&limits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_histories)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
