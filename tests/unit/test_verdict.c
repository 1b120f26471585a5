/* SPDX-License-Identifier: BSD-2-Clause */
/* The decision's table of cases: values in, values out. */
#include <stdbool.h>
#include <string.h>

#include "unit.h"
#include "verdict.h"

#define NOW  INT64_C(1764000000)
#define STEP ((uint64_t)(NOW / 30))

static const struct limits limits = {.max_failures = 5, .lock_time = 60, .window = 1};
static const struct record record = {
	.device_count = 2,
	.devices = {{.type = OTP_TOTP, .digits = 6, .period = 30}, {.type = OTP_HOTP, .digits = 6}},
	.recovery_count = 3,
};

static struct verdict reach(const struct state *state, enum answer_form form,
			    enum password password, struct proof proof)
{
	struct charge charge;
	struct verdict verdict;

	verdict_charge(&limits, state, NOW, form, &charge);
	verdict_reach(&record, &charge, NOW, password, &proof, &verdict);
	return verdict;
}

static const struct proof no_proof = {.kind = PROOF_NONE};
static const struct proof code = {.kind = PROOF_DEVICE, .index = 0, .position = STEP};
static const struct proof recovery = {.kind = PROOF_RECOVERY, .index = 2};

/* Every combination of password, lock and proof; only those marked get in. */
static void test_table(void **state)
{
	const struct state fresh = {.failures = 0};
	const struct state locked = {
		.failures = 5, .locked_since = NOW - 10, .locked_until = NOW + 50};
	const struct state spent = {.recovery_spent = 1u << 2,
				    .devices = {{.watermark = STEP + 1}}};
	const struct {
		const struct state *state;
		enum answer_form form;
		enum password password;
		struct proof proof;
		enum reason reason;
	} rows[] = {
		{&fresh, ANSWER_OTP, PASSWORD_RIGHT, code, REASON_CODE_ACCEPTED},
		{&fresh, ANSWER_OTP, PASSWORD_NOT_ASKED, code, REASON_CODE_ACCEPTED},
		{&fresh, ANSWER_OTP, PASSWORD_WRONG, code, REASON_WRONG_PASSWORD},
		{&fresh, ANSWER_OTP, PASSWORD_RIGHT, no_proof, REASON_WRONG_CODE},
		{&fresh, ANSWER_OTP, PASSWORD_NOT_ASKED, no_proof, REASON_WRONG_CODE},
		{&fresh, ANSWER_OTP, PASSWORD_WRONG, no_proof, REASON_WRONG_PASSWORD},
		{&fresh, ANSWER_RECOVERY, PASSWORD_RIGHT, recovery, REASON_RECOVERY_ACCEPTED},
		{&fresh, ANSWER_RECOVERY, PASSWORD_NOT_ASKED, recovery, REASON_RECOVERY_ACCEPTED},
		{&fresh, ANSWER_RECOVERY, PASSWORD_WRONG, recovery, REASON_WRONG_PASSWORD},
		{&fresh, ANSWER_RECOVERY, PASSWORD_RIGHT, no_proof, REASON_WRONG_CODE},
		{&fresh, ANSWER_MALFORMED, PASSWORD_RIGHT, no_proof, REASON_WRONG_CODE},
		{&locked, ANSWER_OTP, PASSWORD_RIGHT, code, REASON_LOCKED},
		{&locked, ANSWER_OTP, PASSWORD_RIGHT, no_proof, REASON_LOCKED},
		{&locked, ANSWER_OTP, PASSWORD_NOT_ASKED, code, REASON_LOCKED},
		{&locked, ANSWER_MALFORMED, PASSWORD_RIGHT, no_proof, REASON_LOCKED},
		{&locked, ANSWER_RECOVERY, PASSWORD_RIGHT, recovery, REASON_RECOVERY_ACCEPTED},
		{&locked, ANSWER_RECOVERY, PASSWORD_RIGHT, no_proof, REASON_WRONG_CODE},
		{&locked, ANSWER_RECOVERY, PASSWORD_WRONG, recovery, REASON_WRONG_PASSWORD},
		{&spent, ANSWER_OTP, PASSWORD_RIGHT, code, REASON_REPLAYED_CODE},
		{&spent, ANSWER_RECOVERY, PASSWORD_RIGHT, recovery, REASON_RECOVERY_SPENT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct verdict verdict =
			reach(rows[i].state, rows[i].form, rows[i].password, rows[i].proof);

		assert_int_equal(verdict.reason, rows[i].reason);
		/* Only a success forgets failures. */
		assert_true(reason_class(verdict.reason) == CLASS_SUCCESS
				    ? verdict.state.failures == 0
				    : verdict.state.failures >= rows[i].state->failures);
	}
}

static void test_success_spends(void **state)
{
	const struct state before = {.failures = 3, .earlier_failures = 9, .told = true};
	struct verdict verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, code);

	(void)state;
	assert_int_equal(verdict.state.devices[0].watermark, STEP + 1);
	assert_int_equal(verdict.state.devices[0].last_used, NOW);
	assert_int_equal(verdict.state.last_success, NOW);
	assert_int_equal(verdict.state.failures, 0);
	assert_int_equal(verdict.state.earlier_failures, 3);
	assert_false(verdict.state.told);
	verdict = reach(&verdict.state, ANSWER_OTP, PASSWORD_RIGHT, code);
	assert_int_equal(verdict.reason, REASON_REPLAYED_CODE);
	verdict = reach(&before, ANSWER_RECOVERY, PASSWORD_RIGHT, recovery);
	assert_int_equal(verdict.state.recovery_spent, 1u << 2);
}

/* Failures that a session has not told are told by a later one, however many logins come first. */
static void test_untold_failures_add_up(void **state)
{
	struct state before = {.failures = 2, .earlier_failures = 4};
	struct verdict verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, code);

	(void)state;
	assert_int_equal(verdict.state.earlier_failures, 6);
	verdict = reach(&verdict.state, ANSWER_RECOVERY, PASSWORD_RIGHT, recovery);
	assert_int_equal(verdict.state.earlier_failures, 6);
	verdict = reach(&verdict.state, ANSWER_OTP, PASSWORD_RIGHT, code);
	assert_int_equal(verdict.state.earlier_failures, 6);
	assert_int_equal(verdict.state.failures, 1);
	before = (struct state){.failures = 2, .earlier_failures = UINT32_MAX - 1};
	verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, code);
	assert_int_equal(verdict.state.earlier_failures, UINT32_MAX);
}

static void test_unlock_leaves_failures_to_tell(void **state)
{
	struct state locked = {.failures = 5,
			       .locked_since = NOW,
			       .locked_until = NOW + 60,
			       .earlier_failures = 2,
			       .last_success = NOW - 1,
			       .recovery_spent = 1,
			       .devices = {{.watermark = STEP}}};

	(void)state;
	verdict_unlock(&locked);
	assert_int_equal(locked.failures, 0);
	assert_int_equal(locked.locked_since, 0);
	assert_int_equal(locked.locked_until, 0);
	assert_int_equal(locked.earlier_failures, 7);
	assert_int_equal(locked.last_success, NOW - 1);
	assert_int_equal(locked.recovery_spent, 1);
	assert_int_equal(locked.devices[0].watermark, STEP);
	locked.told = true;
	verdict_unlock(&locked);
	assert_int_equal(locked.earlier_failures, 0);
	assert_false(locked.told);
}

/* What a judge can't find is never accepted: positions and indexes out of the record. */
static void test_impossible_proofs(void **state)
{
	const struct state before = {.failures = 0};
	const struct proof impossible[] = {
		{.kind = PROOF_DEVICE, .index = 2, .position = STEP},
		{.kind = PROOF_DEVICE, .index = 0, .position = UINT64_MAX},
		{.kind = PROOF_RECOVERY, .index = 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(impossible); i++) {
		struct verdict verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, impossible[i]);

		assert_int_equal(reason_class(verdict.reason), CLASS_REFUSED);
	}
}

static void test_lock_doubles_up_to_a_day(void **state)
{
	struct state before = {.failures = 4};
	int64_t expected = 60;

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		struct charge charge;

		verdict_charge(&limits, &before, NOW, ANSWER_OTP, &charge);
		assert_int_equal(charge.admission, ADMISSION_GRANTED);
		assert_int_equal(charge.state.failures, before.failures + 1);
		assert_int_equal(charge.state.locked_until - NOW, expected);
		expected = expected * 2 < LOCK_TIME_MAX ? expected * 2 : LOCK_TIME_MAX;
		before.failures++;
	}
	before.failures = UINT32_MAX;
	{
		struct charge charge;

		verdict_charge(&limits, &before, NOW, ANSWER_OTP, &charge);
		assert_int_equal(charge.state.failures, UINT32_MAX);
		assert_int_equal(charge.state.locked_until - NOW, LOCK_TIME_MAX);
	}
}

static void test_no_lock_before_the_limit(void **state)
{
	const struct state before = {.failures = 3};
	const struct limits strict = {.max_failures = 1, .lock_time = 7, .window = 0};
	struct charge charge;

	(void)state;
	verdict_charge(&limits, &before, NOW, ANSWER_OTP, &charge);
	assert_int_equal(charge.state.locked_until, 0);
	verdict_charge(&strict, &(struct state){.failures = 0}, NOW, ANSWER_OTP, &charge);
	assert_int_equal(charge.state.locked_until, NOW + 7);
}

/* The guess that brings the lock is still evaluated: it was charged, and it may be right. */
static void test_last_guess_counts(void **state)
{
	const struct state before = {.failures = 4};
	struct verdict verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, code);

	(void)state;
	assert_int_equal(verdict.reason, REASON_CODE_ACCEPTED);
	assert_int_equal(verdict.state.locked_until, 0);
	verdict = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, no_proof);
	assert_int_equal(verdict.state.locked_until, NOW + 60);
}

static void test_locked_guess_is_free(void **state)
{
	const struct state locked = {
		.failures = 5, .locked_since = NOW - 10, .locked_until = NOW + 50};
	struct verdict verdict = reach(&locked, ANSWER_OTP, PASSWORD_RIGHT, no_proof);

	(void)state;
	assert_int_equal(verdict.state.failures, 5);
	assert_int_equal(verdict.state.locked_until, NOW + 50);
	verdict = reach(&locked, ANSWER_RECOVERY, PASSWORD_RIGHT, no_proof);
	assert_int_equal(verdict.state.failures, 6);
	assert_int_equal(verdict.state.locked_until, NOW + 120);
}

static void test_lock_ends_by_itself(void **state)
{
	const struct state over = {.failures = 5, .locked_since = NOW - 60, .locked_until = NOW};

	(void)state;
	assert_int_equal(reach(&over, ANSWER_OTP, PASSWORD_RIGHT, code).reason,
			 REASON_CODE_ACCEPTED);
}

/* The clock was set back under a lock: it begins now and is as long as it was, once. */
static void test_lock_is_clamped(void **state)
{
	const struct state future = {
		.failures = 5, .locked_since = NOW + 7200, .locked_until = NOW + 7260};
	const struct state endless = {
		.failures = 5, .locked_since = NOW - 5, .locked_until = STATE_TIME_MAX};
	struct charge charge;

	(void)state;
	verdict_charge(&limits, &future, NOW, ANSWER_OTP, &charge);
	assert_int_equal(charge.admission, ADMISSION_REFUSED);
	assert_int_equal(charge.state.locked_since, NOW);
	assert_int_equal(charge.state.locked_until, NOW + 60);
	verdict_charge(&limits, &charge.state, NOW + 60, ANSWER_OTP, &charge);
	assert_int_equal(charge.admission, ADMISSION_GRANTED);
	verdict_charge(&limits, &endless, NOW, ANSWER_OTP, &charge);
	assert_int_equal(charge.state.locked_until, NOW - 5 + LOCK_TIME_MAX);
}

static void test_lock_that_ends_before_it_begins(void **state)
{
	const struct state odd = {.locked_since = NOW + 100, .locked_until = 5};
	struct charge charge;

	(void)state;
	verdict_charge(&limits, &odd, 0, ANSWER_OTP, &charge);
	assert_int_equal(charge.state.locked_since, 0);
	assert_int_equal(charge.state.locked_until, 0);
	assert_int_equal(charge.admission, ADMISSION_GRANTED);
}

static void test_drift_follows_slowly(void **state)
{
	struct state before = {.failures = 0};
	struct proof late = {.kind = PROOF_DEVICE, .index = 0, .position = STEP, .offset = -30};

	(void)state;
	before = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, late).state;
	assert_int_equal(before.devices[0].drift, -7);
	for (unsigned i = 1; i < 200; i++) {
		late.position = STEP + i;
		late.offset = -3000;
		before = reach(&before, ANSWER_OTP, PASSWORD_RIGHT, late).state;
		assert_true(before.devices[0].drift >= -30 * DRIFT_STEPS_MAX);
	}
	assert_int_equal(before.devices[0].drift, -30 * DRIFT_STEPS_MAX);
}

static void test_clock_behind(void **state)
{
	struct state before = {.devices = {{.watermark = STEP + 1, .last_used = NOW}}};

	(void)state;
	assert_int_equal(verdict_clock_behind(&record, &limits, &before, NOW), 0);
	assert_int_equal(verdict_clock_behind(&record, &limits, &before, NOW - 60), 0);
	assert_int_equal(verdict_clock_behind(&record, &limits, &before, NOW - 3600), 3600);
	/* A device that was never used tells nothing, nor does a counter. */
	before.devices[0].last_used = 0;
	before.devices[1] = (struct device_state){.watermark = UINT32_MAX, .last_used = NOW};
	assert_int_equal(verdict_clock_behind(&record, &limits, &before, NOW - 3600), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_success_spends),
		cmocka_unit_test(test_untold_failures_add_up),
		cmocka_unit_test(test_unlock_leaves_failures_to_tell),
		cmocka_unit_test(test_impossible_proofs),
		cmocka_unit_test(test_lock_doubles_up_to_a_day),
		cmocka_unit_test(test_no_lock_before_the_limit),
		cmocka_unit_test(test_last_guess_counts),
		cmocka_unit_test(test_locked_guess_is_free),
		cmocka_unit_test(test_lock_ends_by_itself),
		cmocka_unit_test(test_lock_is_clamped),
		cmocka_unit_test(test_lock_that_ends_before_it_begins),
		cmocka_unit_test(test_drift_follows_slowly),
		cmocka_unit_test(test_clock_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
