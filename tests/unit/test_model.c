/* SPDX-License-Identifier: BSD-2-Clause */
/* Thousands of random histories of one user, with the verdict and the model side by side. */
#include "history.h"
#include "model.h"
#include "unit.h"

#define HISTORIES 3000

/* xorshift64: the same histories on every machine. */
static uint64_t draw(void *context, uint64_t below)
{
	uint64_t *random = context;

	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random % below;
}

static void test_histories(void **state)
{
	uint64_t random = UINT64_C(88172645463325252);

	(void)state;
	for (unsigned i = 0; i < HISTORIES; i++) {
		const char *broken = history_live(draw, &random);

		if (broken != NULL)
			fail_msg("history %u breaks: %s", i, broken);
	}
}

/* The model is no good unless it finds a verdict that is wrong. */
static void test_model_finds(void **state)
{
	const struct limits limits = {.max_failures = 2, .lock_time = 60, .window = 1};
	const struct model_attempt right = {.now = 30000,
					    .form = ANSWER_OTP,
					    .password = PASSWORD_RIGHT,
					    .key = MODEL_DEVICE_KEY,
					    .number = 1000};
	const struct model_attempt wrong = {
		.now = 30000, .form = ANSWER_OTP, .password = PASSWORD_RIGHT};
	const struct state spent = {.devices = {{.watermark = 1001}}};
	const struct state fresh = {.failures = 0};
	const struct state locked = {.failures = 2, .locked_since = 30000, .locked_until = 30060};
	struct model model;

	(void)state;
	model_begin(&model, &limits);
	assert_null(model_live(&model, &right, CLASS_SUCCESS, &spent));
	assert_non_null(model_live(&model, &right, CLASS_SUCCESS, &spent));
	model_begin(&model, &limits);
	assert_non_null(model_live(&model, &right, CLASS_REFUSED, &spent));
	model_begin(&model, &limits);
	assert_non_null(model_live(&model, &right, CLASS_SUCCESS, &fresh));
	model_begin(&model, &limits);
	assert_non_null(model_live(&model, &wrong, CLASS_REFUSED, &fresh));
	model_begin(&model, &limits);
	assert_null(model_live(&model, &wrong, CLASS_REFUSED, &(struct state){.failures = 1}));
	assert_null(model_live(&model, &wrong, CLASS_REFUSED, &locked));
	assert_non_null(model_live(&model, &right, CLASS_SUCCESS, &spent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_histories),
		cmocka_unit_test(test_model_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
