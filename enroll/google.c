/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user's .google_authenticator: the key in base32 on the first line, options that begin with a
 * quote and a blank, and recovery codes of eight digits. P5, fails closed: users put there what
 * they like, and root reads it. Of what can't be taken nothing is.
 */
#include <string.h>

#include "decimal.h"
#include "google.h"
#include "judge.h"
#include "otp.h"
#include "span.h"
#include "text.h"
#include "verdict.h"

/* Longer than any option's name, and than any number in one. */
#define WORD_SIZE 32

/* A file being read, of which every line may change the one entry. */
struct reading {
	struct source *source;
	struct import_entry *entry;
	const struct import_listener *listener;
	size_t at, end; /* of the value that is being read */
	bool totp, hotp;
	uint64_t last_step;  /* the latest that was used, 0 for none */
	int64_t skew;        /* steps that the device's clock is ahead */
	const char *problem; /* why the user can't be imported */
};

static void leave_behind(const struct reading *reading, const char *text)
{
	reading->listener->left_behind(reading->listener->context, reading->source->line, text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the blanks end that begin there. */
static size_t blanks_end(const char *text, size_t at, size_t end)
{
	while (at < end && is_blank(text[at]))
		at++;
	return at;
}

/* Where the word ends that begins there. */
static size_t word_end(const char *text, size_t at, size_t end)
{
	while (at < end && !is_blank(text[at]))
		at++;
	return at;
}

static bool take_number(const struct reading *reading, size_t at, size_t end, uint64_t most,
			uint64_t *number)
{
	char word[WORD_SIZE] = {0};

	return span_copy(word, sizeof(word), reading->source->text, at, end) &&
	       decimal_parse(word, most, number);
}

static void read_totp(struct reading *reading)
{
	reading->totp = true;
}

static void read_hotp(struct reading *reading)
{
	uint64_t *counter = &reading->entry->state.watermark;

	reading->hotp = true;
	reading->entry->device.type = OTP_HOTP;
	if (!take_number(reading, reading->at, reading->end, HOTP_COUNTER_MAX, counter))
		reading->problem = N_("HOTP_COUNTER is not 0 to 4294967295");
	/* That program takes a counter of 0 for one of 1. */
	if (*counter == 0)
		*counter = 1;
}

static void read_period(struct reading *reading)
{
	char word[WORD_SIZE] = {0};

	if (!span_copy(word, sizeof(word), reading->source->text, reading->at, reading->end) ||
	    !device_set_period(&reading->entry->device, word))
		reading->problem = N_("STEP_SIZE is not 10 to 300 seconds");
}

static void read_used_steps(struct reading *reading)
{
	const char *text = reading->source->text;

	for (size_t at = reading->at, end; at < reading->end;
	     at = blanks_end(text, end, reading->end)) {
		uint64_t number;

		end = word_end(text, at, reading->end);
		if (!take_number(reading, at, end, STATE_WATERMARK_MAX - 1, &number))
			reading->problem = N_("DISALLOW_REUSE holds what is no step");
		else if (number > reading->last_step)
			reading->last_step = number;
	}
}

static void read_skew(struct reading *reading)
{
	const char *text = reading->source->text;
	bool behind = reading->at < reading->end && text[reading->at] == '-';
	uint64_t steps;

	if (!take_number(reading, reading->at + behind, reading->end, DRIFT_STEPS_MAX, &steps))
		leave_behind(reading,
			     N_("TIME_SKEW is more than ten steps: set the device's clock, "
				"or no code of it will count"));
	else
		reading->skew = behind ? -(int64_t)steps : (int64_t)steps;
}

static void read_window(struct reading *reading)
{
	uint64_t window;

	if (!take_number(reading, reading->at, reading->end, 3, &window) || window != 3)
		leave_behind(reading, N_("WINDOW_SIZE is left behind: window= of the module counts "
					 "for all users"));
}

static void read_rate_limit(struct reading *reading)
{
	leave_behind(reading, N_("RATE_LIMIT is left behind: max_failures= and lock_time= of the "
				 "module count for all users"));
}

static void read_grace(struct reading *reading)
{
	leave_behind(reading, N_("LAST is left behind: a login that was let in earlier spares none "
				 "the code"));
}

static void read_passing(struct reading *reading)
{
	(void)reading;
}

static const struct {
	const char *name;
	void (*read)(struct reading *reading);
} options[] = {
	{"TOTP_AUTH", read_totp},
	{"HOTP_COUNTER", read_hotp},
	{"STEP_SIZE", read_period},
	{"DISALLOW_REUSE", read_used_steps},
	{"TIME_SKEW", read_skew},
	{"WINDOW_SIZE", read_window},
	{"RATE_LIMIT", read_rate_limit},
	{"RESETTING_TIME_SKEW", read_passing}, /* two codes of three that would set a skew */
};

static void read_option(struct reading *reading, size_t at, size_t end)
{
	const char *text = reading->source->text;
	size_t name_end = word_end(text, at, end);
	char name[WORD_SIZE] = {0};

	reading->at = blanks_end(text, name_end, end);
	reading->end = end;
	(void)span_copy(name, sizeof(name), text, at, name_end);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, name) == 0) {
			options[i].read(reading);
			return;
		}
	}
	if (strncmp(name, "LAST", 4) == 0)
		read_grace(reading);
	else
		leave_behind(reading, N_("an option that twokey does not know is left behind"));
}

static bool is_code(const char *text, size_t at, size_t end)
{
	if (end - at != RECOVERY_IMPORTED_LENGTH)
		return false;
	while (at < end && text[at] >= '0' && text[at] <= '9')
		at++;
	return at == end;
}

static void read_code(struct reading *reading, size_t at, size_t end)
{
	struct codes *codes = &reading->entry->codes;
	const char *text = reading->source->text;

	if (!is_code(text, at, end))
		leave_behind(reading, N_("a line that is neither option nor recovery code is left "
					 "behind"));
	else if (codes->count >= RECORD_RECOVERY_MAX)
		leave_behind(reading, N_("a recovery code is left behind: a record holds 16"));
	else
		(void)span_copy(codes->items[codes->count++], sizeof(*codes->items), text, at, end);
}

static void read_line(struct reading *reading, size_t at, size_t end)
{
	const char *text = reading->source->text;

	while (end > at && is_blank(text[end - 1]))
		end--;
	if (end - at > 2 && text[at] == '"' && text[at + 1] == ' ')
		read_option(reading, at + 2, end);
	else if (end > at)
		read_code(reading, at, end);
}

/* What no line alone tells. */
static void conclude(struct reading *reading, int64_t now)
{
	struct import_entry *entry = reading->entry;
	uint64_t now_step;

	if (reading->totp == reading->hotp) {
		reading->problem = N_("the file is neither TOTP_AUTH nor HOTP_COUNTER, or both");
		return;
	}
	if (reading->hotp) {
		entry->device.period = 0;
		return;
	}
	now_step = otp_step(&entry->device, now);
	entry->state.drift = (int32_t)(reading->skew * (int64_t)entry->device.period);
	if (reading->last_step == 0)
		return;
	entry->state.watermark = reading->last_step + 1;
	if (reading->last_step > now_step + DRIFT_STEPS_MAX)
		leave_behind(reading,
			     N_("the last code that was used lies in the future: until then "
				"no code will count; see 'twokey unlock'"));
}

static void read_lines(struct reading *reading)
{
	struct device *device = &reading->entry->device;
	char *line;
	size_t at, end;

	if (reading->source->length > SOURCE_HOME_MAX) {
		reading->problem = N_("the file is too large to be one of these");
		return;
	}
	line = source_line(reading->source);
	if (line == NULL || !device_set_key(device, line))
		reading->problem = N_("the key on the first line is not base32 of 16 to 64 bytes");
	while (reading->problem == NULL && source_next(reading->source, &at, &end))
		read_line(reading, at, end);
}

const char *google_read(struct source *source, int64_t now, struct import_entry *entry,
			const struct import_listener *listener)
{
	struct reading reading = {.source = source, .entry = entry, .listener = listener};

	read_lines(&reading);
	if (reading.problem == NULL)
		conclude(&reading, now);
	if (reading.problem != NULL) {
		explicit_bzero(&entry->device, sizeof(entry->device));
		explicit_bzero(&entry->state, sizeof(entry->state));
		explicit_bzero(&entry->codes, sizeof(entry->codes));
	}
	return reading.problem;
}
