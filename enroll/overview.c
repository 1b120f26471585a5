/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "command.h"
#include "memory_text.h"
#include "message.h"
#include "overview.h"
#include "recovery.h"
#include "text.h"

void overview_time(int64_t time, const char *otherwise, char text[TIME_TEXT_SIZE])
{
	time_t seconds = (time_t)time;
	struct tm parts;

	if (time == 0 || gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		(void)snprintf(text, TIME_TEXT_SIZE, "%s", otherwise);
}

static json_t *time_json(int64_t time)
{
	char text[TIME_TEXT_SIZE];

	overview_time(time, "", text);
	return time == 0 ? json_null() : json_string(text);
}

static json_t *device_json(const struct device *device, const struct device_state *state)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "name", device->name, "type",
			 otp_type_name(device->type), "algorithm",
			 otp_algorithm_name(device->algorithm), "digits", (int)device->digits,
			 "period",
			 device->type == OTP_TOTP ? json_integer(device->period) : json_null(),
			 "drift_seconds",
			 state != NULL && device->type == OTP_TOTP ? json_integer(state->drift)
								   : json_null(),
			 "last_used", state != NULL ? time_json(state->last_used) : json_null());
}

static json_t *devices_json(const struct record *record, const struct state *state)
{
	json_t *devices = json_array();

	for (size_t i = 0; i < record->device_count; i++) {
		json_t *device =
			device_json(&record->devices[i], state != NULL ? &state->devices[i] : NULL);

		if (json_array_append_new(devices, device) != 0) {
			json_decref(devices);
			return NULL;
		}
	}
	return devices;
}

json_t *overview_json(const char *user, const struct record *record, const struct state *state,
		      int64_t now)
{
	if (state == NULL)
		return json_pack("{s:s, s:b, s:o, s:n, s:n, s:n, s:n}", "user", user, "enrolled", 1,
				 "devices", devices_json(record, NULL), "failures", "locked_until",
				 "last_success", "recovery_left");
	return json_pack("{s:s, s:b, s:o, s:I, s:o, s:o, s:i}", "user", user, "enrolled", 1,
			 "devices", devices_json(record, state), "failures",
			 (json_int_t)state->failures, "locked_until",
			 state->locked_until > now ? time_json(state->locked_until) : json_null(),
			 "last_success", time_json(state->last_success), "recovery_left",
			 (int)recovery_left(record, state));
}

json_t *overview_text_json(const char *text)
{
	json_t *json = json_string(text);
	char *escaped = NULL;
	size_t size;
	FILE *stream;

	if (json != NULL)
		return json;
	stream = open_memstream(&escaped, &size);
	if (stream == NULL)
		return NULL;
	for (const char *c = text; *c != '\0'; c++)
		(void)fprintf(stream, (unsigned char)*c < 0x80 ? "%c" : "\\x%02x",
			      (unsigned char)*c);
	if (memory_text_close(stream, &escaped))
		json = json_string(escaped);
	free(escaped);
	return json;
}

static int status_of(bool told)
{
	if (told)
		return STATUS_DONE;
	complain(_("the JSON text can't be made or written"));
	return STATUS_SYSTEM;
}

int overview_append(json_t *array, json_t *item)
{
	return status_of(json_array_append_new(array, item) == 0);
}

int overview_print_json(json_t *json)
{
	bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0 &&
		       putchar('\n') != EOF;

	json_decref(json);
	return status_of(printed);
}

int overview_print_item(json_t *json, FILE *stream, bool *any)
{
	bool printed = json != NULL && (!*any || fputs(",\n", stream) != EOF) &&
		       json_dumpf(json, stream, JSON_INDENT(2)) == 0;

	*any = *any || json != NULL;
	json_decref(json);
	return status_of(printed);
}
