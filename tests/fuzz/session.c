/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What twokey-helper and the command say to each other after the request: an input's first byte
 * picks the message, the rest is its bytes. What is taken holds only what could have been meant;
 * nobody takes a key where none belongs.
 */
#include "session.h"

#include <string.h>

#include "fuzz.h"

enum message { MESSAGE_WISH, MESSAGE_KEY, MESSAGE_CODES, MESSAGE_RECORD, MESSAGE_OTHER, MESSAGES };

/* A device without its key is one that a record may have with any. */
static void check_keyless(const struct device *device)
{
	struct device whole = *device;

	FUZZ_REQUIRE(device->key_length == 0);
	FUZZ_REQUIRE(fuzz_is_zero(device->key, sizeof(device->key)));
	whole.key_length = DEVICE_KEY_MIN;
	fuzz_check_device(&whole);
}

static void take_wish(struct fields *fields)
{
	struct enrolment wish;

	if (!session_take_wish(fields, &wish))
		return;
	FUZZ_REQUIRE(wish.mode <= ENROLMENT_REPLACE);
	FUZZ_REQUIRE(wish.codes.count <= RECORD_RECOVERY_MAX);
	FUZZ_REQUIRE(wish.state.watermark == 0);
	check_keyless(&wish.device);
}

static void take_key(struct fields *fields)
{
	struct enrolment enrolment = {.mode = ENROLMENT_NEW};

	if (session_take_key(fields, &enrolment))
		fuzz_check_device(&enrolment.device);
}

static void take_codes(struct fields *fields)
{
	struct codes codes;

	if (!session_take_codes(fields, &codes))
		return;
	FUZZ_REQUIRE(codes.count <= RECORD_RECOVERY_MAX);
	for (size_t i = 0; i < codes.count; i++)
		FUZZ_REQUIRE(strlen(codes.items[i]) == RECOVERY_LENGTH);
}

static void take_record(struct fields *fields)
{
	struct record record;
	struct state state;

	if (!session_take_record(fields, &record, &state))
		return;
	FUZZ_REQUIRE(record.recovery_count <= RECORD_RECOVERY_MAX);
	FUZZ_REQUIRE(record.device_count <= RECORD_DEVICES_MAX);
	for (size_t i = 0; i < record.device_count; i++)
		check_keyless(&record.devices[i]);
}

static void take_other(struct fields *fields)
{
	struct fields again = *fields;
	struct near_miss near_miss;
	struct session_end end;
	enum session_say say;

	if (session_said(&again, &say))
		FUZZ_REQUIRE(say <= SAY_END);
	again = *fields;
	if (session_take_near_miss(&again, &near_miss))
		FUZZ_REQUIRE(near_miss.kind == NEAR_MISS_NONE || near_miss.distance != 0);
	if (session_take_end(fields, &end))
		FUZZ_REQUIRE(end.reason < REASON_COUNT && end.standing <= ENROLMENT_TOO_MANY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const take[MESSAGES])(struct fields * fields) = {
		[MESSAGE_WISH] = take_wish,   [MESSAGE_KEY] = take_key,
		[MESSAGE_CODES] = take_codes, [MESSAGE_RECORD] = take_record,
		[MESSAGE_OTHER] = take_other,
	};
	struct fields fields;

	if (size == 0)
		return 0;
	memset(&fields, 0, sizeof(fields));
	fields.length = size - 1 < FIELDS_MAX ? size - 1 : FIELDS_MAX;
	memcpy(fields.text, data + 1, fields.length);
	take[data[0] % MESSAGES](&fields);
	return 0;
}
