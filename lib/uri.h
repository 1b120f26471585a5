/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_URI_H
#define TWOKEY_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"

/* Every byte of issuer (twice) and label percent-encoded, the key, and the names around them. */
#define URI_MAX (3 * (2 * DEVICE_ISSUER_MAX + DEVICE_LABEL_MAX) + DEVICE_KEY_BASE32_MAX + 160)

/* More than any app writes, the address of an image included; up to here the parser is proved. */
#define URI_TAKEN_MAX 4095

/*
 * uri_format(device, counter, uri):
 * Write the otpauth URI of ${device} in the Key URI format that authenticator apps read; ${counter}
 * is where an HOTP device begins. The caller wipes ${uri}.
 */
void uri_format(const struct device *device, uint64_t counter, char uri[URI_MAX + 1]);

/*
 * uri_parse(uri, device, counter, problem):
 * Read an otpauth URI in the Key URI format. What it may leave out is SHA1, 6 digits, 30 seconds,
 * no issuer and no label; ${device} is left without a name. ${counter} is where an HOTP device
 * stands, 0 for TOTP. Total: any string is read whole or refused, one of more than URI_TAKEN_MAX
 * bytes unread, with ${device} wiped and a static text in ${problem}. The caller wipes ${device}.
 */
bool uri_parse(const char *uri, struct device *device, uint64_t *counter, const char **problem);

#endif
