/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CODES_H
#define TWOKEY_CODES_H

#include <stddef.h>

#include "answer.h"
#include "reason.h"
#include "record.h"

#define CODES_DEFAULT 10

/* Recovery codes in the clear, from making them to showing them once. Wiped by their owner. */
struct codes {
	size_t count;
	char items[RECORD_RECOVERY_MAX][RECOVERY_LENGTH + 1];
};

/*
 * codes_make(codes, record):
 * Make codes->count new codes and give ${record} their hashes. Return REASON_NONE or why not.
 */
enum reason codes_make(struct codes *codes, struct record *record);

#endif
