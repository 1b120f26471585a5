/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <limits.h>
#include <string.h>

#include "checksum.h"

#define FNV_OFFSET_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME        UINT64_C(0x00000100000001b3)

/* FNV's multiplication carries a difference upwards only: the shift brings it down again. */
static uint64_t add_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * FNV_PRIME;
	return hash ^ hash >> 32;
}

uint64_t checksum(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = FNV_OFFSET_BASIS;
	uint64_t word;
	size_t words = length / sizeof(word) * sizeof(word);
	size_t at = 0;

	for (; at < words; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		hash = add_word(hash, le64toh(word));
	}
	word = 0;
	for (; at < length; at++)
		word |= (uint64_t)bytes[at] << at % sizeof(word) * CHAR_BIT;
	return add_word(hash, word);
}

void checksum_text(const void *data, size_t length, char text[CHECKSUM_DIGITS])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t sum = checksum(data, length);

	for (size_t i = CHECKSUM_DIGITS; i > 0; i--) {
		text[i - 1] = hex[sum & 0x0f];
		sum >>= 4;
	}
}
