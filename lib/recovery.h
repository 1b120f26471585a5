/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_RECOVERY_H
#define TWOKEY_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "answer.h"
#include "reason.h"
#include "record.h"
#include "state.h"

/*
 * recovery_make(codes, count):
 * Random recovery codes from getrandom(2), without dashes; the caller wipes them. Return false,
 * with ${codes} empty, if the kernel gave no random bytes.
 */
bool recovery_make(char codes[][RECOVERY_LENGTH + 1], size_t count);

/*
 * recovery_show(code, shown):
 * Write ${code} in groups, as people are shown it: XXXX-XXXX-XXXX. The caller wipes ${shown}.
 */
void recovery_show(const char code[RECOVERY_LENGTH + 1], char shown[RECOVERY_SHOWN + 1]);

/*
 * recovery_replace(record, codes, count):
 * Make ${count} hashes under one new salt of ${codes}, which recovery_make made or another program
 * as RECOVERY_IMPORTED_LENGTH digits, the recovery codes of ${record}. Return
 * REASON_NONE, REASON_HASH_FAILED or REASON_RANDOM_FAILED; the last two leave ${record} unchanged.
 */
enum reason recovery_replace(struct record *record, char codes[][RECOVERY_LENGTH + 1],
			     size_t count);

/*
 * recovery_find(record, code, index):
 * Hash ${code} as the record's codes are and compare it with each of them in constant time. Return
 * REASON_NONE with the index, or the count if none is the same, or REASON_HASH_FAILED.
 */
enum reason recovery_find(const struct record *record, const char *code, size_t *index);

/* recovery_left(record, state): How many of the record's recovery codes are not spent. */
unsigned recovery_left(const struct record *record, const struct state *state);

#endif
