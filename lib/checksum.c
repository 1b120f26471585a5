/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
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

	for (; length >= sizeof(word); length -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = add_word(hash, le64toh(word));
	}
	word = 0;
	memcpy(&word, bytes, length);
	return add_word(hash, le64toh(word));
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
