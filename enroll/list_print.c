/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "list.h"
#include "message.h"
#include "overview.h"
#include "recovery.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* Room for a number of 32 bits. */
#define NUMBER_SIZE 12

static const struct column enrolled[] = {
	{N_("USER"), 0, 0},   {N_("DEVICES"), 1, 2},  {N_("FAILURES"), 1, 1},
	{N_("LOCKED"), 3, 5}, {N_("RECOVERY"), 2, 3}, {N_("LAST SUCCESS"), 20, 4},
};

static const struct column unenrolled[] = {
	{N_("USER"), 0, 0},
	{N_("UID"), 5, 1},
	{N_("LOGS IN WITH"), 20, 2},
};

static size_t longest_name(const struct list *list)
{
	char name[PRINTABLE_MAX + 1];
	size_t longest = 0;

	for (size_t i = 0; !list->unenrolled && i < list->names.count; i++) {
		size_t length = strlen(printable(list->names.sorted[i], name));

		longest = length > longest ? length : longest;
	}
	for (size_t i = 0; i < list->accounts.count; i++) {
		size_t length = strlen(printable(list->accounts.sorted[i].user, name));

		longest = length > longest ? length : longest;
	}
	return longest;
}

void list_begin(struct list *list)
{
	if (list->json) {
		(void)fputs("[\n", stdout);
		return;
	}
	if (list->unenrolled)
		table_fit(&list->table, unenrolled, COUNT(unenrolled), longest_name(list));
	else
		table_fit(&list->table, enrolled, COUNT(enrolled), longest_name(list));
	table_heading(&list->table);
}

void list_end(const struct list *list)
{
	if (list->json)
		(void)fputs("\n]\n", stdout);
}

int list_print(const struct list *list, const char *user, const struct record *record,
	       const struct state *state, struct list_output *output)
{
	char name[PRINTABLE_MAX + 1], success[TIME_TEXT_SIZE];
	char devices[NUMBER_SIZE], failures[NUMBER_SIZE], recovery[NUMBER_SIZE];
	bool locked = state->locked_until > list->now;
	unsigned left = recovery_left(record, state);
	const struct cell cells[] = {
		{name, PAINT_PLAIN},
		{devices, PAINT_PLAIN},
		{failures, PAINT_PLAIN},
		{locked ? _("yes") : _("no"), locked ? PAINT_PROBLEM : PAINT_PLAIN},
		{recovery, left == 0 ? PAINT_WARNING : PAINT_PLAIN},
		{success, PAINT_PLAIN},
	};

	if (list->json)
		return overview_print_item(overview_json(user, record, state, list->now),
					   output->stream, &output->any);
	(void)printable(user, name);
	overview_time(state->last_success, _("never"), success);
	(void)snprintf(devices, sizeof(devices), "%zu", record->device_count);
	(void)snprintf(failures, sizeof(failures), "%" PRIu32, state->failures);
	(void)snprintf(recovery, sizeof(recovery), "%u", left);
	table_row(&list->table, output->stream, cells);
	return STATUS_DONE;
}

static const char *ways_in(const struct account *account)
{
	if (account->has_password && account->has_public_key)
		return _("password, public key");
	if (account->has_public_key)
		return _("public key");
	return account->has_password ? _("password") : _("an empty password");
}

int list_print_account(const struct list *list, const struct account *account,
		       struct list_output *output)
{
	char name[PRINTABLE_MAX + 1], uid[NUMBER_SIZE];
	const struct cell cells[] = {
		{name, PAINT_PLAIN},
		{uid, PAINT_PLAIN},
		{ways_in(account), PAINT_PLAIN},
	};

	if (list->json)
		return overview_print_item(
			json_pack("{s:s, s:b, s:I, s:b, s:b}", "user", account->user, "enrolled", 0,
				  "uid", (json_int_t)account->uid, "password",
				  account->has_password, "public_key", account->has_public_key),
			output->stream, &output->any);
	(void)printable(account->user, name);
	(void)snprintf(uid, sizeof(uid), "%u", (unsigned)account->uid);
	table_row(&list->table, output->stream, cells);
	return STATUS_DONE;
}
