/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "decimal.h"

bool decimal_parse(const char *text, uint64_t most, uint64_t *value)
{
	size_t length = strlen(text);
	uint64_t number = 0;

	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (unsigned)(text[i] - '0'), &number))
			return false;
	}
	if (number > most)
		return false;
	*value = number;
	return true;
}
