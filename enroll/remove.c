/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "revision.h"
#include "self.h"
#include "settings.h"
#include "store_change.h"
#include "text.h"

static const char usage[] =
	N_("usage: twokey remove [USER] [--device NAME] [--json] [--store DIR]\n"
	   "\n"
	   "Remove a user's record: devices, recovery codes and state.\n"
	   "  --device NAME  remove this device alone; the last one can't be\n");

enum { OPTION_DEVICE = 'd' };

static const struct option own[] = {{"device", required_argument, NULL, OPTION_DEVICE}, {0}};

static bool take(int option, const char *value, void *context)
{
	(void)option;
	*(const char **)context = value;
	return true;
}

/* ${device} is NULL where it was the whole user. */
static int tell_removed(const struct options *options, const char *device)
{
	if (options->json)
		return overview_print_json(json_pack("{s:s, s:b, s:s?}", "user", options->user,
						     "removed", 1, "device", device));
	if (device != NULL) {
		say(stdout, _("removed device %s"), device);
	} else {
		char name[PRINTABLE_MAX + 1];

		say(stdout, _("removed %s"), printable(options->user, name));
	}
	return STATUS_DONE;
}

static int tell_device(const struct options *options, const char *device,
		       enum revision_standing standing)
{
	switch (standing) {
	case REVISION_NO_DEVICE:
		complain(_("there is no device '%s'; see 'twokey status'"), device);
		return STATUS_REFUSED;
	case REVISION_LAST_DEVICE:
		complain(_("'%s' is the last device; to remove the user, leave --device out"),
			 device);
		return STATUS_REFUSED;
	case REVISION_DONE:
		break;
	}
	return tell_removed(options, device);
}

static int remove_device(struct store *store, const struct options *options, const char *device)
{
	enum revision_standing standing;
	enum reason reason = revision_remove_device(store, options->user, device, &standing);

	if (reason != REASON_NONE)
		return complain_reason(reason, options->user, options->store, &store->fault);
	if (standing == REVISION_DONE)
		audit(options->user, "device %s removed", device);
	return tell_device(options, device, standing);
}

/* One's whole record is root's to remove: the site may want nobody without a second key. */
static int remove_own(const struct options *options, void *context)
{
	struct self self = {.kind = REQUEST_REMOVE, .options = options};
	const char *device = *(const char **)context;
	struct session_end end;
	int status;

	enrolment_defaults(&self.wish, &settings()->site);
	if (device == NULL || !device_set_name(&self.wish.device, device)) {
		complain(_("only root can remove a user; name a device of yours by --device"));
		return STATUS_USAGE;
	}
	status = self_run(&self, &end);
	return status == STATUS_DONE
		       ? tell_device(options, device, (enum revision_standing)end.standing)
		       : status;
}

static int remove_user(struct store *store, const struct options *options)
{
	struct change change;
	enum reason reason = change_begin(store, options->user, &change);

	if (reason == REASON_NONE)
		reason = change.exists ? change_remove(&change) : REASON_UNENROLLED;
	change_end(&change);
	if (reason != REASON_NONE)
		return complain_reason(reason, options->user, options->store, &store->fault);
	audit(options->user, "removed");
	return tell_removed(options, NULL);
}

int command_remove(int argc, char **argv)
{
	const char *device = NULL;
	const struct syntax syntax = {_(usage), OPERAND_USER, own, take, &device, DEMAND_SETTINGS};
	struct options options;
	struct store store;
	int status = options_open_own(argc, argv, &syntax, remove_own, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	status = device != NULL ? remove_device(&store, &options, device)
				: remove_user(&store, &options);
	store_close(&store);
	return status;
}
