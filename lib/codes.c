/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes.h"
#include "recovery.h"

enum reason codes_make(struct codes *codes, struct record *record)
{
	for (size_t i = 0; i < codes->count; i++) {
		if (!recovery_make(codes->items[i]))
			return REASON_RANDOM_FAILED;
	}
	return recovery_replace(record, codes->items, codes->count);
}
