/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_BASE32_H
#define TWOKEY_BASE32_H

/*
 * Base32 (RFC 4648 section 6), as keys are written. Ours, for P8: liboath's decoder copies the text
 * to memory that it frees as it is, and a key would stay there in whatever program asks PAM.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * base32_decode(text, bytes, size, length):
 * Decode ${text}, in either case, with spaces anywhere, with its padding or without, to ${bytes},
 * and count them in ${length}. Return false for anything else, and where ${size} bytes are too few;
 * ${bytes} may then hold the first ones. The caller wipes them.
 */
bool base32_decode(const char *text, unsigned char *bytes, size_t size, size_t *length);

/*
 * base32_encode(bytes, length, text):
 * Write ${bytes} in upper case, without padding, and a NUL. ${text} has room for
 * BASE32_LENGTH(length) + 1 characters. The caller wipes it.
 */
void base32_encode(const unsigned char *bytes, size_t length, char *text);

/* Characters of so many bytes, without padding. */
#define BASE32_LENGTH(length) (((length)*8 + 4) / 5)

#endif
