/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "codes_show.h"
#include "command.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "revision.h"
#include "self.h"
#include "settings.h"
#include "text.h"

static const char usage[] =
	N_("usage: twokey recovery [USER] [--count N] [--json] [--store DIR]\n"
	   "\n"
	   "Make new recovery codes for a user and show them once. The old ones are void.\n"
	   "  --count N  how many, 0 to 16 (default 10)\n");

enum { OPTION_COUNT = 'c' };

static const struct option own[] = {{"count", required_argument, NULL, OPTION_COUNT}, {0}};

static bool take(int option, const char *value, void *context)
{
	(void)option;
	return codes_parse_count(value, context);
}

static int tell(const struct options *options, const struct codes *codes)
{
	if (options->json)
		return overview_print_json(json_pack("{s:s, s:o}", "user", options->user,
						     "recovery_codes", codes_json(codes)));
	codes_print(codes, stdout);
	return STATUS_DONE;
}

static bool hear(struct self *self, enum session_say say, struct fields *fields)
{
	return say == SAY_CODES && session_take_codes(fields, &self->wish.codes);
}

static int renew_own(const struct options *options, void *context)
{
	struct self self = {.kind = REQUEST_RECOVERY, .options = options, .hear = hear};
	struct codes *codes = context;
	struct session_end end;
	int status;

	enrolment_defaults(&self.wish, &settings()->site);
	self.wish.codes.count = codes->count;
	status = self_run(&self, &end);
	if (status == STATUS_DONE)
		status = tell(options, &self.wish.codes);
	explicit_bzero(&self, sizeof(self));
	return status;
}

int command_recovery(int argc, char **argv)
{
	struct codes codes = {.count = settings()->site.recovery_codes};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_USER,
				      .own = own,
				      .take = take,
				      .context = &codes};
	struct options options;
	struct store store;
	enum reason reason;
	int status = options_open_own(argc, argv, &syntax, renew_own, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	reason = revision_renew_codes(&store, options.user, &codes);
	if (reason == REASON_NONE) {
		audit(options.user, "%zu new recovery codes, the old ones void", codes.count);
		status = tell(&options, &codes);
	} else {
		status = complain_reason(reason, options.user, options.store, &store.fault);
	}
	explicit_bzero(&codes, sizeof(codes));
	store_close(&store);
	return status;
}
