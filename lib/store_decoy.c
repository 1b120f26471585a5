/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P1, one verdict: whoever is not enrolled is refused after the same work, on a file like a user's.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "random.h"
#include "recovery.h"
#include "store_change.h"
#include "store_decoy.h"
#include "store_file.h"

_Static_assert(STORE_DECOY_COUNT == sizeof(uint64_t) * CHAR_BIT, "a bit for each decoy");

/* Note a decoy by the bit of its number. */
static bool note_decoy(struct store *store, const char *name, void *context)
{
	uint64_t *there = context;
	uint64_t number;
	char path[STORE_FILE_MAX + 1];

	(void)store;
	if (!decimal_parse(name, STORE_DECOY_COUNT - 1, &number))
		return true;
	file_path_decoy(number, path);
	if (strcmp(path + sizeof(STORE_DECOYS), name) == 0)
		*there |= UINT64_C(1) << number;
	return true;
}

/* A new file is whole and durable before it takes its place. */
static enum reason put_file(struct store *store, const char *new_path, const char *path,
			    const struct record *record, const struct state *state)
{
	enum reason reason = file_create(store, new_path, record, state, DURABLE_NOW);

	if (reason != REASON_NONE)
		return reason;
	return file_take_place(store, new_path, path);
}

/*
 * A secret file like any other, whose key and recovery code nobody ever saw. Like any other it is
 * never there by half, which the next run would take for a whole one.
 */
static enum reason make_decoy(struct store *store, unsigned number)
{
	static const struct state state = {.sequence = SEQUENCE_FIRST};
	struct record record = {.device_count = 1};
	struct device *device = &record.devices[0];
	char code[1][RECOVERY_LENGTH + 1];
	char path[STORE_FILE_MAX + 1];
	char new_path[STORE_FILE_MAX + 1];
	enum reason reason = REASON_RANDOM_FAILED;

	file_path_decoy(number, path);
	(void)snprintf(record.file, sizeof(record.file), "%s", path + sizeof(STORE_DECOYS));
	(void)snprintf(new_path, sizeof(new_path), STORE_NEW "/%s", record.file);
	*device = (struct device){
		.name = "decoy", .digits = OTP_DIGITS_MIN, .period = 30, .key_length = 20};
	if (random_bytes(device->key, device->key_length) && recovery_make(code, 1))
		reason = recovery_replace(&record, code, 1);
	if (reason == REASON_NONE)
		reason = put_file(store, new_path, path, &record, &state);
	explicit_bzero(code, sizeof(code));
	explicit_bzero(&record, sizeof(record));
	return reason;
}

enum reason decoys_make(struct store *store, bool *made)
{
	uint64_t there = 0;
	enum reason reason = store_each(store, STORE_DECOYS, note_decoy, &there);

	*made = there != UINT64_MAX;
	/* Nothing may stand in the way of a new file. */
	if (reason == REASON_NONE && *made)
		reason = store_clear(store);
	for (unsigned i = 0; i < STORE_DECOY_COUNT && reason == REASON_NONE; i++) {
		if ((there >> i & 1) == 0)
			reason = make_decoy(store, i);
	}
	return reason;
}
