/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "login.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "recovery.h"
#include "store_change.h"

static const char usage[] = "usage: twokey list [--json] [--store DIR]\n"
			    "\n"
			    "List the users who are enrolled, sorted by name.\n";

/* The names in the store, which readdir(3) gives in no order: one after the other, each with its
 * NUL. */
struct names {
	FILE *stream;
	char *text;
	size_t size;
	size_t count;
	char **sorted;
};

static bool add_name(const char *user, void *context)
{
	struct names *names = context;

	names->count++;
	return fwrite(user, strlen(user) + 1, 1, names->stream) == 1;
}

static void free_names(struct names *names)
{
	free(names->sorted);
	free(names->text);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum reason sort_names(struct names *names)
{
	char *name = names->text;

	names->sorted = calloc(names->count + 1, sizeof(*names->sorted));
	if (names->sorted == NULL)
		return REASON_NO_MEMORY;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = name;
		name += strlen(name) + 1;
	}
	qsort(names->sorted, names->count, sizeof(*names->sorted), compare_names);
	return REASON_NONE;
}

static enum reason read_names(struct store *store, struct names *names)
{
	enum reason reason;
	bool failed;

	names->stream = open_memstream(&names->text, &names->size);
	if (names->stream == NULL)
		return REASON_NO_MEMORY;
	reason = store_list(store, add_name, names);
	failed = ferror(names->stream) != 0;
	if (fclose(names->stream) != 0 || failed)
		return REASON_NO_MEMORY;
	return reason == REASON_NONE ? sort_names(names) : reason;
}

static void print_row(const char *user, const struct record *record, const struct state *state,
		      int64_t now)
{
	char name[PRINTABLE_MAX + 1];
	char success[TIME_TEXT_SIZE];

	overview_time(state->last_success, "never", success);
	(void)printf("%-24s %7zu %8" PRIu32 " %-6s %8u  %s\n", printable(user, name),
		     record->device_count, state->failures,
		     state->locked_until > now ? "yes" : "no", recovery_left(record, state),
		     success);
}

/* One user more; a record that can't be read is complained about, and the list goes on. */
static int list_user(struct store *store, const struct options *options, const char *user,
		     int64_t now, json_t *array)
{
	struct record record;
	struct state state;
	enum reason reason = store_read(store, user, &record, &state);
	int status = STATUS_DONE;

	if (reason == REASON_UNENROLLED) /* removed since the names were read */
		return STATUS_DONE;
	if (reason != REASON_NONE)
		status = complain_reason(reason, user, options->store, &store->fault);
	else if (!options->json)
		print_row(user, &record, &state, now);
	else if (json_array_append_new(array, overview_json(user, &record, &state, now)) != 0)
		status = STATUS_SYSTEM;
	explicit_bzero(&record, sizeof(record));
	return status;
}

static int list_names(struct store *store, const struct options *options, const struct names *names,
		      int64_t now)
{
	json_t *array = options->json ? json_array() : NULL;
	int worst = STATUS_DONE;

	if (!options->json)
		(void)printf("%-24s %7s %8s %-6s %8s  %s\n", "USER", "DEVICES", "FAILURES",
			     "LOCKED", "RECOVERY", "LAST SUCCESS");
	for (size_t i = 0; i < names->count; i++) {
		int status = list_user(store, options, names->sorted[i], now, array);

		if (status > worst)
			worst = status;
	}
	if (options->json && overview_print_json(array) != STATUS_DONE)
		worst = STATUS_SYSTEM;
	return worst;
}

int command_list(int argc, char **argv)
{
	const struct syntax syntax = {.usage = usage, .operand = OPERAND_NONE};
	struct names names = {0};
	struct options options;
	struct store store;
	enum reason reason;
	int64_t now;
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	reason = login_clock(&now) ? read_names(&store, &names) : REASON_CLOCK_UNREADABLE;
	if (reason == REASON_NONE)
		status = list_names(&store, &options, &names, now);
	else
		status = complain_reason(reason, NULL, options.store, &store.fault);
	free_names(&names);
	store_close(&store);
	return status;
}
