/* SPDX-License-Identifier: BSD-2-Clause */
/* What lib/otp.c takes of liboath, for its other function: no parser makes a code. */
#ifndef PROOF_OATH_H
#define PROOF_OATH_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { OATH_OK = 0, OATH_TOTP_HMAC_SHA256 = 1, OATH_TOTP_HMAC_SHA512 = 2 };

int oath_totp_generate2(const char *secret, size_t secret_length, time_t now,
			unsigned time_step_size, time_t start_offset, unsigned digits, int flags,
			char *output_otp);

#endif
