/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "decimal.h"
#include "session.h"

/* Digits of a number in a message, with a sign. */
#define NUMBER_SIZE 24

bool session_send(int socket, struct fields *fields)
{
	ssize_t sent;

	do
		sent = send(socket, fields->text, fields->length, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	explicit_bzero(fields, sizeof(*fields));
	return sent > 0;
}

bool session_receive(int socket, struct fields *fields)
{
	struct iovec part = {fields->text, sizeof(fields->text)};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t got;

	*fields = (struct fields){0};
	do
		got = recvmsg(socket, &header, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0 || (header.msg_flags & MSG_TRUNC) != 0)
		return false;
	fields->length = (size_t)got;
	return true;
}

static bool put_number(struct fields *fields, const char *name, int64_t number)
{
	char text[NUMBER_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	return fields_put(fields, name, text);
}

static bool take_number(struct fields *fields, const char *name, uint64_t most, uint64_t *number)
{
	char text[NUMBER_SIZE] = {0};

	return fields_take(fields, name, text, sizeof(text)) && decimal_parse(text, most, number);
}

bool session_say(struct fields *fields, enum session_say say)
{
	*fields = (struct fields){0};
	return put_number(fields, "say", say);
}

bool session_said(struct fields *fields, enum session_say *say)
{
	uint64_t number;

	if (!take_number(fields, "say", SAY_END, &number))
		return false;
	*say = (enum session_say)number;
	return true;
}

static bool put_device(struct fields *fields, const struct device *device)
{
	return fields_put(fields, "name", device->name) &&
	       fields_put(fields, "type", otp_type_name(device->type)) &&
	       fields_put(fields, "algorithm", otp_algorithm_name(device->algorithm)) &&
	       put_number(fields, "digits", device->digits) &&
	       put_number(fields, "period", device->period) &&
	       fields_put(fields, "issuer", device->issuer) &&
	       fields_put(fields, "label", device->label);
}

/* A field that is one value of the device; one that may be empty is left unset then. */
static bool take_value(struct fields *fields, const char *name, struct device *device,
		       bool (*set)(struct device *device, const char *value), const char *unset)
{
	char value[DEVICE_LABEL_MAX + 1] = {0};

	return fields_take(fields, name, value, sizeof(value)) &&
	       ((unset != NULL && strcmp(value, unset) == 0) || set(device, value));
}

static bool take_device(struct fields *fields, struct device *device)
{
	*device = (struct device){.digits = OTP_DIGITS_MIN};
	if (!take_value(fields, "name", device, device_set_name, NULL) ||
	    !take_value(fields, "type", device, device_set_type, NULL) ||
	    !take_value(fields, "algorithm", device, device_set_algorithm, NULL) ||
	    !take_value(fields, "digits", device, device_set_digits, NULL) ||
	    !take_value(fields, "period", device, device_set_period,
			device->type == OTP_HOTP ? "0" : NULL) ||
	    !take_value(fields, "issuer", device, device_set_issuer, "") ||
	    !take_value(fields, "label", device, device_set_label, ""))
		return false;
	if (device->type == OTP_HOTP)
		device->period = 0;
	return true;
}

bool session_put_wish(struct fields *fields, const struct enrolment *wish)
{
	struct device device = wish->device;

	/* Not yet decided, as enrolment_complete does: any that can be said will do. */
	if (device.type == OTP_HOTP)
		device.period = 0;
	return put_number(fields, "mode", wish->mode) && put_device(fields, &device) &&
	       put_number(fields, "codes", (int64_t)wish->codes.count);
}

bool session_take_wish(struct fields *fields, struct enrolment *wish)
{
	uint64_t mode, count;

	memset(wish, 0, sizeof(*wish));
	if (!take_number(fields, "mode", ENROLMENT_REPLACE, &mode) ||
	    !take_device(fields, &wish->device) ||
	    !take_number(fields, "codes", RECORD_RECOVERY_MAX, &count))
		return false;
	wish->mode = (enum enrolment_mode)mode;
	wish->codes.count = (size_t)count;
	return fields_end(fields);
}

bool session_put_key(struct fields *fields, const struct enrolment *enrolment)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];
	bool good;

	device_key_text(&enrolment->device, key);
	good = put_device(fields, &enrolment->device) && fields_put(fields, "key", key);
	explicit_bzero(key, sizeof(key));
	return good;
}

bool session_take_key(struct fields *fields, struct enrolment *enrolment)
{
	char key[DEVICE_KEY_BASE32_MAX + 1] = {0};
	bool good = take_device(fields, &enrolment->device) &&
		    fields_take(fields, "key", key, sizeof(key)) &&
		    device_set_key(&enrolment->device, key) && fields_end(fields);

	explicit_bzero(key, sizeof(key));
	return good;
}

bool session_put_codes(struct fields *fields, const struct codes *codes)
{
	if (!put_number(fields, "codes", (int64_t)codes->count))
		return false;
	for (size_t i = 0; i < codes->count; i++) {
		if (!fields_put(fields, "code", codes->items[i]))
			return false;
	}
	return true;
}

bool session_take_codes(struct fields *fields, struct codes *codes)
{
	uint64_t count;

	if (!take_number(fields, "codes", RECORD_RECOVERY_MAX, &count))
		return false;
	codes->count = (size_t)count;
	for (size_t i = 0; i < codes->count; i++) {
		if (!fields_take(fields, "code", codes->items[i], sizeof(codes->items[i])) ||
		    strlen(codes->items[i]) != RECOVERY_LENGTH)
			return false;
	}
	return fields_end(fields);
}

bool session_put_record(struct fields *fields, const struct record *record,
			const struct state *state)
{
	char slot[STATE_SLOT_SIZE + 1];

	state_format(state, slot);
	slot[STATE_SLOT_SIZE] = '\0';
	if (!fields_put(fields, "state", slot) ||
	    !put_number(fields, "recovery", (int64_t)record->recovery_count) ||
	    !put_number(fields, "devices", (int64_t)record->device_count))
		return false;
	for (size_t i = 0; i < record->device_count; i++) {
		if (!put_device(fields, &record->devices[i]))
			return false;
	}
	return true;
}

bool session_take_record(struct fields *fields, struct record *record, struct state *state)
{
	char slot[STATE_SLOT_SIZE + 1] = {0};
	uint64_t recovery, devices;

	memset(record, 0, sizeof(*record));
	if (!fields_take(fields, "state", slot, sizeof(slot)) || strlen(slot) != STATE_SLOT_SIZE ||
	    !state_parse(slot, state) ||
	    !take_number(fields, "recovery", RECORD_RECOVERY_MAX, &recovery) ||
	    !take_number(fields, "devices", RECORD_DEVICES_MAX, &devices))
		return false;
	record->recovery_count = (size_t)recovery;
	record->device_count = (size_t)devices;
	for (size_t i = 0; i < record->device_count; i++) {
		if (!take_device(fields, &record->devices[i]))
			return false;
	}
	return fields_end(fields);
}

bool session_put_near_miss(struct fields *fields, const struct near_miss *near_miss)
{
	int64_t distance = near_miss->kind == NEAR_MISS_CLOCK ? near_miss->distance : 0;

	return put_number(fields, "ahead", distance > 0 ? distance : 0) &&
	       put_number(fields, "behind", distance < 0 ? -distance : 0);
}

bool session_take_near_miss(struct fields *fields, struct near_miss *near_miss)
{
	uint64_t ahead, behind;

	*near_miss = (struct near_miss){.kind = NEAR_MISS_NONE};
	if (!take_number(fields, "ahead", INT32_MAX, &ahead) ||
	    !take_number(fields, "behind", INT32_MAX, &behind))
		return false;
	if (ahead != behind) {
		near_miss->kind = NEAR_MISS_CLOCK;
		near_miss->distance = (int64_t)ahead - (int64_t)behind;
	}
	return fields_end(fields);
}

bool session_put_end(struct fields *fields, const struct session_end *end)
{
	return put_number(fields, "reason", end->reason) &&
	       put_number(fields, "standing", end->standing);
}

bool session_take_end(struct fields *fields, struct session_end *end)
{
	uint64_t reason, standing;

	if (!take_number(fields, "reason", REASON_COUNT - 1, &reason) ||
	    !take_number(fields, "standing", ENROLMENT_TOO_MANY, &standing))
		return false;
	end->reason = (enum reason)reason;
	end->standing = (unsigned)standing;
	return fields_end(fields);
}
