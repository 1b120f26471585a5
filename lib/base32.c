/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "base32.h"

#define DIGIT_BITS 5
#define BYTE_BITS  8

/* Digits that stand for whole bytes; padding fills up to so many. */
#define GROUP 8

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* The value of a digit of either case, or -1. */
static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

/* Whether a text ends there: all digits are of use, and padding is whole or none. */
static bool is_whole(size_t count, size_t padding)
{
	bool useful = count * DIGIT_BITS % BYTE_BITS < DIGIT_BITS;

	return useful && (padding == 0 || (padding < GROUP && (count + padding) % GROUP == 0));
}

bool base32_decode(const char *text, unsigned char *bytes, size_t size, size_t *length)
{
	unsigned waiting = 0; /* bits that are no byte yet */
	uint32_t bits = 0;
	size_t count = 0, padding = 0, done = 0;

	*length = 0;
	for (const char *c = text; *c != '\0'; c++) {
		int value = digit_value(*c);

		if (*c == ' ')
			continue;
		if (*c == '=') {
			padding++;
			continue;
		}
		if (value < 0 || padding > 0)
			return false;
		bits = bits << DIGIT_BITS | (uint32_t)value;
		waiting += DIGIT_BITS;
		count++;
		if (waiting < BYTE_BITS)
			continue;
		if (done >= size)
			return false;
		waiting -= BYTE_BITS;
		bytes[done++] = (unsigned char)(bits >> waiting);
	}
	*length = done;
	return is_whole(count, padding);
}

void base32_encode(const unsigned char *bytes, size_t length, char *text)
{
	unsigned waiting = 0; /* bits that are no digit yet */
	uint32_t bits = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << BYTE_BITS | bytes[i];
		waiting += BYTE_BITS;
		while (waiting >= DIGIT_BITS) {
			waiting -= DIGIT_BITS;
			*text++ = digits[bits >> waiting & 31];
		}
	}
	if (waiting > 0)
		*text++ = digits[bits << (DIGIT_BITS - waiting) & 31];
	*text = '\0';
}
