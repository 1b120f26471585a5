/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DECIMAL_H
#define TWOKEY_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * decimal_parse(text, most, value):
 * Read an unsigned decimal number: digits only, no sign, no space, not empty. Return false, with
 * ${value} unchanged, for anything else or more than ${most}.
 */
bool decimal_parse(const char *text, uint64_t most, uint64_t *value);

#endif
