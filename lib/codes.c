/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes.h"
#include "recovery.h"

enum reason codes_draw(struct codes *codes)
{
	return recovery_make(codes->items, codes->count) ? REASON_NONE : REASON_RANDOM_FAILED;
}
