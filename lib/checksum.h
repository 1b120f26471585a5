/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CHECKSUM_H
#define TWOKEY_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Hexadecimal digits of a checksum as text. */
#define CHECKSUM_DIGITS 16

/*
 * checksum(data, length):
 * The 64-bit FNV-1a hash (RFC 9923) of ${length} bytes. It tells a torn write or a flipped bit; it
 * is no defence against someone who can write the store.
 */
uint64_t checksum(const void *data, size_t length);

#endif
