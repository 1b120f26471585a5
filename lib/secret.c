/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P8, secrets stay secret: what a person typed lives in one small type that is wiped after use, and
 * is compared in constant time.
 */
#include <string.h>

#include "secret.h"

bool secret_set(struct secret *secret, const char *text, size_t length)
{
	secret_wipe(secret);
	if (length > SECRET_MAX)
		return false;
	memcpy(secret->text, text, length);
	secret->length = length;
	return true;
}

void secret_wipe(struct secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

bool secret_same(const void *a, const void *b, size_t length)
{
	const volatile unsigned char *left = a;
	const volatile unsigned char *right = b;
	unsigned char difference = 0;

	for (size_t i = 0; i < length; i++)
		difference = (unsigned char)(difference | (left[i] ^ right[i]));
	return difference == 0;
}
