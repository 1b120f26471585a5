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
#include "text.h"
#include "verdict.h"

/* A file being read, of which every line may change the one entry. */
struct reading {
	struct source *source;
	struct import_entry *entry;
	const struct import_listener *listener;
	bool totp, hotp;
	uint64_t last_step;  /* the latest that was used, 0 for none */
	int64_t skew;        /* steps that the device's clock is ahead */
	const char *problem; /* why the user can't be imported */
};

static void leave_behind(const struct reading *reading, const char *text)
{
	reading->listener->left_behind(reading->listener->context, reading->source->line, text);
}

static void read_totp(struct reading *reading, char *value)
{
	(void)value;
	reading->totp = true;
}

static void read_hotp(struct reading *reading, char *value)
{
	reading->hotp = true;
	reading->entry->device.type = OTP_HOTP;
	if (!decimal_parse(value, HOTP_COUNTER_MAX, &reading->entry->state.watermark))
		reading->problem = N_("HOTP_COUNTER is not 0 to 4294967295");
	/* That program takes a counter of 0 for one of 1. */
	if (reading->entry->state.watermark == 0)
		reading->entry->state.watermark = 1;
}

static void read_period(struct reading *reading, char *value)
{
	if (!device_set_period(&reading->entry->device, value))
		reading->problem = N_("STEP_SIZE is not 10 to 300 seconds");
}

static void read_used_steps(struct reading *reading, char *value)
{
	char *rest = NULL;

	for (char *step = strtok_r(value, " \t", &rest); step != NULL;
	     step = strtok_r(NULL, " \t", &rest)) {
		uint64_t number;

		if (!decimal_parse(step, STATE_WATERMARK_MAX - 1, &number))
			reading->problem = N_("DISALLOW_REUSE holds what is no step");
		else if (number > reading->last_step)
			reading->last_step = number;
	}
}

static void read_skew(struct reading *reading, char *value)
{
	bool behind = value[0] == '-';
	uint64_t steps;

	if (!decimal_parse(value + behind, DRIFT_STEPS_MAX, &steps))
		leave_behind(reading,
			     N_("TIME_SKEW is more than ten steps: set the device's clock, "
				"or no code of it will count"));
	else
		reading->skew = behind ? -(int64_t)steps : (int64_t)steps;
}

static void read_window(struct reading *reading, char *value)
{
	if (strcmp(value, "3") != 0)
		leave_behind(reading, N_("WINDOW_SIZE is left behind: window= of the module counts "
					 "for all users"));
}

static void read_rate_limit(struct reading *reading, char *value)
{
	(void)value;
	leave_behind(reading, N_("RATE_LIMIT is left behind: max_failures= and lock_time= of the "
				 "module count for all users"));
}

static void read_grace(struct reading *reading, char *value)
{
	(void)value;
	leave_behind(reading, N_("LAST is left behind: a login that was let in earlier spares none "
				 "the code"));
}

static void read_passing(struct reading *reading, char *value)
{
	(void)reading;
	(void)value;
}

static const struct {
	const char *name;
	void (*read)(struct reading *reading, char *value);
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

static void read_option(struct reading *reading, char *option)
{
	size_t length = strcspn(option, " \t");
	char *value = option + length + strspn(option + length, " \t");

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, option, length) == 0) {
			options[i].read(reading, value);
			return;
		}
	}
	if (strncmp(option, "LAST", 4) == 0)
		read_grace(reading, value);
	else
		leave_behind(reading, N_("an option that twokey does not know is left behind"));
}

static void read_code(struct reading *reading, const char *line)
{
	struct codes *codes = &reading->entry->codes;
	size_t length = strlen(line);

	if (length != RECOVERY_IMPORTED_LENGTH || strspn(line, "0123456789") != length)
		leave_behind(reading, N_("a line that is neither option nor recovery code is left "
					 "behind"));
	else if (codes->count == RECORD_RECOVERY_MAX)
		leave_behind(reading, N_("a recovery code is left behind: a record holds 16"));
	else
		memcpy(codes->items[codes->count++], line, length + 1);
}

static void read_line(struct reading *reading, char *line)
{
	size_t length = strlen(line);

	while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
		line[--length] = '\0';
	if (strncmp(line, "\" ", 2) == 0)
		read_option(reading, line + 2);
	else if (length > 0)
		read_code(reading, line);
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

const char *google_read(struct source *source, int64_t now, struct import_entry *entry,
			const struct import_listener *listener)
{
	struct reading reading = {.source = source, .entry = entry, .listener = listener};
	char *line = source_line(source);

	if (line == NULL || !device_set_key(&entry->device, line))
		reading.problem = N_("the key on the first line is not base32 of 16 to 64 bytes");
	while (reading.problem == NULL && (line = source_line(source)) != NULL)
		read_line(&reading, line);
	if (reading.problem == NULL)
		conclude(&reading, now);
	if (reading.problem != NULL) {
		explicit_bzero(&entry->device, sizeof(entry->device));
		explicit_bzero(&entry->state, sizeof(entry->state));
		explicit_bzero(&entry->codes, sizeof(entry->codes));
	}
	return reading.problem;
}
