/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "accounts.h"
#include "command.h"
#include "decimal.h"
#include "list.h"
#include "login.h"
#include "message.h"
#include "names.h"
#include "options.h"
#include "overview.h"
#include "parallel.h"
#include "store_change.h"
#include "text.h"

static const char usage[] =
	N_("usage: twokey list [--locked] [--stale DAYS] [--unenrolled] [--json] [--store DIR]\n"
	   "\n"
	   "List the users who are enrolled, sorted by name.\n"
	   "  --locked      those who are locked\n"
	   "  --stale DAYS  those who have not logged in for so many days, or never\n"
	   "  --unenrolled  instead, the accounts that can log in and are not enrolled\n");

enum { OPTION_LOCKED = 'l', OPTION_STALE = 's', OPTION_UNENROLLED = 'u' };

static const struct option own[] = {
	{"locked", no_argument, NULL, OPTION_LOCKED},
	{"stale", required_argument, NULL, OPTION_STALE},
	{"unenrolled", no_argument, NULL, OPTION_UNENROLLED},
	{0},
};

#define SECONDS_A_DAY 86400

/* A hundred years. */
#define DAYS_MOST 36525

static bool take(int option, const char *value, void *context)
{
	struct list *list = context;
	uint64_t days;

	switch (option) {
	case OPTION_LOCKED:
		list->locked = true;
		return true;
	case OPTION_UNENROLLED:
		list->unenrolled = true;
		return true;
	default:
		break;
	}
	if (!decimal_parse(value, DAYS_MOST, &days)) {
		complain(_("--stale must be 0 to %d days"), DAYS_MOST);
		return false;
	}
	list->stale_days = (int64_t)days;
	return true;
}

static bool is_wanted(const struct list *list, const struct state *state)
{
	if (list->locked && state->locked_until <= list->now)
		return false;
	return list->stale_days < 0 ||
	       state->last_success <= list->now - list->stale_days * SECONDS_A_DAY;
}

/* One user more; a record that can't be read is complained about, and the list goes on. */
static int print_user(const struct list *list, const char *user, struct list_output *output)
{
	struct record record;
	struct state state;
	enum reason reason = store_read(list->store, user, &record, &state);
	int status = STATUS_DONE;

	if (reason == REASON_NONE && is_wanted(list, &state))
		status = list_print(list, user, &record, &state, output);
	else if (reason != REASON_NONE && reason != REASON_UNENROLLED) /* removed meanwhile */
		status = complain_reason(reason, user, list->path, &list->store->fault);
	explicit_bzero(&record, sizeof(record));
	return status;
}

static int print_users(size_t from, size_t to, FILE *stream, void *context)
{
	const struct list *list = context;
	struct list_output output = {.stream = stream};
	int worst = STATUS_DONE;

	for (size_t i = from; i < to; i++)
		status_worsen(&worst, print_user(list, list->names.sorted[i], &output));
	return worst;
}

static int print_accounts(size_t from, size_t to, FILE *stream, void *context)
{
	const struct list *list = context;
	struct list_output output = {.stream = stream};
	int worst = STATUS_DONE;

	for (size_t i = from; i < to && worst == STATUS_DONE; i++) {
		if (!names_have(&list->names, list->accounts.sorted[i].user))
			worst = list_print_account(list, &list->accounts.sorted[i], &output);
	}
	return worst;
}

static int print(struct list *list)
{
	struct task task = {list->names.count, print_users, list, list->json ? ",\n" : NULL};
	int status;

	if (list->unenrolled) {
		task.count = list->accounts.count;
		task.print = print_accounts;
	}
	list_begin(list);
	status = parallel_print(&task);
	list_end(list);
	return status;
}

static enum reason read_who(struct list *list)
{
	enum reason reason = names_read(list->store, &list->names);

	if (reason == REASON_NONE && list->unenrolled)
		reason = accounts_read(&list->accounts);
	return reason;
}

static int run(struct list *list)
{
	enum reason reason = login_clock(&list->now) ? read_who(list) : REASON_CLOCK_UNREADABLE;

	if (reason != REASON_NONE)
		return complain_reason(reason, NULL, list->path, &list->store->fault);
	return print(list);
}

int command_list(int argc, char **argv)
{
	struct list list = {.stale_days = -1};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_NONE,
				      .own = own,
				      .take = take,
				      .context = &list};
	struct options options;
	struct store store;
	int status = options_open(argc, argv, &syntax, &options, &store);

	if (status != OPTIONS_GO_ON)
		return status;
	list.store = &store;
	list.path = options.store;
	list.json = options.json;
	if (list.unenrolled && (list.locked || list.stale_days >= 0)) {
		complain(_("who is not enrolled is neither locked nor stale: give --unenrolled "
			   "alone"));
		status = STATUS_USAGE;
	} else {
		status = run(&list);
	}
	names_free(&list.names);
	accounts_free(&list.accounts);
	store_close(&store);
	return status;
}
