/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole login over a real store, by what is typed: an input is a byte each for what happens next.
 * The model of tests/model stands beside it, and is told whose code was typed by a search that
 * shares nothing with lib/judge.c but the codes themselves.
 */
#include "login.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "model.h"
#include "otp.h"
#include "store_change.h"

#define EVENTS_MAX 24
#define PERIOD     30
#define BEGINNING  INT64_C(1764000000)
#define TYPED_SIZE 64

/* The cheapest hash there is for two recovery codes: the fuzzer is to go through lib. */
static const char *const recovery_codes[] = {"ACDEFHJKMNPQ", "234678234678"};
static const struct record alice = {
	.file = "alice",
	.device_count = 1,
	.devices = {{.name = "phone",
		     .digits = 6,
		     .period = PERIOD,
		     .key_length = 20,
		     .key = "a phone's key"}},
	.recovery_count = 2,
	.recovery = {"$1$salt$wTsklgPKG4qhL34XF3Ygs/", "$1$salt$xkB370XX6tord9jWwMc4l1"},
};

static char directory[256];
static struct store store;

/*
 * lib's clock is the input's: in this thread, and while no alarm of the fuzzer, which measures
 * time, can come in between.
 */
static _Thread_local int64_t clock_now;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_REALTIME || clock_now == 0)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){.tv_sec = clock_now};
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void remove_store(void)
{
	(void)nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_store(void)
{
	const char *place = getenv("TMPDIR");
	struct store_fault fault;
	char path[sizeof(directory) + sizeof("/store")];

	(void)snprintf(directory, sizeof(directory), "%s/twokey-fuzz.XXXXXX",
		       place != NULL ? place : "/tmp");
	FUZZ_REQUIRE(mkdtemp(directory) != NULL);
	(void)atexit(remove_store);
	(void)snprintf(path, sizeof(path), "%s/store", directory);
	FUZZ_REQUIRE(store_create(path, &fault) == REASON_NONE);
	FUZZ_REQUIRE(store_open(path, &store) == REASON_NONE);
}

static void enrol_anew(void)
{
	static const struct state fresh;
	struct change change;

	FUZZ_REQUIRE(change_begin(&store, alice.file, &change) == REASON_NONE);
	FUZZ_REQUIRE(change_write(&change, &alice, &fresh) == REASON_NONE);
	change_end(&change);
}

static struct state read_state(void)
{
	struct record record;
	struct state state;

	FUZZ_REQUIRE(store_read(&store, alice.file, &record, &state) == REASON_NONE);
	return state;
}

/* The step that the device's clock should be in: ours, moved by the drift, to the nearest. */
static int64_t expected_step(const struct state *state)
{
	int64_t drift = state->devices[0].drift;

	return clock_now / PERIOD + (drift + (drift < 0 ? -PERIOD / 2 : PERIOD / 2)) / PERIOD;
}

static void put_code(int64_t step, char typed[TYPED_SIZE])
{
	memset(typed, 0, TYPED_SIZE);
	if (step >= 0)
		FUZZ_REQUIRE(otp_code(&alice.devices[0], (uint64_t)step, typed));
}

/* What is typed next; ${typed} has what was typed last. */
static void draw_typed(struct fuzz_input *input, const struct state *state, char typed[TYPED_SIZE])
{
	switch (fuzz_byte(input) % 6) {
	case 0: /* a code of about now */
		put_code(expected_step(state) - 3 + fuzz_byte(input) % 7, typed);
		break;
	case 1: /* a code of some time */
		put_code(expected_step(state) - 12 + fuzz_byte(input) % 25, typed);
		break;
	case 2:
		(void)snprintf(typed, TYPED_SIZE, "%06u", (unsigned)fuzz_draw(input, 1000000));
		break;
	case 3: /* as people write it */
		(void)snprintf(typed, TYPED_SIZE, "%.4s-%.4s %s", recovery_codes[0],
			       recovery_codes[0] + 4, recovery_codes[0] + 8);
		if (fuzz_byte(input) % 2 == 0)
			memcpy(typed, recovery_codes[1], RECOVERY_LENGTH + 1);
		break;
	case 4:
		(void)fuzz_text(input, typed, TYPED_SIZE);
		break;
	default: /* the same again */
		break;
	}
}

/* Whose code it is: the highest step within the window, as pam_twokey(8) has it. */
static void find_key(const struct state *state, unsigned window, const struct answer *answer,
		     struct model_attempt *attempt)
{
	int64_t middle = expected_step(state);
	char code[TYPED_SIZE];

	attempt->form = answer->form;
	for (uint64_t i = 0; answer->form == ANSWER_RECOVERY && i < 2; i++) {
		if (strcmp(answer->text, recovery_codes[i]) == 0) {
			attempt->key = MODEL_RECOVERY_KEY;
			attempt->number = i;
		}
	}
	for (int64_t step = middle - window; step <= middle + window; step++) {
		put_code(step, code);
		if (answer->form == ANSWER_OTP && strcmp(answer->text, code) == 0) {
			attempt->key = MODEL_DEVICE_KEY;
			attempt->number = (uint64_t)step;
		}
	}
}

static void pass_time(struct fuzz_input *input)
{
	switch (fuzz_byte(input) % 8) {
	case 0:
		clock_now = 1 + (int64_t)fuzz_draw(input, UINT64_C(1) << 34);
		break;
	case 1:
		clock_now -= (int64_t)fuzz_draw(input, 400);
		break;
	default:
		clock_now += (int64_t)fuzz_draw(input, 90);
	}
	if (clock_now <= 0)
		clock_now = BEGINNING;
}

/* One attempt. A wrong password is none of the user's: nothing of theirs may change. */
static void attempt_one(struct fuzz_input *input, struct model *model, char typed[TYPED_SIZE])
{
	static const enum password passwords[] = {PASSWORD_RIGHT, PASSWORD_NOT_ASKED,
						  PASSWORD_WRONG};
	struct model_attempt attempt = {.now = clock_now,
					.password = passwords[fuzz_byte(input) % 3]};
	struct state before = read_state(), after;
	struct answer answer;
	struct guess guess = {.user = alice.file, .answer = &answer, .origin = "192.0.2.7"};
	struct login login;
	const char *broken = NULL;

	draw_typed(input, &before, typed);
	answer_read(typed, &answer);
	find_key(&before, model->limits.window, &answer, &attempt);
	guess.password = attempt.password;
	login_attempt(&store, &model->limits, &guess, &login);
	after = read_state();
	if (attempt.password == PASSWORD_WRONG) {
		FUZZ_REQUIRE(login.reason == REASON_WRONG_PASSWORD);
		FUZZ_REQUIRE(fuzz_same_state(&before, &after));
		return;
	}
	broken = model_live(model, &attempt, reason_class(login.reason), &after);
	if (broken != NULL)
		(void)fprintf(stderr, "'%s' at %lld, %s: broken: %s\n", typed, (long long)clock_now,
			      reason_name(login.reason), broken);
	FUZZ_REQUIRE(broken == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char typed[TYPED_SIZE] = "";
	struct limits limits = {.lock_time = 60};
	sigset_t alarm_alone;
	struct model model;

	if (directory[0] == '\0')
		make_store();
	enrol_anew();
	limits.max_failures = 1 + fuzz_byte(&input) % 4;
	limits.window = fuzz_byte(&input) % 3;
	model_begin(&model, &limits);
	(void)sigemptyset(&alarm_alone);
	(void)sigaddset(&alarm_alone, SIGALRM);
	(void)pthread_sigmask(SIG_BLOCK, &alarm_alone, NULL);
	clock_now = BEGINNING;
	for (unsigned i = 0; i < EVENTS_MAX && input.left > 0; i++) {
		attempt_one(&input, &model, typed);
		pass_time(&input);
	}
	clock_now = 0;
	(void)pthread_sigmask(SIG_UNBLOCK, &alarm_alone, NULL);
	return 0;
}
