/* SPDX-License-Identifier: BSD-2-Clause */
#include "decimal.h"

bool decimal_parse(const char *text, uint64_t most, uint64_t *value)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		unsigned digit = (unsigned)(*c - '0');

		if (*c < '0' || *c > '9' || number > (most - digit) / 10 || digit > most)
			return false;
		number = number * 10 + digit;
	}
	*value = number;
	return true;
}
