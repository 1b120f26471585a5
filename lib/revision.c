/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "recovery.h"
#include "revision.h"
#include "store_change.h"

enum reason revision_renew_codes(struct store *store, const char *user, struct codes *codes)
{
	struct change change;
	struct record record;
	struct state state;
	enum reason reason = change_begin(store, user, &change);

	if (reason == REASON_NONE)
		reason = change.exists ? change.damage : REASON_UNENROLLED;
	if (reason == REASON_NONE) {
		record = change.record;
		state = change.state;
		state.recovery_spent = 0;
		reason = codes_draw(codes);
		if (reason == REASON_NONE)
			reason = recovery_replace(&record, codes->items, codes->count);
		if (reason == REASON_NONE)
			reason = change_write(&change, &record, &state);
		explicit_bzero(&record, sizeof(record));
	}
	change_end(&change);
	return reason;
}

/* The devices that remain keep their state, which is found by their place in the record. */
static void drop_device(struct record *record, struct state *state, size_t index)
{
	size_t after = record->device_count - index - 1;

	memmove(&record->devices[index], &record->devices[index + 1],
		after * sizeof(*record->devices));
	memmove(&state->devices[index], &state->devices[index + 1],
		after * sizeof(*state->devices));
	record->device_count--;
	state->devices[record->device_count] = (struct device_state){0};
}

static enum reason write_without(struct change *change, size_t index)
{
	struct record record = change->record;
	struct state state = change->state;
	enum reason reason;

	drop_device(&record, &state, index);
	reason = change_write(change, &record, &state);
	explicit_bzero(&record, sizeof(record));
	return reason;
}

enum reason revision_remove_device(struct store *store, const char *user, const char *device,
				   enum revision_standing *standing)
{
	struct change change;
	enum reason reason = change_begin(store, user, &change);

	*standing = REVISION_DONE;
	if (reason == REASON_NONE)
		reason = change.exists ? change.damage : REASON_UNENROLLED;
	if (reason == REASON_NONE) {
		size_t index = record_device(&change.record, device);

		if (index == change.record.device_count)
			*standing = REVISION_NO_DEVICE;
		else if (change.record.device_count == 1)
			*standing = REVISION_LAST_DEVICE;
		else
			reason = write_without(&change, index);
	}
	change_end(&change);
	return reason;
}
