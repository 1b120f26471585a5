/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "judge.h"
#include "login.h"
#include "message.h"
#include "options.h"
#include "otp.h"
#include "overview.h"
#include "spent.h"
#include "store_change.h"
#include "text.h"

static const char usage[] = N_(
	"usage: twokey unlock USER [--rebuild] [--json] [--store DIR]\n"
	"\n"
	"End a lock, forget the failures, and let a device whose last code lies in the future be\n"
	"used again.\n"
	"  --rebuild  make a new state where the old one is damaged: codes up to now are spent,\n"
	"             recovery codes are void, and HOTP devices must be enrolled again\n");

enum { OPTION_REBUILD = 'r' };

static const struct option own[] = {{"rebuild", no_argument, NULL, OPTION_REBUILD}, {0}};

static bool take(int option, const char *value, void *context)
{
	(void)option;
	(void)value;
	*(bool *)context = true;
	return true;
}

/* A code that was accepted while the clock was ahead must not keep its device out until then. */
static bool lies_in_future(const struct device *device, const struct device_state *state,
			   int64_t now)
{
	return device->type == OTP_TOTP &&
	       state->watermark > otp_step(device, now) + DRIFT_STEPS_MAX + 1;
}

static void clear(const struct record *record, struct state *state, int64_t now)
{
	verdict_unlock(state);
	for (size_t i = 0; i < record->device_count; i++) {
		if (lies_in_future(&record->devices[i], &state->devices[i], now))
			state->devices[i].watermark = otp_step(&record->devices[i], now) + 1;
	}
}

static void tell(const struct options *options, const struct record *record,
		 const struct state *before, int64_t now)
{
	for (size_t i = 0; i < record->device_count; i++) {
		if (!lies_in_future(&record->devices[i], &before->devices[i], now))
			continue;
		if (!options->json)
			say(stdout,
			    _("device %s: its last code lay in the future; codes from the "
			      "next step on are accepted"),
			    record->devices[i].name);
		audit(options->user, "watermark of device %s reset, which lay in the future",
		      record->devices[i].name);
	}
	audit(options->user, "unlocked after %" PRIu32 " failures", before->failures);
}

static enum reason unlock(struct store *store, const struct options *options, int64_t now)
{
	struct transaction transaction;
	struct state state;
	enum reason reason =
		store_begin(store, options->user, SUBJECT_USER, store_deadline(), &transaction);

	if (reason == REASON_NONE && transaction.subject == SUBJECT_DECOY)
		reason = REASON_UNENROLLED;
	if (reason == REASON_NONE) {
		state = transaction.state;
		clear(&transaction.record, &state, now);
		reason = store_commit(&transaction, &state);
	}
	if (reason == REASON_NONE)
		tell(options, &transaction.record, &transaction.state, now);
	store_end(&transaction);
	return reason;
}

static void tell_lost(const struct record *record)
{
	for (size_t i = 0; i < record->device_count; i++) {
		const struct device *device = &record->devices[i];

		if (device->type == OTP_TOTP)
			say(stdout, _("device %s: its codes are accepted again in %u seconds"),
			    device->name, (DRIFT_STEPS_MAX + 1) * device->period);
		else
			say(stdout, _("device %s: its counter is lost; enrol it again"),
			    device->name);
	}
	say(stdout, _("the recovery codes are void: run 'twokey recovery'"));
}

/* The file is written anew, its sequence number begins anew, and what is known is carried over. */
static enum reason rebuild(struct store *store, const struct options *options, int64_t now,
			   bool *lost)
{
	struct change change;
	struct state state;
	enum reason reason = change_begin(store, options->user, &change);

	if (reason == REASON_NONE && !change.exists)
		reason = REASON_UNENROLLED;
	if (reason == REASON_NONE && change.damage == REASON_RECORD_DAMAGED)
		reason = change.damage;
	if (reason == REASON_NONE) {
		*lost = change.damage == REASON_STATE_DAMAGED;
		state = change.state;
		if (*lost)
			spent_presume(&change.record, now, &state);
		clear(&change.record, &state, now);
		reason = change_write(&change, &change.record, &state);
	}
	if (reason == REASON_NONE && *lost && !options->json)
		tell_lost(&change.record);
	if (reason == REASON_NONE)
		audit(options->user, "state rebuilt%s", *lost ? ", the old one was damaged" : "");
	change_end(&change);
	return reason;
}

int command_unlock(int argc, char **argv)
{
	bool rebuilding = false;
	bool lost = false;
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_USER,
				      .own = own,
				      .take = take,
				      .context = &rebuilding};
	struct options options;
	struct store store;
	enum reason reason;
	int64_t now;
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!login_clock(&now))
		reason = REASON_CLOCK_UNREADABLE;
	else
		reason = rebuilding ? rebuild(&store, &options, now, &lost)
				    : unlock(&store, &options, now);
	if (reason == REASON_NONE && options.json)
		status = overview_print_json(json_pack("{s:s, s:b, s:b, s:b}", "user", options.user,
						       "unlocked", 1, "rebuilt", rebuilding,
						       "state_lost", lost));
	else if (reason == REASON_NONE)
		status = printf(_("unlocked\n")) > 0 ? STATUS_DONE : STATUS_SYSTEM;
	else
		status = complain_reason(reason, options.user, options.store, &store.fault);
	store_close(&store);
	return status;
}
