/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "revision.h"
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

static int remove_device(struct store *store, const struct options *options, const char *device)
{
	enum revision_standing standing;
	enum reason reason = revision_remove_device(store, options->user, device, &standing);

	if (reason != REASON_NONE)
		return complain_reason(reason, options->user, options->store, &store->fault);
	if (standing == REVISION_NO_DEVICE)
		complain("there is no device '%s'; see 'twokey status'", device);
	if (standing == REVISION_LAST_DEVICE)
		complain("'%s' is the last device; to remove the user, leave --device out", device);
	if (standing != REVISION_DONE)
		return STATUS_REFUSED;
	audit(options->user, "device %s removed", device);
	(void)printf("removed device %s\n", device);
	return STATUS_DONE;
}

static int remove_user(struct store *store, const struct options *options)
{
	char name[PRINTABLE_MAX + 1];
	struct change change;
	enum reason reason = change_begin(store, options->user, &change);

	if (reason == REASON_NONE)
		reason = change.exists ? change_remove(&change) : REASON_UNENROLLED;
	change_end(&change);
	if (reason != REASON_NONE)
		return complain_reason(reason, options->user, options->store, &store->fault);
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
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	status = device != NULL ? remove_device(&store, &options, device)
				: remove_user(&store, &options);
	store_close(&store);
	return status;
}
