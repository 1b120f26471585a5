/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes.h"
#include "recovery.h"

enum reason codes_draw(struct codes *codes)
{
	for (size_t i = 0; i < codes->count; i++) {
		if (!recovery_make(codes->items[i]))
			return REASON_RANDOM_FAILED;
	}
	return REASON_NONE;
}
