/* SPDX-License-Identifier: BSD-2-Clause */
/* Which key a typed code is of: windows, drift, several devices, near misses, recovery codes. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "otp.h"
#include "recovery.h"
#include "unit.h"

#define NOW  INT64_C(1764000015) /* in the middle of a step */
#define STEP ((uint64_t)(NOW / 30))

static struct record record;
static struct state state_of_user;

static int setup(void **state)
{
	(void)state;
	memset(&record, 0, sizeof(record));
	memset(&state_of_user, 0, sizeof(state_of_user));
	record.device_count = 3;
	for (size_t i = 0; i < record.device_count; i++) {
		record.devices[i] = (struct device){
			.type = OTP_TOTP, .digits = 6, .period = 30, .key_length = 20};
		memset(record.devices[i].key, (int)('a' + i), 20);
	}
	record.devices[1].type = OTP_HOTP;
	record.devices[1].period = 0;
	record.devices[2].digits = 8;
	record.devices[2].algorithm = OTP_SHA512;
	return 0;
}

static struct near_miss near_miss;

static struct proof judge_text(const char *text, unsigned window)
{
	struct answer answer;
	struct proof proof;

	answer_read(text, &answer);
	assert_int_equal(judge(&record, &state_of_user, window, NOW, &answer, &proof, &near_miss),
			 REASON_NONE);
	return proof;
}

static struct proof judge_position(size_t device, uint64_t position, unsigned window)
{
	char code[OTP_DIGITS_MAX + 1];

	assert_true(otp_code(&record.devices[device], position, code));
	return judge_text(code, window);
}

static void test_window(void **state)
{
	(void)state;
	for (unsigned window = 0; window <= 10; window++) {
		for (int64_t distance = -12; distance <= 12; distance++) {
			uint64_t position = (uint64_t)((int64_t)STEP + distance);
			struct proof proof = judge_position(0, position, window);
			bool inside = distance >= -(int64_t)window && distance <= (int64_t)window;

			assert_int_equal(proof.kind, inside ? PROOF_DEVICE : PROOF_NONE);
			if (inside) {
				assert_int_equal(proof.index, 0);
				assert_int_equal(proof.position, position);
				assert_int_equal(proof.offset, distance * 30);
			}
		}
	}
}

static void test_drift_moves_the_window(void **state)
{
	(void)state;
	state_of_user.devices[0].drift = 100; /* three steps and a bit */
	assert_int_equal(judge_position(0, STEP + 4, 1).kind, PROOF_DEVICE);
	assert_int_equal(judge_position(0, STEP + 2, 1).kind, PROOF_DEVICE);
	assert_int_equal(judge_position(0, STEP + 1, 1).kind, PROOF_NONE);
	state_of_user.devices[0].drift = -100;
	assert_int_equal(judge_position(0, STEP - 4, 1).kind, PROOF_DEVICE);
	assert_int_equal(judge_position(0, STEP, 1).kind, PROOF_NONE);
}

static void test_near_misses(void **state)
{
	(void)state;
	(void)judge_position(0, STEP - 3, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_CLOCK);
	assert_int_equal(near_miss.distance, -90);
	(void)judge_position(0, STEP + 6, 1);
	assert_int_equal(near_miss.distance, 180);
	(void)judge_position(0, STEP + 7, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_NONE);
	(void)judge_position(0, STEP, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_NONE);
	state_of_user.failures = NEAR_MISS_FAILURES;
	(void)judge_position(0, STEP - 3, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_CLOCK);
	state_of_user.failures++;
	(void)judge_position(0, STEP - 3, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_NONE);
	state_of_user.failures = 0;
	state_of_user.devices[1].watermark = 100;
	(void)judge_position(1, 111, 1);
	assert_int_equal(near_miss.kind, NEAR_MISS_COUNTER);
	assert_int_equal(near_miss.distance, 11);
	assert_int_equal(near_miss.device, 1);
}

static void test_hotp_looks_ahead_alone(void **state)
{
	(void)state;
	state_of_user.devices[1].watermark = 100;
	assert_int_equal(judge_position(1, 100, 1).position, 100);
	assert_int_equal(judge_position(1, 110, 1).position, 110);
	assert_int_equal(judge_position(1, 111, 1).kind, PROOF_NONE);
	/* The one before is found, so that a replay is told as one. */
	assert_int_equal(judge_position(1, 99, 1).position, 99);
	assert_int_equal(judge_position(1, 98, 1).kind, PROOF_NONE);
}

static void test_exhausted_hotp_hurts_nobody(void **state)
{
	(void)state;
	state_of_user.devices[1].watermark = UINT64_MAX;
	assert_int_equal(judge_position(0, STEP, 1).kind, PROOF_DEVICE);
	assert_int_equal(judge_position(1, 5, 1).kind, PROOF_NONE);
}

static void test_other_digits_and_algorithm(void **state)
{
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	assert_int_equal(judge_position(2, STEP, 1).index, 2);
	assert_true(otp_code(&record.devices[2], STEP, code));
	/* The last six of eight digits are no code. */
	assert_int_equal(judge_text(code + 2, 1).kind, PROOF_NONE);
}

/* Two keys that have one code by chance: the one that is not spent goes before the one that is. */
static void test_unspent_goes_first(void **state)
{
	static const char same_at_step[] = "00000000000000882314";

	(void)state;
	record.devices[2] = record.devices[0];
	memcpy(record.devices[2].key, same_at_step, 20);
	state_of_user.devices[0].watermark = STEP + 1;
	assert_int_equal(judge_position(0, STEP, 1).index, 2);
	state_of_user.devices[0].watermark = 0;
	state_of_user.devices[2].watermark = STEP + 1;
	assert_int_equal(judge_position(0, STEP, 1).index, 0);
}

static void test_clock_near_the_beginning(void **state)
{
	struct answer answer;
	struct proof proof;
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	state_of_user.devices[0].drift = -300;
	assert_true(otp_code(&record.devices[0], 0, code));
	answer_read(code, &answer);
	assert_int_equal(judge(&record, &state_of_user, 10, 5, &answer, &proof, &near_miss),
			 REASON_NONE);
	assert_int_equal(proof.kind, PROOF_DEVICE);
	assert_int_equal(proof.position, 0);
}

static void test_recovery(void **state)
{
	char codes[3][RECOVERY_LENGTH + 1];
	char shown[RECOVERY_SHOWN + 1];

	(void)state;
	assert_int_equal(judge_text("ACDE-FHJK-MNPQ", 1).kind, PROOF_NONE);
	assert_true(recovery_make(codes, COUNT(codes)));
	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(strspn(codes[i], RECOVERY_ALPHABET), RECOVERY_LENGTH);
	assert_int_equal(recovery_replace(&record, codes, COUNT(codes)), REASON_NONE);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct proof proof;

		recovery_show(codes[i], shown);
		proof = judge_text(shown, 1);
		assert_int_equal(proof.kind, PROOF_RECOVERY);
		assert_int_equal(proof.index, i);
		assert_int_equal(strncmp(record.recovery[i], record.recovery[0], 12), 0);
	}
	assert_int_equal(recovery_left(&record, &state_of_user), 3);
	state_of_user.recovery_spent = 1u << 1;
	assert_int_equal(recovery_left(&record, &state_of_user), 2);
}

/* What the proof of the verdict assumes: the form alone tells whose code it may be. */
static void test_form_decides(void **state)
{
	char codes[1][RECOVERY_LENGTH + 1];
	char code[OTP_DIGITS_MAX + 1];
	struct answer answer;
	struct proof proof;

	(void)state;
	assert_true(recovery_make(codes, COUNT(codes)));
	assert_int_equal(recovery_replace(&record, codes, COUNT(codes)), REASON_NONE);
	assert_true(otp_code(&record.devices[0], STEP, code));
	assert_int_equal(judge_text(code, 1).kind, PROOF_DEVICE);
	answer_read(code, &answer);
	answer.form = ANSWER_RECOVERY;
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_NONE);
	assert_int_equal(proof.kind, PROOF_NONE);
	assert_int_equal(judge_text(codes[0], 1).kind, PROOF_RECOVERY);
	answer_read(codes[0], &answer);
	answer.form = ANSWER_OTP;
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_NONE);
	assert_int_equal(proof.kind, PROOF_NONE);
}

/* Eight digits: a device's code goes first, then an imported recovery code. */
static void test_imported_recovery(void **state)
{
	char codes[2][RECOVERY_LENGTH + 1] = {"12345678", "87654321"};
	struct proof proof;

	(void)state;
	assert_int_equal(judge_text("8765 4321", 1).kind, PROOF_NONE);
	assert_int_equal(recovery_replace(&record, codes, COUNT(codes)), REASON_NONE);
	proof = judge_text("8765-4321", 1);
	assert_int_equal(proof.kind, PROOF_RECOVERY);
	assert_int_equal(proof.index, 1);
	assert_int_equal(judge_text("12345679", 1).kind, PROOF_NONE);
	assert_int_equal(judge_text("2345678", 1).kind, PROOF_NONE);
	proof = judge_position(2, STEP, 1);
	assert_int_equal(proof.kind, PROOF_DEVICE);
	assert_int_equal(proof.index, 2);
}

static void test_malformed_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(judge_text("", 1).kind, PROOF_NONE);
	assert_int_equal(judge_text("letters", 1).kind, PROOF_NONE);
}

static void test_failing_libraries(void **state)
{
	struct answer answer;
	struct proof proof;

	(void)state;
	record.devices[0].digits = 9; /* which liboath does not make */
	answer_read("123456", &answer);
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_OTP_FAILED);
	assert_int_equal(proof.kind, PROOF_NONE);
	record.recovery_count = 1;
	(void)snprintf(record.recovery[0], sizeof(record.recovery[0]), "$no$such$scheme");
	answer_read("ACDE-FHJK-MNPQ", &answer);
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_HASH_FAILED);
	assert_int_equal(proof.kind, PROOF_NONE);
}

/* What can't be done was tried: each of these costs what another one does. */
static void test_costs_the_same(void **state)
{
	struct answer answer;
	struct proof proof;
	char code[OTP_DIGITS_MAX + 1];

	(void)state;
	record.recovery_count = 1;
	(void)snprintf(record.recovery[0], sizeof(record.recovery[0]), "$no$such$scheme");
	assert_true(otp_code(&record.devices[2], STEP, code));
	answer_read(code, &answer);
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_HASH_FAILED);
	assert_int_equal(proof.kind, PROOF_NONE);
	answer_read(code + 2, &answer);
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_NONE);
	answer.maybe_imported = true;
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_HASH_FAILED);
	record.devices[0].digits = 9;
	answer_read("letters", &answer);
	assert_int_equal(judge(&record, &state_of_user, 1, NOW, &answer, &proof, &near_miss),
			 REASON_OTP_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_window, setup),
		cmocka_unit_test_setup(test_drift_moves_the_window, setup),
		cmocka_unit_test_setup(test_near_misses, setup),
		cmocka_unit_test_setup(test_hotp_looks_ahead_alone, setup),
		cmocka_unit_test_setup(test_exhausted_hotp_hurts_nobody, setup),
		cmocka_unit_test_setup(test_other_digits_and_algorithm, setup),
		cmocka_unit_test_setup(test_unspent_goes_first, setup),
		cmocka_unit_test_setup(test_clock_near_the_beginning, setup),
		cmocka_unit_test_setup(test_recovery, setup),
		cmocka_unit_test_setup(test_form_decides, setup),
		cmocka_unit_test_setup(test_imported_recovery, setup),
		cmocka_unit_test_setup(test_malformed_is_nothing, setup),
		cmocka_unit_test_setup(test_failing_libraries, setup),
		cmocka_unit_test_setup(test_costs_the_same, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
