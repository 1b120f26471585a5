/* SPDX-License-Identifier: BSD-2-Clause */
/* What Eva takes the place of functions for that are not in this tree: all that they may do. */
#include "__fc_builtin.h"
#include <string.h>

void explicit_bzero(void *data, size_t size)
{
	memset(data, 0, size);
}

bool __builtin_add_overflow(uint64_t a, uint64_t b, uint64_t *sum)
{
	*sum = a + b;
	return *sum < a;
}

bool __builtin_mul_overflow(uint64_t a, uint64_t b, uint64_t *product)
{
	*product = a * b;
	return b != 0 && a > UINT64_MAX / b;
}
