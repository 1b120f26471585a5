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
 * codes_draw(codes):
 * Draw codes->count new codes. Return REASON_NONE or REASON_RANDOM_FAILED.
 */
enum reason codes_draw(struct codes *codes);

#endif
