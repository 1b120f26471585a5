/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "store_change.h"

static const char usage[] = "usage: twokey remove USER [--device NAME] [--store DIR]\n"
			    "\n"
			    "Remove a user's record: devices, recovery codes and state.\n"
			    "  --device NAME  remove this device alone; the last one can't be\n";

enum { OPTION_DEVICE = 'd' };

static const struct option own[] = {{"device", required_argument, NULL, OPTION_DEVICE}, {0}};

static bool take(int option, const char *value, void *context)
{
	(void)option;
	*(const char **)context = value;
	return true;
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

static int remove_device(struct change *change, const struct options *options, const char *device)
{
	struct record record = change->record;
	struct state state = change->state;
	size_t index = record_device(&record, device);
	enum reason reason = change->damage;

	if (reason == REASON_NONE && index == record.device_count) {
		complain("there is no device '%s'; see 'twokey status'", device);
		reason = REASON_UNENROLLED;
	} else if (reason == REASON_NONE && record.device_count == 1) {
		complain("'%s' is the last device; to remove the user, leave --device out", device);
		reason = REASON_UNENROLLED;
	} else if (reason == REASON_NONE) {
		drop_device(&record, &state, index);
		reason = change_write(change, &record, &state);
		if (reason != REASON_NONE)
			(void)complain_reason(reason, options->user, options->store,
					      &change->store->fault);
	}
	explicit_bzero(&record, sizeof(record));
	if (reason != REASON_NONE)
		return reason_class(reason) == CLASS_REFUSED ? STATUS_REFUSED : STATUS_SYSTEM;
	audit(options->user, "device %s removed", device);
	(void)printf("removed device %s\n", device);
	return STATUS_DONE;
}

static int remove_user(struct change *change, const struct options *options)
{
	char name[PRINTABLE_MAX + 1];
	enum reason reason = change_remove(change);

	if (reason != REASON_NONE)
		return complain_reason(reason, options->user, options->store,
				       &change->store->fault);
	audit(options->user, "removed");
	(void)printf("removed %s\n", printable(options->user, name));
	return STATUS_DONE;
}

int command_remove(int argc, char **argv)
{
	const char *device = NULL;
	const struct syntax syntax = {usage, OPERAND_USER, own, take, &device};
	struct options options;
	struct store store;
	struct change change;
	enum reason reason;
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	reason = change_begin(&store, options.user, &change);
	if (reason == REASON_NONE && !change.exists)
		reason = REASON_UNENROLLED;
	if (reason != REASON_NONE)
		status = complain_reason(reason, options.user, options.store, &store.fault);
	else if (device != NULL)
		status = remove_device(&change, &options, device);
	else
		status = remove_user(&change, &options);
	change_end(&change);
	store_close(&store);
	return status;
}
