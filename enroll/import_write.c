/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P7, nothing lost: all devices of a user are one record, which is written whole or not at all. P2,
 * single use: no two of them have one key, or one code would count once for each; and what was used
 * here since an earlier import stays used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "import.h"
#include "message.h"
#include "recovery.h"
#include "settings.h"
#include "spent.h"
#include "store_change.h"
#include "text.h"

/* What a user's devices are called, unless --device says so. */
static const char *device_name(const struct import *import)
{
	if (import->device != NULL)
		return import->device;
	return strcmp(import->format, "oath") == 0 || strcmp(import->format, "pskc") == 0 ? "token"
											  : "phone";
}

/* By user; one user's stay in the order in which they were found. */
static int compare(const void *left, const void *right)
{
	const struct import_entry *a = *(const struct import_entry *const *)left;
	const struct import_entry *b = *(const struct import_entry *const *)right;
	int order = strcmp(a->user, b->user);

	return order != 0 ? order : (a > b) - (a < b);
}

/* The pointers alone are sorted: what sorts may leave copies of what it sorts. */
static struct import_entry **sort(struct import *import)
{
	struct import_entry **order = calloc(import->count + 1, sizeof(struct import_entry *));

	for (size_t i = 0; order != NULL && i < import->count; i++)
		order[i] = &import->entries[i];
	if (order != NULL)
		qsort(order, import->count, sizeof(struct import_entry *), compare);
	return order;
}

/* Name the device, and fill in what the source did not tell. */
static bool add_device(const struct import *import, const struct import_entry *entry,
		       struct record *record, struct state *state)
{
	struct enrolment enrolment = {.device = entry->device};
	const char *issuer = settings()->site.device.issuer;
	char name[DEVICE_NAME_MAX + 16];
	size_t number = record->device_count + 1;
	bool good;

	(void)snprintf(name, sizeof(name), number == 1 ? "%s" : "%s%zu", device_name(import),
		       number);
	if (enrolment.device.issuer[0] == '\0' && issuer[0] != '\0')
		(void)device_set_issuer(&enrolment.device, issuer);
	good = device_set_name(&enrolment.device, name) &&
	       enrolment_complete(&enrolment, entry->user) == REASON_NONE;
	if (good) {
		state->devices[record->device_count] = entry->state;
		record->devices[record->device_count++] = enrolment.device;
	}
	explicit_bzero(&enrolment, sizeof(enrolment));
	return good;
}

/* One record of all entries of one user. Return whether it can be one; why not is told. */
static bool gather(struct import *import, struct import_entry *const *entries, size_t count,
		   struct record *record, struct state *state)
{
	const char *problem =
		count > RECORD_DEVICES_MAX ? N_("the user has more than 8 devices") : NULL;

	(void)username_to_file(entries[0]->user, record->file);
	for (size_t i = 0; i < count && problem == NULL; i++) {
		size_t holder = record_key_holder(record, &entries[i]->device);

		if (holder < record->device_count) {
			import_refuse_twin(import, entries[i], record->devices[holder].name,
					   entries[holder]->line);
			return false;
		}
		if (!add_device(import, entries[i], record, state))
			problem = N_("the device's name is too long");
	}
	if (problem != NULL)
		import_remark(import, REMARK_REFUSED, entries[0]->line, entries[0]->user, problem);
	return problem == NULL;
}

/* Of the source's formats one has recovery codes, and of a user one file. */
static enum reason hash_codes(struct import_entry *entry, struct record *record)
{
	if (entry->codes.count == 0)
		return REASON_NONE;
	return recovery_replace(record, entry->codes.items, entry->codes.count);
}

static void tell_person(const struct import *import, const struct import_entry *entry,
			const struct record *record)
{
	char name[PRINTABLE_MAX + 1];

	say(stdout,
	    import->dry_run ? _("%s: would be imported: devices: %zu, recovery codes: %zu")
			    : _("%s: imported: devices: %zu, recovery codes: %zu"),
	    printable(entry->user, name), record->device_count, record->recovery_count);
}

static json_t *devices_json(const struct record *record)
{
	json_t *devices = json_array();

	for (size_t i = 0; i < record->device_count; i++) {
		if (json_array_append_new(devices, json_string(record->devices[i].name)) == 0)
			continue;
		json_decref(devices);
		return NULL;
	}
	return devices;
}

static void tell(struct import *import, const struct import_entry *entry,
		 const struct record *record)
{
	import->imported++;
	if (import->options.json)
		import_tell_json(import, import->users,
				 json_pack("{s:s, s:o, s:i}", "user", entry->user, "devices",
					   devices_json(record), "recovery_codes",
					   (int)record->recovery_count));
	else
		tell_person(import, entry, record);
}

static void fail(struct import *import, struct store *store, const char *user, enum reason reason)
{
	import->refused++;
	status_worsen(&import->status,
		      complain_reason(reason, user, import->options.store, &store->fault));
}

/* Whether the mode lets the user's record be written; what does not is told. */
static bool is_welcome(struct import *import, const struct import_entry *entry, bool exists)
{
	if (!exists || import->mode == ENROLMENT_REPLACE)
		return true;
	if (import->mode == ENROLMENT_NEW)
		import_remark(import, REMARK_REFUSED, entry->line, entry->user,
			      N_("is enrolled already; see --replace and --if-missing"));
	return false;
}

static bool is_enrolled(struct store *store, const char *user, enum reason *reason)
{
	struct record record;
	struct state state;

	*reason =
		store->directory < 0 ? REASON_UNENROLLED : store_read(store, user, &record, &state);
	explicit_bzero(&record, sizeof(record));
	if (*reason == REASON_UNENROLLED) {
		*reason = REASON_NONE;
		return false;
	}
	/* Damage is no obstacle to replacing what is damaged. */
	if (*reason == REASON_RECORD_DAMAGED || *reason == REASON_STATE_DAMAGED)
		*reason = REASON_NONE;
	return true;
}

static void write_user(struct import *import, struct store *store, const struct import_entry *entry,
		       const struct record *record, struct state *state)
{
	struct change change;
	enum reason reason = change_begin(store, entry->user, &change);

	if (reason == REASON_NONE && is_welcome(import, entry, change.exists)) {
		reason = spent_carry(&change, record, &entry->codes, state);
		if (reason == REASON_NONE)
			reason = change_write(&change, record, state);
		if (reason == REASON_NONE) {
			audit(entry->user, "imported from %s: devices: %zu, recovery codes: %zu",
			      import->format, record->device_count, record->recovery_count);
			tell(import, entry, record);
		}
	}
	change_end(&change);
	if (reason != REASON_NONE)
		fail(import, store, entry->user, reason);
}

static void dry_run(struct import *import, struct store *store, const struct import_entry *entry,
		    const struct record *record)
{
	enum reason reason;
	bool enrolled = is_enrolled(store, entry->user, &reason);

	if (reason != REASON_NONE)
		fail(import, store, entry->user, reason);
	else if (is_welcome(import, entry, enrolled))
		tell(import, entry, record);
}

static void import_user(struct import *import, struct store *store,
			struct import_entry *const *entries, size_t count)
{
	struct record record = {.device_count = 0};
	struct state state = {.failures = 0};
	bool gathered = gather(import, entries, count, &record, &state);
	enum reason reason = gathered ? hash_codes(entries[0], &record) : REASON_NONE;

	if (reason != REASON_NONE)
		fail(import, store, entries[0]->user, reason);
	else if (gathered && import->dry_run)
		dry_run(import, store, entries[0], &record);
	else if (gathered)
		write_user(import, store, entries[0], &record, &state);
	explicit_bzero(&record, sizeof(record));
}

static enum reason open_store(const struct import *import, struct store *store)
{
	const char *path = import->options.store;
	struct store_fault fault;
	enum reason reason = import->dry_run ? REASON_NONE : store_create(path, &fault);

	*store = (struct store){.directory = -1};
	if (reason == REASON_NONE)
		reason = store_open(path, store);
	else
		store->fault = fault;
	/* A dry run needs no store. */
	return import->dry_run && reason == REASON_STORE_MISSING ? REASON_NONE : reason;
}

void import_write(struct import *import)
{
	struct store store;
	struct import_entry **order = sort(import);
	enum reason reason = order != NULL ? open_store(import, &store) : REASON_NO_MEMORY;
	size_t next;

	if (reason != REASON_NONE) {
		import->status = complain_reason(reason, NULL, import->options.store,
						 order != NULL ? &store.fault : NULL);
		free(order);
		return;
	}
	for (size_t i = 0; i < import->count; i = next) {
		for (next = i + 1; next < import->count; next++) {
			if (strcmp(order[i]->user, order[next]->user) != 0)
				break;
		}
		import_user(import, &store, order + i, next - i);
	}
	store_close(&store);
	free(order);
}
