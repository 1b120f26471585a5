/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_oath's users file: an input is a line. What is taken is in range, its key is the line's, and
 * it says the same when it is written as such a line and read again; what is refused leaves
 * nothing, and what does not fit is told.
 */
#include "oath.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"
#include "judge.h"
#include "otp.h"

#define TEXT_SIZE 512

struct reading {
	char text[TEXT_SIZE];
	char *fields[OATH_FIELDS];
	size_t count;
	struct import_entry entry;
	const char *problem;
	unsigned remarks;
};

static void count_remark(void *context, unsigned line, const char *text)
{
	struct reading *reading = context;

	FUZZ_REQUIRE(text != NULL && line == 1);
	reading->remarks++;
}

/* Return whether there is an entry. */
static bool read_text(struct reading *reading)
{
	const struct import_listener listener = {count_remark, reading};

	reading->remarks = 0;
	reading->entry = (struct import_entry){.line = 1, .device = {.digits = 6, .period = 30}};
	reading->count = oath_split(reading->text, reading->fields);
	if (reading->count < OATH_FIELDS_LEAST)
		return false;
	reading->problem = oath_read(reading->fields, &reading->entry, &listener);
	if (reading->problem == NULL)
		return true;
	FUZZ_REQUIRE(fuzz_is_zero(&reading->entry.device, sizeof(reading->entry.device)));
	FUZZ_REQUIRE(fuzz_is_zero(&reading->entry.state, sizeof(reading->entry.state)));
	return false;
}

static void check_fields(const struct reading *reading)
{
	FUZZ_REQUIRE(reading->count <= OATH_FIELDS);
	for (size_t i = 0; i < reading->count; i++)
		FUZZ_REQUIRE(reading->fields[i][0] != '\0' &&
			     strpbrk(reading->fields[i], " \t") == NULL);
	for (size_t i = reading->count; i < OATH_FIELDS && reading->count > 0; i++)
		FUZZ_REQUIRE(reading->fields[i] == NULL);
}

static void key_text(const struct device *device, char text[2 * DEVICE_KEY_MAX + 1])
{
	for (size_t i = 0; i < device->key_length; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", device->key[i]);
}

static void check_key(const struct reading *reading)
{
	char text[2 * DEVICE_KEY_MAX + 1];

	key_text(&reading->entry.device, text);
	FUZZ_REQUIRE(strcasecmp(text, reading->fields[OATH_KEY]) == 0);
}

static bool is_last_code(const struct import_entry *entry, const char *code)
{
	char expected[OTP_DIGITS_MAX + 1];

	FUZZ_REQUIRE(otp_code(&entry->device, entry->state.watermark - 1, expected));
	return strcmp(expected, code) == 0;
}

/* The last code is of what counts as used last, or it is told; and so is a password. */
static void check_remarks(const struct reading *reading)
{
	const char *password = reading->fields[OATH_PASSWORD];
	const char *code = reading->fields[OATH_LAST_CODE];
	unsigned remarks = strcmp(password, "-") != 0 && strcmp(password, "+") != 0;

	if (code != NULL && reading->entry.state.watermark != HOTP_COUNTER_MAX)
		remarks += !is_last_code(&reading->entry, code);
	else if (code != NULL)
		return;
	FUZZ_REQUIRE(reading->remarks == remarks);
}

static void check_state(const struct reading *reading)
{
	const struct device_state *state = &reading->entry.state;

	FUZZ_REQUIRE(state->drift == 0);
	FUZZ_REQUIRE(state->last_used >= 0 && state->last_used <= STATE_TIME_MAX);
	FUZZ_REQUIRE(reading->fields[OATH_LAST_CODE] == NULL || state->watermark > 0);
	if (reading->entry.device.type == OTP_HOTP)
		FUZZ_REQUIRE(state->watermark <= HOTP_COUNTER_MAX);
	else if (reading->fields[OATH_LAST_CODE] == NULL)
		FUZZ_REQUIRE(state->watermark == 0 && state->last_used == 0);
	else
		FUZZ_REQUIRE(state->last_used > 0 && state->watermark <= STATE_WATERMARK_MAX);
}

/* A line of a token as a login leaves it. */
static void write_line(const struct import_entry *entry, char text[TEXT_SIZE])
{
	const struct device *device = &entry->device;
	const struct device_state *state = &entry->state;
	bool hotp = device->type == OTP_HOTP;
	char key[2 * DEVICE_KEY_MAX + 1], code[OTP_DIGITS_MAX + 1] = "", when[64] = "", type[16];
	struct tm tm;

	key_text(device, key);
	(void)snprintf(type, sizeof(type), hotp ? "E" : "T%u", device->period);
	if (state->watermark > 0)
		FUZZ_REQUIRE(otp_code(device, state->watermark - 1, code));
	if (state->last_used > 0)
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SL",
			       gmtime_r(&state->last_used, &tm));
	(void)snprintf(text, TEXT_SIZE, "HOTP/%s/%u u - %s %llu %s %s", type, device->digits, key,
		       hotp && state->watermark > 0 ? (unsigned long long)state->watermark - 1 : 0,
		       code, when);
}

static void check_written(const struct import_entry *entry)
{
	struct reading again;
	char text[TEXT_SIZE];

	write_line(entry, text);
	memcpy(again.text, text, sizeof(text));
	FUZZ_REQUIRE(read_text(&again) && again.remarks == 0);
	FUZZ_REQUIRE(memcmp(&entry->device, &again.entry.device, sizeof(entry->device)) == 0);
	FUZZ_REQUIRE(again.entry.state.last_used == entry->state.last_used);
	/* A later step may have the same code by chance. */
	FUZZ_REQUIRE(again.entry.state.watermark == entry->state.watermark ||
		     (entry->device.type == OTP_TOTP &&
		      again.entry.state.watermark > entry->state.watermark));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct reading reading;

	/* So that each second has one text. */
	FUZZ_REQUIRE(setenv("TZ", "UTC", 1) == 0);
	(void)fuzz_text(&input, reading.text, sizeof(reading.text));
	if (!read_text(&reading)) {
		check_fields(&reading);
		return 0;
	}
	check_fields(&reading);
	fuzz_check_device(&reading.entry.device);
	check_key(&reading);
	check_state(&reading);
	check_remarks(&reading);
	check_written(&reading.entry);
	return 0;
}
