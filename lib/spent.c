/* SPDX-License-Identifier: BSD-2-Clause */
/* P2, single use: where it is not known what was used, all that may have been is spent. */
#include "spent.h"
#include "otp.h"
#include "verdict.h"

void spent_presume(const struct record *record, int64_t now, struct state *state)
{
	*state = (struct state){.recovery_spent = UINT16_MAX};
	for (size_t i = 0; i < record->device_count; i++) {
		const struct device *device = &record->devices[i];

		state->devices[i].watermark = device->type == OTP_TOTP
						      ? otp_step(device, now) + DRIFT_STEPS_MAX + 1
						      : STATE_WATERMARK_MAX;
	}
}
