/* SPDX-License-Identifier: BSD-2-Clause */
/* P8, secrets stay secret: liboath leaves the key on the stack, as HMAC pads it. */
#include <liboath/oath.h>
#include <string.h>
#include <time.h>

#include "otp.h"

/* The last position that liboath can be asked for: it takes a time_t. */
#define POSITION_MAX INT64_MAX

/* Bytes: half as many again as liboath takes of the stack; glibc clears more than 2048 more slowly.
 */
#define STACK_USED 2000

_Static_assert(sizeof(time_t) == sizeof(int64_t), "positions are handed to liboath as a time_t");

static int hash_flag(enum otp_algorithm algorithm)
{
	switch (algorithm) {
	case OTP_SHA256:
		return OATH_TOTP_HMAC_SHA256;
	case OTP_SHA512:
		return OATH_TOTP_HMAC_SHA512;
	case OTP_SHA1:
		break;
	}
	return 0;
}

/* Called from where liboath was. */
__attribute__((noinline)) static void wipe_stack(void)
{
	char used[STACK_USED];

	explicit_bzero(used, sizeof(used));
}

bool otp_code(const struct device *device, uint64_t position, char code[OTP_DIGITS_MAX + 1])
{
	/* With steps of one second since second 0, the time that is asked for is the counter. */
	bool made = position <= POSITION_MAX &&
		    oath_totp_generate2((const char *)device->key, device->key_length,
					(time_t)position, 1, 0, device->digits,
					hash_flag(device->algorithm), code) == OATH_OK;

	wipe_stack();
	if (!made)
		explicit_bzero(code, OTP_DIGITS_MAX + 1);
	return made;
}

uint64_t otp_step(const struct device *device, int64_t now)
{
	return (uint64_t)now / device->period;
}
