/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "login.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "recovery.h"
#include "screen.h"
#include "self.h"
#include "settings.h"
#include "store_change.h"
#include "text.h"

static const char usage[] =
	N_("usage: twokey status [USER] [--json] [--store DIR]\n"
	   "\n"
	   "Tell a user's devices, failures, lock, last login and recovery codes left.\n");

/* Columns of what stands before a value, and before its further lines. */
#define LABEL 18

/* One line: ${label} alone is not wrapped, the rest is. */
__attribute__((format(printf, 3, 4))) static void line(const struct screen *screen,
						       const char *label, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)fputs("  ", screen->stream);
	screen_cell(screen, PAINT_PLAIN, label, LABEL - 3);
	(void)fputc(' ', screen->stream);
	screen_wrap(screen, text, LABEL);
}

static void print_device(const struct screen *screen, const struct device *device,
			 const struct device_state *state)
{
	char used[TIME_TEXT_SIZE];

	if (device->type == OTP_TOTP)
		line(screen, _("device"), _("%s: %s %s, %u digits, every %u seconds"), device->name,
		     otp_type_name(device->type), otp_algorithm_name(device->algorithm),
		     device->digits, device->period);
	else
		line(screen, _("device"), _("%s: %s %s, %u digits"), device->name,
		     otp_type_name(device->type), otp_algorithm_name(device->algorithm),
		     device->digits);
	if (state == NULL)
		return;
	overview_time(state->last_used, _("never"), used);
	if (device->type == OTP_TOTP)
		line(screen, "", _("last used %s, clock %+d s"), used, (int)state->drift);
	else
		line(screen, "", _("last used %s"), used);
}

static void print_status(const char *user, const struct record *record, const struct state *state,
			 int64_t now)
{
	struct screen screen = screen_of(stdout);
	char name[PRINTABLE_MAX + 1];
	char until[TIME_TEXT_SIZE];
	char success[TIME_TEXT_SIZE];

	screen_say(&screen, _("%s is enrolled"), printable(user, name));
	for (size_t i = 0; i < record->device_count; i++)
		print_device(&screen, &record->devices[i],
			     state != NULL ? &state->devices[i] : NULL);
	if (state == NULL)
		return;
	overview_time(state->locked_until > now ? state->locked_until : 0, _("no"), until);
	overview_time(state->last_success, _("never"), success);
	line(&screen, _("failures"), "%u", (unsigned)state->failures);
	line(&screen, _("locked until"), "%s", until);
	line(&screen, _("last success"), "%s", success);
	line(&screen, _("recovery codes"), _("%u left"), recovery_left(record, state));
}

static int tell(const struct options *options, enum reason reason, const struct record *record,
		const struct state *state)
{
	const struct state *readable = reason == REASON_NONE ? state : NULL;
	int64_t now;

	if (!login_clock(&now))
		return complain_reason(REASON_CLOCK_UNREADABLE, options->user, options->store,
				       NULL);
	if (options->json)
		return overview_print_json(overview_json(options->user, record, readable, now));
	print_status(options->user, record, readable, now);
	return STATUS_DONE;
}

/* With --json even a user who is not enrolled is told as an object. */
static int tell_unenrolled(const struct options *options, const struct store *store)
{
	if (options->json)
		(void)overview_print_json(
			json_pack("{s:s, s:b}", "user", options->user, "enrolled", 0));
	return complain_reason(REASON_UNENROLLED, options->user, options->store, &store->fault);
}

static bool hear(struct self *self, enum session_say say, struct fields *fields)
{
	struct record record;
	struct state state;

	if (say != SAY_RECORD || !session_take_record(fields, &record, &state))
		return false;
	*(int *)self->context = tell(self->options, REASON_NONE, &record, &state);
	return true;
}

static int tell_own(const struct options *options, void *context)
{
	int told = STATUS_SYSTEM;
	struct self self = {
		.kind = REQUEST_STATUS, .options = options, .hear = hear, .context = &told};
	struct session_end end;
	int status;

	(void)context;
	enrolment_defaults(&self.wish, &settings()->site);
	status = self_run(&self, &end);
	return status == STATUS_DONE ? told : status;
}

int command_status(int argc, char **argv)
{
	const struct syntax syntax = {.usage = _(usage), .operand = OPERAND_USER};
	struct options options;
	struct store store;
	struct record record;
	struct state state;
	enum reason reason;
	int status = options_open_own(argc, argv, &syntax, tell_own, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	reason = store_read(&store, options.user, &record, &state);
	if (reason == REASON_UNENROLLED)
		status = tell_unenrolled(&options, &store);
	else if (reason == REASON_NONE || reason == REASON_STATE_DAMAGED)
		status = tell(&options, reason, &record, &state);
	if (reason != REASON_NONE && reason != REASON_UNENROLLED)
		status = complain_reason(reason, options.user, options.store, &store.fault);
	explicit_bzero(&record, sizeof(record));
	store_close(&store);
	return status;
}
