/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_OTP_H
#define TWOKEY_OTP_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "device.h"

/*
 * otp_code(device, position, code):
 * The code of ${device} at a step (TOTP, RFC 6238 section 4.2) or counter (HOTP, RFC 4226 section
 * 5.3): TOTP is HOTP with a step for the counter. The caller wipes ${code}. Return false, with
 * ${code} empty, if liboath fails.
 */
bool otp_code(const struct device *device, uint64_t position, char code[OTP_DIGITS_MAX + 1]);

/* otp_step(device, now): The step that ${now}, seconds since 1970 and not negative, lies in. */
uint64_t otp_step(const struct device *device, int64_t now);

#endif
