/* SPDX-License-Identifier: BSD-2-Clause */
#include "decimal.h"

bool decimal_parse(const char *text, uint64_t most, uint64_t *value)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < '0' || *c > '9')
			return false;
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (unsigned)(*c - '0'), &number))
			return false;
	}
	if (number > most)
		return false;
	*value = number;
	return true;
}
