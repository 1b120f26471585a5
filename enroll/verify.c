/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "login.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "settings.h"
#include "store.h"
#include "terminal.h"
#include "text.h"

static const char usage[] = N_(
	"usage: twokey verify USER [--json] [--store DIR]\n"
	"\n"
	"Try a code, read from the terminal or standard input, just as a login would: it is\n"
	"charged, and a right one is spent. The limits are those of /etc/security/twokey.conf.\n");

static int tell_json(const struct options *options, const struct login *login, bool accepted)
{
	return overview_print_json(json_pack("{s:s, s:b, s:s, s:s, s:I}", "user", options->user,
					     "accepted", accepted, "reason",
					     reason_name(login->reason), "device", login->device,
					     "failures", (json_int_t)login->failures));
}

/* What the log of a login would tell beside the reason. */
static void tell_details(const struct login *login)
{
	switch (login->reason) {
	case REASON_LOCKED:
		complain(_("the lock ends in %" PRId64 " seconds"), login->locked_seconds);
		break;
	case REASON_CLOCK_BEHIND:
		complain(_("the clock is %" PRId64 " seconds behind"), login->clock_behind);
		break;
	case REASON_WRONG_CODE:
		if (login->near_miss.kind == NEAR_MISS_CLOCK)
			complain(_("it would be right if the clock of '%s' were right: it differs "
				   "by "
				   "%+" PRId64 " seconds"),
				 login->device, login->near_miss.distance);
		if (login->near_miss.kind == NEAR_MISS_COUNTER)
			complain(_("'%s' is %" PRId64 " codes ahead"), login->device,
				 login->near_miss.distance);
		break;
	default:
		break;
	}
}

static int tell(const struct options *options, const struct login *login,
		const struct store_fault *fault)
{
	bool accepted = reason_class(login->reason) == CLASS_SUCCESS;

	if (options->json && tell_json(options, login, accepted) != STATUS_DONE)
		return STATUS_SYSTEM;
	if (!accepted) {
		int status = complain_reason(login->reason, options->user, options->store, fault);

		tell_details(login);
		return status;
	}
	if (!options->json)
		(void)printf("%s%s%s\n", _(reason_text(login->reason)),
			     login->device[0] != '\0' ? ": " : "", login->device);
	return STATUS_DONE;
}

int command_verify(int argc, char **argv)
{
	const struct syntax syntax = {.usage = _(usage), .operand = OPERAND_USER};
	struct options options;
	struct store store;
	struct secret typed = {0};
	struct answer answer;
	struct login login = {.reason = REASON_NONE};
	int status = options_read(argc, argv, &syntax, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	login.reason = store_open(options.store, &store);
	if (login.reason == REASON_NONE &&
	    !terminal_read(_("Verification code: "), ECHO_HIDDEN, &typed))
		login.reason = REASON_NO_ANSWER;
	if (login.reason == REASON_NONE) {
		answer_read(typed.text, &answer);
		login_attempt(&store, &settings()->policy.limits,
			      &(struct guess){.user = options.user,
					      .password = PASSWORD_NOT_ASKED,
					      .answer = &answer,
					      .origin = "twokey/verify"},
			      &login);
		explicit_bzero(&answer, sizeof(answer));
	}
	secret_wipe(&typed);
	status = tell(&options, &login, &store.fault);
	store_close(&store);
	return status;
}
