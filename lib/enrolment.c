/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P2, single use: no device is added whose key another has, or one code would count once for each;
 * and one that takes the place of its like goes on where that was.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "enrolment.h"
#include "login.h"
#include "random.h"
#include "recovery.h"
#include "spent.h"
#include "store_change.h"

#define KEY_LENGTH 20 /* bytes: RFC 4226 recommends 160 bits */

/* Steps either side of now that a confirming code may be of, as at a login by default. */
#define CONFIRM_WINDOW 1

#define HOST_NAME_SIZE 256

void enrolment_defaults(struct enrolment *enrolment, const struct site *site)
{
	*enrolment = (struct enrolment){
		.device = site->device,
		.codes = {.count = site->recovery_codes},
	};
}

static void default_issuer(struct device *device)
{
	char host[HOST_NAME_SIZE] = "";

	(void)gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	if (!device_set_issuer(device, host))
		(void)device_set_issuer(device, "twokey");
}

enum reason enrolment_complete(struct enrolment *enrolment, const char *user)
{
	struct device *device = &enrolment->device;

	if (device->type == OTP_HOTP)
		device->period = 0;
	if (device->issuer[0] == '\0')
		default_issuer(device);
	if (device->label[0] == '\0' && !device_set_label(device, user))
		(void)device_set_label(device, "user");
	if (device->key_length == 0) {
		if (!random_bytes(device->key, KEY_LENGTH))
			return REASON_RANDOM_FAILED;
		device->key_length = KEY_LENGTH;
	}
	return enrolment->mode == ENROLMENT_ADD ? REASON_NONE : codes_draw(&enrolment->codes);
}

enum reason enrolment_confirm(struct enrolment *enrolment, const char *typed,
			      struct near_miss *near_miss)
{
	struct record record = {.device_count = 1, .devices = {enrolment->device}};
	struct state state = {.devices = {enrolment->state}};
	struct answer answer;
	struct proof proof;
	enum reason reason;
	int64_t now;

	*near_miss = (struct near_miss){.kind = NEAR_MISS_NONE};
	if (!login_clock(&now))
		return REASON_CLOCK_UNREADABLE;
	answer_read(typed, &answer);
	reason = answer.form == ANSWER_OTP
			 ? judge(&record, &state, CONFIRM_WINDOW, now, &answer, &proof, near_miss)
			 : REASON_MALFORMED_CODE;
	if (reason == REASON_NONE && proof.kind != PROOF_DEVICE)
		reason = REASON_WRONG_CODE;
	if (reason == REASON_NONE)
		enrolment->state = (struct device_state){
			.watermark = proof.position + 1,
			.drift = (int32_t)proof.offset,
			.last_used = now,
		};
	explicit_bzero(&answer, sizeof(answer));
	explicit_bzero(&record, sizeof(record));
	return reason;
}

/* Before enrolment_complete there may be no key yet. */
static bool has_key_of_record(struct enrolment *enrolment, const struct record *record)
{
	size_t holder = record_key_holder(record, &enrolment->device);

	if (enrolment->device.key_length == 0 || holder == record->device_count)
		return false;
	memcpy(enrolment->key_holder, record->devices[holder].name, sizeof(enrolment->key_holder));
	return true;
}

/* What the mode makes of a record that is there, or of none. */
static enum enrolment_standing stand(struct enrolment *enrolment, bool exists,
				     const struct record *record)
{
	switch (enrolment->mode) {
	case ENROLMENT_NEW:
	case ENROLMENT_IF_MISSING:
		return exists ? ENROLMENT_EXISTS : ENROLMENT_WELCOME;
	case ENROLMENT_REPLACE:
		return ENROLMENT_WELCOME;
	case ENROLMENT_ADD:
		break;
	}
	if (!exists)
		return ENROLMENT_MISSING;
	if (record_device(record, enrolment->device.name) < record->device_count)
		return ENROLMENT_DEVICE_EXISTS;
	if (has_key_of_record(enrolment, record))
		return ENROLMENT_KEY_EXISTS;
	if (record->device_count == RECORD_DEVICES_MAX)
		return ENROLMENT_TOO_MANY;
	return ENROLMENT_WELCOME;
}

/* Let the new device's codes begin behind those that were used of an old one with its key. */
static enum reason go_on(struct enrolment *enrolment, const struct change *present)
{
	struct record record = {.device_count = 1, .devices = {enrolment->device}};
	struct state state = {.devices = {enrolment->state}};
	enum reason reason = REASON_NONE;

	if (enrolment->device.key_length > 0)
		reason = spent_carry(present, &record, NULL, &state);
	enrolment->state = state.devices[0];
	explicit_bzero(&record, sizeof(record));
	return reason;
}

enum reason enrolment_look(struct enrolment *enrolment, struct store *store, const char *user,
			   enum enrolment_standing *standing)
{
	struct change present = {.store = store};
	enum reason reason = store_read(store, user, &present.record, &present.state);
	bool damaged = reason == REASON_RECORD_DAMAGED || reason == REASON_STATE_DAMAGED;

	*standing = stand(enrolment, reason != REASON_UNENROLLED, &present.record);
	/* Damage is no obstacle to replacing what is damaged, and is told when adding to it. */
	if (damaged && enrolment->mode != ENROLMENT_ADD)
		present.damage = reason;
	if (reason == REASON_UNENROLLED || present.damage != REASON_NONE)
		reason = REASON_NONE;
	/* It is by the device's next code, then, that it is confirmed. */
	if (reason == REASON_NONE && enrolment->mode == ENROLMENT_REPLACE)
		reason = go_on(enrolment, &present);
	explicit_bzero(&present.record, sizeof(present.record));
	return reason;
}

static enum reason add_device(struct enrolment *enrolment, struct change *change)
{
	struct record record = change->record;
	struct state state = change->state;
	size_t index = record.device_count++;
	enum reason reason;

	record.devices[index] = enrolment->device;
	state.devices[index] = enrolment->state;
	reason = change_write(change, &record, &state);
	explicit_bzero(&record, sizeof(record));
	return reason;
}

static enum reason write_anew(struct enrolment *enrolment, struct change *change, const char *user)
{
	struct record record = {.device_count = 1, .devices = {enrolment->device}};
	struct state state = {.failures = 0};
	enum reason reason = go_on(enrolment, change);

	state.devices[0] = enrolment->state;
	(void)username_to_file(user, record.file);
	if (reason == REASON_NONE)
		reason = recovery_replace(&record, enrolment->codes.items, enrolment->codes.count);
	if (reason == REASON_NONE)
		reason = change_write(change, &record, &state);
	explicit_bzero(&record, sizeof(record));
	return reason;
}

enum reason enrolment_write(struct enrolment *enrolment, struct store *store, const char *user,
			    enum enrolment_standing *standing)
{
	struct change change;
	enum reason reason = change_begin(store, user, &change);

	*standing = ENROLMENT_WELCOME;
	if (reason == REASON_NONE)
		*standing = stand(enrolment, change.exists, &change.record);
	if (reason == REASON_NONE && *standing == ENROLMENT_WELCOME) {
		if (enrolment->mode != ENROLMENT_ADD)
			reason = write_anew(enrolment, &change, user);
		else if (change.damage != REASON_NONE)
			reason = change.damage;
		else
			reason = add_device(enrolment, &change);
	}
	change_end(&change);
	return reason;
}
