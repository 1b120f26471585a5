/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "codes_show.h"
#include "command.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "store_change.h"

static const char usage[] =
	"usage: twokey recovery USER [--count N] [--json] [--store DIR]\n"
	"\n"
	"Make new recovery codes for a user and show them once. The old ones are void.\n"
	"  --count N  how many, 0 to 16 (default 10)\n";

enum { OPTION_COUNT = 'c' };

static const struct option own[] = {{"count", required_argument, NULL, OPTION_COUNT}, {0}};

static bool take(int option, const char *value, void *context)
{
	(void)option;
	return codes_parse_count(value, context);
}

static enum reason renew(struct store *store, const char *user, struct codes *codes)
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
		reason = codes_make(codes, &record);
		if (reason == REASON_NONE)
			reason = change_write(&change, &record, &state);
		explicit_bzero(&record, sizeof(record));
	}
	change_end(&change);
	return reason;
}

static int tell(const struct options *options, const struct codes *codes)
{
	if (options->json)
		return overview_print_json(json_pack("{s:s, s:o}", "user", options->user,
						     "recovery_codes", codes_json(codes)));
	codes_print(codes, stdout);
	return STATUS_DONE;
}

int command_recovery(int argc, char **argv)
{
	struct codes codes = {.count = CODES_DEFAULT};
	const struct syntax syntax = {usage, OPERAND_USER, own, take, &codes};
	struct options options;
	struct store store;
	enum reason reason;
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	reason = renew(&store, options.user, &codes);
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
