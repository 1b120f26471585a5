/* SPDX-License-Identifier: BSD-2-Clause */
/* The one sequence that accepts a code, over a real store and the real clock. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "login.h"
#include "otp.h"
#include "unit.h"

static const struct limits limits = {.max_failures = 3, .lock_time = 60, .window = 1};

/* How many more times the store answers that someone was faster (-Wl,--wrap). */
static unsigned conflicts;
static unsigned commits;

enum reason __real_store_commit(struct transaction *transaction, const struct state *state);
enum reason __wrap_store_commit(struct transaction *transaction, const struct state *state);

enum reason __wrap_store_commit(struct transaction *transaction, const struct state *state)
{
	commits++;
	if (conflicts > 0) {
		conflicts--;
		return REASON_STORE_CONFLICT;
	}
	return __real_store_commit(transaction, state);
}

static struct login attempt(struct fixture *fixture, const char *user, enum password password,
			    const char *typed)
{
	struct answer answer;
	struct login login;

	answer_read(typed, &answer);
	login_attempt(&fixture->store, &limits,
		      &(struct guess){user, password, &answer, "192.0.2.7"}, &login);
	return login;
}

/* The phone's code, ${steps} from now: in the window whenever the clock goes on meanwhile. */
static const char *phone_code(int steps)
{
	static char code[OTP_DIGITS_MAX + 1];
	struct record record;
	int64_t now;

	fixture_record(&record);
	assert_true(login_clock(&now));
	assert_true(otp_code(&record.devices[0],
			     (uint64_t)((int64_t)otp_step(&record.devices[0], now) + steps), code));
	return code;
}

static void test_right_code_once(void **state)
{
	struct fixture *fixture = *state;
	char code[OTP_DIGITS_MAX + 1];
	struct login login;

	memcpy(code, phone_code(0), sizeof(code));
	login = attempt(fixture, "alice", PASSWORD_RIGHT, code);
	assert_int_equal(login.reason, REASON_CODE_ACCEPTED);
	assert_string_equal(login.device, "phone");
	assert_true(login.enrolled);
	login = attempt(fixture, "alice", PASSWORD_RIGHT, code);
	assert_int_equal(login.reason, REASON_REPLAYED_CODE);
	assert_int_equal(login.failures, 1);
	login = attempt(fixture, "alice", PASSWORD_NOT_ASKED, phone_code(1));
	assert_int_equal(login.reason, REASON_CODE_ACCEPTED);
	assert_int_equal(fixture_state(fixture).failures, 0);
	assert_int_equal(fixture_state(fixture).earlier_failures, 1);
	assert_string_equal(fixture_state(fixture).last_origin, "192.0.2.7");
	assert_in_range(fixture_state(fixture).last_failure, time(NULL) - 60, time(NULL));
	login = attempt(fixture, "alice", PASSWORD_RIGHT, "ACDE-FHJK-MNPQ");
	assert_int_equal(login.reason, REASON_RECOVERY_ACCEPTED);
	assert_int_equal(fixture_state(fixture).earlier_failures, 1);
	assert_false(fixture_state(fixture).told);
}

static void test_lock(void **state)
{
	struct fixture *fixture = *state;
	struct login login;

	for (uint32_t i = 1; i <= limits.max_failures; i++) {
		login = attempt(fixture, "alice", PASSWORD_RIGHT, "letters");
		assert_int_equal(login.reason, REASON_MALFORMED_CODE);
		assert_int_equal(login.failures, i);
	}
	login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(0));
	assert_int_equal(login.reason, REASON_LOCKED);
	assert_true(login.locked_seconds > 50 && login.locked_seconds <= 60);
	assert_string_equal(login.device, "");
	assert_int_equal(fixture_state(fixture).failures, limits.max_failures);
	login = attempt(fixture, "alice", PASSWORD_RIGHT, "acde-fhjk-mnpq");
	assert_int_equal(login.reason, REASON_RECOVERY_ACCEPTED);
	assert_int_equal(login.recovery_left, 1);
	login = attempt(fixture, "alice", PASSWORD_RIGHT, "ACDE-FHJK-MNPQ");
	assert_int_equal(login.reason, REASON_RECOVERY_SPENT);
}

static void read_file(struct fixture *fixture, char bytes[12288])
{
	char path[128];
	FILE *file = fopen(fixture_path(fixture, "users/alice", path), "re");

	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, 12288, file), 12288);
	assert_int_equal(fclose(file), 0);
}

/* Not a byte of the user's file changes, and a right code stays good. */
static void test_wrong_password_touches_nothing(void **state)
{
	static char before[12288], after[12288];
	struct fixture *fixture = *state;
	struct login login;

	read_file(fixture, before);
	for (unsigned i = 0; i < 10; i++) {
		login = attempt(fixture, "alice", PASSWORD_WRONG, phone_code(0));
		assert_int_equal(login.reason, REASON_WRONG_PASSWORD);
		assert_true(login.enrolled);
		assert_string_equal(login.device, "");
	}
	read_file(fixture, after);
	assert_memory_equal(before, after, sizeof(before));
	login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(0));
	assert_int_equal(login.reason, REASON_CODE_ACCEPTED);
}

static void test_strangers(void **state)
{
	static const char *const users[] = {"bob", "../alice", "a\nb", "\xff"};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(users); i++) {
		struct login login = attempt(fixture, users[i], PASSWORD_RIGHT, phone_code(0));

		assert_int_equal(login.reason, REASON_UNENROLLED);
		assert_false(login.enrolled);
		login = attempt(fixture, users[i], PASSWORD_WRONG, "123456");
		assert_int_equal(login.reason, REASON_WRONG_PASSWORD);
	}
}

/* Even who knows a decoy's key is nobody. */
static void test_decoys_let_nobody_in(void **state)
{
	struct fixture *fixture = *state;
	struct transaction transaction;
	char code[OTP_DIGITS_MAX + 1];
	int64_t now;

	assert_int_equal(
		store_begin(&fixture->store, "bob", SUBJECT_USER, store_deadline(), &transaction),
		REASON_NONE);
	assert_true(login_clock(&now));
	assert_true(otp_code(&transaction.record.devices[0],
			     otp_step(&transaction.record.devices[0], now), code));
	store_end(&transaction);
	assert_int_equal(attempt(fixture, "bob", PASSWORD_RIGHT, code).reason, REASON_UNENROLLED);
	assert_int_equal(attempt(fixture, "bob", PASSWORD_NOT_ASKED, code).reason,
			 REASON_UNENROLLED);
}

/* Whoever stops a login of a wrong password, and so holds a decoy, holds up nobody. */
static void test_decoys_are_not_waited_for(void **state)
{
	struct fixture *fixture = *state;
	int held[STORE_DECOY_COUNT];
	char name[32], path[128];
	struct timespec begin, end;

	for (unsigned i = 0; i < STORE_DECOY_COUNT; i++) {
		(void)snprintf(name, sizeof(name), STORE_DECOYS "/%02u", i);
		held[i] = open(fixture_path(fixture, name, path), O_RDWR | O_CLOEXEC);
		assert_true(held[i] >= 0);
		assert_int_equal(flock(held[i], LOCK_EX), 0);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(attempt(fixture, "alice", PASSWORD_WRONG, phone_code(0)).reason,
			 REASON_WRONG_PASSWORD);
	assert_int_equal(attempt(fixture, "bob", PASSWORD_RIGHT, "123456").reason,
			 REASON_UNENROLLED);
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	assert_in_range(end.tv_sec - begin.tv_sec, 0, STORE_PATIENCE / 1000 - 2);
	assert_int_equal(fixture->store.fault.error, 0);
	for (unsigned i = 0; i < STORE_DECOY_COUNT; i++)
		assert_int_equal(close(held[i]), 0);
}

static void test_near_miss_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct login login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(4));

	assert_int_equal(login.reason, REASON_WRONG_CODE);
	assert_int_equal(login.near_miss.kind, NEAR_MISS_CLOCK);
	assert_true(login.near_miss.distance == 120 || login.near_miss.distance == 90);
	assert_string_equal(login.device, "phone");
	login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(4));
	assert_int_equal(login.reason, REASON_WRONG_CODE);
	assert_int_equal(login.near_miss.kind, NEAR_MISS_NONE);
}

static void test_clock_that_was_ahead(void **state)
{
	struct fixture *fixture = *state;
	struct state ahead = {.failures = 0};
	struct login login;
	int64_t now;

	assert_true(login_clock(&now));
	ahead.devices[0].watermark = (uint64_t)(now / 30 + 121);
	ahead.devices[0].last_used = now + 3600;
	fixture_write(fixture, &ahead);
	login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(0));
	assert_int_equal(login.reason, REASON_CLOCK_BEHIND);
	assert_true(login.clock_behind > 3500 && login.clock_behind <= 3600);
}

static void test_someone_was_faster(void **state)
{
	struct fixture *fixture = *state;
	struct login login;

	conflicts = 3;
	commits = 0;
	login = attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(0));
	assert_int_equal(login.reason, REASON_LOCKED); /* each try was charged */
	assert_int_equal(commits, 4);
	conflicts = 1000;
	commits = 0;
	login = attempt(fixture, "bob", PASSWORD_RIGHT, "123456");
	assert_int_equal(login.reason, REASON_STORE_CONFLICT);
	assert_true(commits > 1 && commits < 20);
	conflicts = 0;
}

static void test_store_that_fails(void **state)
{
	struct fixture *fixture = *state;

	fixture_damage(fixture, "users/alice", 10);
	assert_int_equal(attempt(fixture, "alice", PASSWORD_RIGHT, phone_code(0)).reason,
			 REASON_RECORD_DAMAGED);
	/* Who lacks the password does not learn of it. */
	assert_int_equal(attempt(fixture, "alice", PASSWORD_WRONG, phone_code(0)).reason,
			 REASON_WRONG_PASSWORD);
}

static void test_no_descriptor_stays(void **state)
{
	struct fixture *fixture = *state;
	int first = dup(0);

	assert_int_equal(close(first), 0);
	for (unsigned i = 0; i < 100; i++) {
		(void)attempt(fixture, "alice", PASSWORD_RIGHT, "");
		(void)attempt(fixture, "bob", PASSWORD_WRONG, "");
	}
	assert_int_equal(dup(0), first);
	assert_int_equal(close(first), 0);
}

static void test_reasons_have_words(void **state)
{
	(void)state;
	for (enum reason a = REASON_NONE; a < REASON_COUNT; a++) {
		assert_non_null(reason_name(a));
		assert_true(strlen(reason_text(a)) > 0);
		for (enum reason b = REASON_NONE; b < a; b++)
			assert_string_not_equal(reason_name(a), reason_name(b));
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_right_code_once),
		TEST(test_lock),
		TEST(test_wrong_password_touches_nothing),
		TEST(test_strangers),
		TEST(test_decoys_let_nobody_in),
		TEST(test_decoys_are_not_waited_for),
		TEST(test_near_miss_is_told),
		TEST(test_clock_that_was_ahead),
		TEST(test_someone_was_faster),
		TEST(test_store_that_fails),
		TEST(test_no_descriptor_stays),
		cmocka_unit_test(test_reasons_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
