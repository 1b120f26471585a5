/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "batch.h"
#include "command.h"
#include "enrolment.h"
#include "message.h"
#include "plan.h"
#include "plan_tell.h"
#include "policy.h"
#include "present.h"
#include "self.h"
#include "self_enroll.h"
#include "settings.h"
#include "store_change.h"
#include "terminal.h"
#include "text.h"

static const char usage[] = N_(
	"usage: twokey enroll [USER] [options]\n"
	"       twokey enroll --batch FILE --out DIR [options]    (see enroll --batch - --help)\n"
	"\n"
	"Make a secret for a user, show it as a QR code, ask for the first code, and show the\n"
	"recovery codes.\n"
	"  --device NAME        what to call the phone or token (default phone)\n"
	"  --issuer TEXT        what the app shows above the code (default the host's name)\n"
	"  --label TEXT         whose code it is, for the app (default the user)\n"
	"  --algorithm NAME     SHA1 (default; some apps know no other), SHA256 or SHA512\n"
	"  --digits N           6 (default), 7 or 8\n"
	"  --period SECONDS     10 to 300 (default 30)\n"
	"  --hotp               codes by counter (RFC 4226), not by time\n"
	"  --counter N          where the counter stands (default 0)\n"
	"  --secret-stdin       take the key, in base32, from the first line of standard input\n"
	"  --recovery-codes N   0 to 16 (default 10)\n"
	"  --qr FORM            utf8, ascii, none, png=FILE or svg=FILE\n"
	"  --no-confirm         write without asking for the first code\n"
	"  --add                a further device for a user who is enrolled\n"
	"  --replace            in place of an enrolment that is there\n"
	"  --if-missing         do nothing, and succeed, if the user is enrolled\n"
	"  --json               print the result as JSON; what a person reads goes to stderr\n"
	"  --store DIR          (default /var/lib/twokey)\n");

static int fail(const struct plan *plan, enum reason reason, const struct store_fault *fault)
{
	return complain_reason(reason, plan->options.user, plan->options.store, fault);
}

static int read_key(struct plan *plan)
{
	struct secret typed = {0};
	bool read = terminal_read(_("Key, in base32: "), ECHO_HIDDEN, &typed);
	int error = errno;
	bool good = read && device_set_key(&plan->enrolment.device, typed.text);

	secret_wipe(&typed);
	if (good)
		return OPTIONS_GO_ON;
	if (!read && error != 0) {
		complain(_("standard input: %s"), strerror(error));
		return STATUS_SYSTEM;
	}
	complain(_("standard input must begin with a key of 16 to 64 bytes in base32"));
	return STATUS_USAGE;
}

/*
 * No reason to refuse, for directories come and go: but a mistyped name is seldom meant, and a
 * record is of one of an account's names.
 */
static void warn_of_name(const char *user)
{
	char buffer[ACCOUNT_SIZE];
	char name[PRINTABLE_MAX + 1], own_name[PRINTABLE_MAX + 1];
	const char *shown = printable(user, name);
	struct passwd entry;
	int error = account_find(user, &entry, buffer);

	if (error == ENOENT)
		complain(_("note: this host knows no user '%s'"), shown);
	else if (error == 0 && strcmp(entry.pw_name, user) != 0)
		complain(_("note: '%s' is '%s' to this host, and who logs in by that name is not "
			   "enrolled by this"),
			 shown, printable(entry.pw_name, own_name));
}

static int complete(struct plan *plan)
{
	struct enrolment *enrolment = &plan->enrolment;
	enum reason reason;

	if (plan->key_source == KEY_FROM_STDIN) {
		int status = read_key(plan);

		if (status != OPTIONS_GO_ON)
			return status;
	}
	if (enrolment->device.type == OTP_TOTP)
		enrolment->state.watermark = 0;
	reason = enrolment_complete(enrolment, plan->options.user);
	return reason == REASON_NONE ? OPTIONS_GO_ON : fail(plan, reason, NULL);
}

/* Enrolment takes effect only once the device has shown that it has the key. */
static int confirm(struct plan *plan, struct presentation *presentation)
{
	struct near_miss near_miss;
	struct secret typed = {0};
	enum reason reason;

	do {
		if (!terminal_read(
			    _("First code from the device (Enter: show key or QR code again): "),
			    ECHO_SHOWN, &typed))
			return fail(plan, REASON_NO_ANSWER, NULL);
		if (typed.length == 0 && isatty(STDIN_FILENO) == 1) {
			present_again(presentation);
			reason = REASON_WRONG_CODE;
			continue;
		}
		reason = enrolment_confirm(&plan->enrolment, typed.text, &near_miss);
		secret_wipe(&typed);
		if (reason_class(reason) == CLASS_REFUSED && !plan_tell_wrong_code(&near_miss))
			return STATUS_REFUSED;
	} while (reason_class(reason) == CLASS_REFUSED);
	return reason == REASON_NONE ? OPTIONS_GO_ON : fail(plan, reason, NULL);
}

/* Nobody looks at what a script enrols without a first code: the result says it all. */
static bool is_shown(const struct plan *plan)
{
	return !plan->options.json || plan->confirmation == CONFIRMATION_ASKED ||
	       plan->qr.format == QR_PNG || plan->qr.format == QR_SVG;
}

static int show_and_confirm(struct plan *plan)
{
	struct presentation presentation = {
		.device = &plan->enrolment.device,
		.uri = plan->uri,
		.qr = plan->qr,
		.stream = plan->options.json ? stderr : stdout,
	};
	int status = present_begin(&presentation);

	if (status == STATUS_DONE)
		status = plan->confirmation == CONFIRMATION_ASKED ? confirm(plan, &presentation)
								  : OPTIONS_GO_ON;
	present_end(&presentation);
	return status;
}

/* What ${step} says of the plan, be it enrolment_look or enrolment_write. */
static int meet_store(struct plan *plan, struct store *store,
		      enum reason (*step)(struct enrolment *enrolment, struct store *store,
					  const char *user, enum enrolment_standing *standing))
{
	enum enrolment_standing standing;
	enum reason reason = step(&plan->enrolment, store, plan->options.user, &standing);

	if (reason != REASON_NONE)
		return fail(plan, reason, &store->fault);
	return standing == ENROLMENT_WELCOME ? OPTIONS_GO_ON : plan_refuse(plan, standing);
}

static int enrol(struct plan *plan, struct store *store)
{
	int status = meet_store(plan, store, enrolment_look);

	if (status != OPTIONS_GO_ON)
		return status;
	warn_of_name(plan->options.user);
	status = complete(plan);
	/* A key that was brought may be one of the user's: nobody is asked for its code in vain. */
	if (status == OPTIONS_GO_ON && plan->key_source == KEY_FROM_STDIN)
		status = meet_store(plan, store, enrolment_look);
	if (status != OPTIONS_GO_ON)
		return status;
	uri_format(&plan->enrolment.device, plan->enrolment.state.watermark, plan->uri);
	if (is_shown(plan))
		status = show_and_confirm(plan);
	if (status == OPTIONS_GO_ON)
		status = meet_store(plan, store, enrolment_write);
	if (status != OPTIONS_GO_ON)
		return status;
	audit(plan->options.user, "device %s enrolled%s", plan->enrolment.device.name,
	      plan->confirmation == CONFIRMATION_LEFT_OUT ? " without a first code" : "");
	return plan_tell_result(plan);
}

int command_enroll(int argc, char **argv)
{
	struct plan plan = {.qr = {.format = QR_NONE}};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_USER,
				      .own = plan_options,
				      .take = plan_take,
				      .context = &plan};
	struct store_fault fault;
	struct store store;
	enum reason reason;
	int status;

	if (batch_is_asked(argc, argv))
		return batch_enroll(argc, argv);
	enrolment_defaults(&plan.enrolment, &settings()->site);
	qr_option_default(&plan.qr);
	status = options_read(argc, argv, &syntax, &plan.options);
	if (status != OPTIONS_GO_ON)
		return status;
	if (plan.enrolment.mode == ENROLMENT_ADD)
		plan.enrolment.codes.count = 0;
	reason = store_create(plan.options.store, &fault);
	if (reason == REASON_NONE) {
		reason = store_open(plan.options.store, &store);
		fault = store.fault;
	}
	if (self_is_needed(reason, &fault, plan.options.user))
		return self_enroll(&plan);
	if (reason != REASON_NONE)
		return fail(&plan, reason, &fault);
	status = enrol(&plan, &store);
	explicit_bzero(&plan, sizeof(plan));
	store_close(&store);
	return status;
}
