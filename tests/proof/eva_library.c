/* SPDX-License-Identifier: BSD-2-Clause */
/* What Eva takes the place of functions for that are not in this tree: all that they may do. */
#include "__fc_builtin.h"
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

/* Longer than anything that base32 of a line could hold. */
#define DECODED_MAX 512

int oath_base32_decode(const char *in, size_t inlen, char **out, size_t *outlen)
{
	char *decoded = malloc(DECODED_MAX);

	/*@ assert \valid_read(in + (0 .. inlen - 1)); */
	if (decoded == NULL || Frama_C_interval(0, 1) == 0) {
		free(decoded);
		return OATH_INVALID_BASE32;
	}
	Frama_C_make_unknown(decoded, DECODED_MAX);
	*out = decoded;
	*outlen = (size_t)Frama_C_interval(0, DECODED_MAX);
	return OATH_OK;
}

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
