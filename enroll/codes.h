/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CODES_H
#define TWOKEY_CODES_H

#include <jansson.h>
#include <stdio.h>

#include "recovery.h"

#define CODES_DEFAULT 10

/* Recovery codes in the clear, from making them to showing them once. Wiped by their owner. */
struct codes {
	size_t count;
	char items[RECORD_RECOVERY_MAX][RECOVERY_LENGTH + 1];
};

/*
 * codes_parse_count(value, codes):
 * Take the value of an option that says how many. Return false, having complained, if it is not 0
 * to RECORD_RECOVERY_MAX.
 */
bool codes_parse_count(const char *value, struct codes *codes);

/*
 * codes_make(codes, record):
 * Make codes->count new codes and give ${record} their hashes. Return REASON_NONE or why not.
 */
enum reason codes_make(struct codes *codes, struct record *record);

/* codes_print(codes, stream): Show them, two in a row, with what they are for. */
void codes_print(const struct codes *codes, FILE *stream);

/* codes_json(codes): An array of them as people are shown them. NULL if memory ran out. */
json_t *codes_json(const struct codes *codes);

#endif
