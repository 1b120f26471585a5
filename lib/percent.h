/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PERCENT_H
#define TWOKEY_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * percent_decode(text, at, end, decoded, size):
 * Undo percent-encoding (RFC 3986 section 2.1) in a span of ${text} (lib/span.h), and end what
 * comes out with a NUL. Return false, with ${decoded} empty, for a percent sign without two
 * hexadecimal digits, an encoded or plain NUL, or more than ${size} - 1 bytes.
 * ${size} is not 0.
 */
bool percent_decode(const char *text, size_t at, size_t end, char *decoded, size_t size);

#endif
