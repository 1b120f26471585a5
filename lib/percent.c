/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "percent.h"

/* The value of a hexadecimal digit of either case, or -1. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The byte that the span begins with, decoded, and in ${used} the characters it takes; or -1. */
static int decode_byte(const char *text, size_t at, size_t end, size_t *used)
{
	int high, low;

	*used = 1;
	if (text[at] != '%')
		return (unsigned char)text[at];
	if (at + 2 >= end)
		return -1;
	*used = 3;
	high = hex_value(text[at + 1]);
	low = hex_value(text[at + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool percent_decode(const char *text, size_t at, size_t end, char *decoded, size_t size)
{
	size_t done = 0;

	memset(decoded, 0, size);
	while (at < end && done < size - 1) {
		size_t used;
		int byte = decode_byte(text, at, end, &used);

		if (byte <= 0)
			break;
		decoded[done++] = (char)byte;
		at += used;
	}
	if (at >= end)
		return true;
	decoded[0] = '\0';
	return false;
}
