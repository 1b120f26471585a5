/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_RECORD_H
#define TWOKEY_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "device.h"
#include "username.h"

/* The record's text with its padding: one block, which the state never shares. */
#define RECORD_SIZE         4096

#define RECORD_DEVICES_MAX  8
#define RECORD_RECOVERY_MAX 16

/* The only version there is. */
#define RECORD_VERSION "1"

/* The longest crypt(3) string kept: SHA-512 with rounds= has 123 characters. */
#define RECOVERY_HASH_MAX 127

/*
 * What enrolment writes and no login touches. Holds keys: whoever fills one wipes it. What lies
 * beyond its counts means nothing, and is read by nobody.
 */
struct record {
	char file[USERNAME_FILE_MAX + 1]; /* whose it is, as username_to_file has it */
	size_t device_count;
	struct device devices[RECORD_DEVICES_MAX];
	size_t recovery_count;
	char recovery[RECORD_RECOVERY_MAX][RECOVERY_HASH_MAX + 1]; /* crypt(3), one salt */
};

/* Where a record's text is wrong. */
struct record_error {
	unsigned line;       /* from 1; 0 where no one line is at fault */
	const char *problem; /* a static text */
};

/* record_none(record): Nobody's: no device, no recovery code. */
void record_none(struct record *record);

/*
 * record_parse(text, record, error):
 * Read RECORD_SIZE bytes of ${text}, the format of twokey-store(5). Return how many bytes stand
 * before its padding, with ${record} whole; or 0, with ${record} wiped and the line and problem in
 * ${error}.
 */
size_t record_parse(const char text[RECORD_SIZE], struct record *record,
		    struct record_error *error);

/*
 * record_format(record, text):
 * Write ${record} as RECORD_SIZE bytes of printable text, padded with newlines. Return false, with
 * ${text} wiped, if it does not fit or memory ran out.
 */
bool record_format(const struct record *record, char text[RECORD_SIZE]);

/*
 * record_same(one, other):
 * Whether both have one text. False, too, where memory ran out.
 */
bool record_same(const struct record *one, const struct record *other);

/*
 * record_wipe(record):
 * Wipe the keys and hashes that a whole ${record} holds, which is a tenth of its room.
 */
void record_wipe(struct record *record);

/* record_device(record, name): The device's index, or record->device_count if there is none. */
size_t record_device(const struct record *record, const char *name);

/*
 * record_key_holder(record, device):
 * The index of the first device that has the key of ${device}, or record->device_count.
 */
size_t record_key_holder(const struct record *record, const struct device *device);

#endif
