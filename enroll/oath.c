/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_oath's users file. A line: type, user, password or - or +, key in hexadecimal, and after a
 * login the counter, the last code, and the local time at which it was accepted.
 */
#include <string.h>
#include <time.h>

#include "decimal.h"
#include "judge.h"
#include "oath.h"
#include "otp.h"
#include "text.h"

/* Steps either side of its time that a last code is looked for: pam_oath's window and more. */
#define SEARCH_STEPS 25

/* One line of the file. */
struct reading {
	char *const *fields;
	struct import_entry *entry;
	const struct import_listener *listener;
};

static const char wrong_time[] = N_("the time of the last code is not like 2026-01-31T12:00:00L");

/* HOTP/E and HOTP/T30 begin the types; a slash and the digits may follow, else there are six. */
static bool set_type(struct device *device, const char *type)
{
	static const struct {
		const char *name;
		enum otp_type type;
		unsigned period;
	} types[] = {
		{"HOTP/E", OTP_HOTP, 0},
		{"HOTP/T30", OTP_TOTP, 30},
		{"HOTP/T60", OTP_TOTP, 60},
		{"HOTP", OTP_HOTP, 0},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t length = strlen(types[i].name);
		const char *digits = type + length;

		if (strncmp(types[i].name, type, length) != 0)
			continue;
		device->type = types[i].type;
		device->period = types[i].period;
		if (digits[0] == '\0')
			return true;
		return length > strlen("HOTP") && digits[0] == '/' &&
		       device_set_digits(device, digits + 1);
	}
	return false;
}

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;
	int value = found != NULL ? (int)(found - digits) : -1;

	return value >= 16 ? value - 6 : value;
}

static bool set_key(struct device *device, const char *text)
{
	size_t length = strlen(text) / 2;

	if (strlen(text) % 2 != 0 || length < DEVICE_KEY_MIN || length > DEVICE_KEY_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		device->key[i] = (unsigned char)(high * 16 + low);
	}
	device->key_length = length;
	return true;
}

static void leave_behind(const struct reading *reading, const char *text)
{
	reading->listener->left_behind(reading->listener->context, reading->entry->line, text);
}

static bool is_last_code(const struct reading *reading, uint64_t position)
{
	char code[OTP_DIGITS_MAX + 1];
	bool same = otp_code(&reading->entry->device, position, code) &&
		    strcmp(code, reading->fields[OATH_LAST_CODE]) == 0;

	explicit_bzero(code, sizeof(code));
	return same;
}

/* Local time, in which an hour of the year stands twice: the later one is the safe one. */
static bool read_time(const char *text, int64_t *time)
{
	struct tm summer = {0};
	struct tm winter;
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &summer);
	time_t in_summer, in_winter;

	if (end == NULL || strcmp(end, "L") != 0)
		return false;
	winter = summer;
	summer.tm_isdst = -1;
	winter.tm_isdst = 0;
	in_summer = mktime(&summer);
	in_winter = mktime(&winter);
	*time = in_winter > in_summer && winter.tm_isdst == 0 ? in_winter : in_summer;
	return *time > 0 && *time <= STATE_TIME_MAX;
}

/* The counter in the file is that of the last code, or where the token began. */
static const char *read_counter(struct reading *reading)
{
	uint64_t counter = 0;

	if (reading->fields[OATH_COUNTER] != NULL &&
	    !decimal_parse(reading->fields[OATH_COUNTER], HOTP_COUNTER_MAX, &counter))
		return N_("the counter is not 0 to 4294967295");
	if (reading->fields[OATH_LAST_TIME] != NULL &&
	    !read_time(reading->fields[OATH_LAST_TIME], &reading->entry->state.last_used))
		return wrong_time;
	if (reading->fields[OATH_LAST_CODE] != NULL && counter < HOTP_COUNTER_MAX) {
		if (!is_last_code(reading, counter))
			leave_behind(reading, N_("the last code is not that of the counter: the "
						 "counter counts as used"));
		counter++;
	}
	reading->entry->state.watermark = counter;
	return NULL;
}

/* The highest step that the last code is of, so that it is used for whatever it can be. */
static const char *read_last_code(struct reading *reading)
{
	struct device_state *state = &reading->entry->state;
	uint64_t below, last, step;

	if (reading->fields[OATH_LAST_TIME] == NULL ||
	    !read_time(reading->fields[OATH_LAST_TIME], &state->last_used))
		return wrong_time;
	step = otp_step(&reading->entry->device, state->last_used);
	below = step > SEARCH_STEPS ? step - SEARCH_STEPS : 0;
	last = step + SEARCH_STEPS;
	while (last > below && !is_last_code(reading, last))
		last--;
	if (last == below) {
		leave_behind(reading, N_("the last code is not one of its time: codes up to then "
					 "count as used"));
		last = step;
	}
	state->watermark = last + 1;
	return NULL;
}

static const char *read_use(struct reading *reading)
{
	if (reading->entry->device.type == OTP_HOTP)
		return read_counter(reading);
	return reading->fields[OATH_LAST_CODE] != NULL ? read_last_code(reading) : NULL;
}

static const char *read_fields(struct reading *reading)
{
	struct device *device = &reading->entry->device;
	const char *password = reading->fields[OATH_PASSWORD];

	if (!set_type(device, reading->fields[OATH_TYPE]))
		return N_("the type is none that pam_oath knows");
	if (!set_key(device, reading->fields[OATH_KEY]))
		return N_("the key is not 16 to 64 bytes in hexadecimal");
	if (strcmp(password, "-") != 0 && strcmp(password, "+") != 0)
		leave_behind(reading,
			     N_("the password of this file is left behind: the login asks for the "
				"code, and for the account's password where it should"));
	return read_use(reading);
}

size_t oath_split(char *line, char *fields[OATH_FIELDS])
{
	char *rest = NULL;
	size_t count = 0;

	memset(fields, 0, OATH_FIELDS * sizeof(*fields));
	for (char *field = strtok_r(line, " \t", &rest); field != NULL && count < OATH_FIELDS;
	     field = strtok_r(NULL, " \t", &rest))
		fields[count++] = field;
	return count > 0 && fields[OATH_TYPE][0] != '#' ? count : 0;
}

const char *oath_read(char *const fields[OATH_FIELDS], struct import_entry *entry,
		      const struct import_listener *listener)
{
	struct reading reading = {.fields = fields, .entry = entry, .listener = listener};
	const char *problem = read_fields(&reading);

	if (problem != NULL) {
		explicit_bzero(&entry->device, sizeof(entry->device));
		explicit_bzero(&entry->state, sizeof(entry->state));
	}
	return problem;
}
