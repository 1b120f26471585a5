/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CHECKSUM_H
#define TWOKEY_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Hexadecimal digits of a checksum as text. */
#define CHECKSUM_DIGITS 16

/*
 * checksum(data, length):
 * A hash of ${length} bytes in the manner of 64-bit FNV-1a (RFC 9923), but of eight bytes at a
 * time, which takes an eighth of the work: a login computes four. It tells a torn write or a
 * flipped bit; it is no defence against someone who can write the store.
 */
uint64_t checksum(const void *data, size_t length);

/* checksum_text(data, length, text): The checksum as CHECKSUM_DIGITS digits; no NUL follows. */
void checksum_text(const void *data, size_t length, char text[CHECKSUM_DIGITS]);

#endif
