/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PSKC_VALUE_H
#define TWOKEY_PSKC_VALUE_H

#include <stdbool.h>

#include "device.h"

/* The longest value that means anything; a longer text is no value. */
#define PSKC_VALUE_SIZE 512

/*
 * pskc_set_key(device, text):
 * Take the key from base64 (RFC 4648 section 4), with blanks and newlines as XML may have them.
 * Return false if it is none of DEVICE_KEY_MIN to DEVICE_KEY_MAX bytes.
 */
bool pskc_set_key(struct device *device, const char *text);

/*
 * pskc_read_user(value, user):
 * Whom a UserId names: a distinguished name has the user as its UID (RFC 4514), and what is no such
 * name is the user. ${value} is shorter than PSKC_VALUE_SIZE.
 */
void pskc_read_user(const char *value, char user[PSKC_VALUE_SIZE]);

#endif
