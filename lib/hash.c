/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P8, secrets stay secret: libxcrypt's working memory, which holds the phrase, is on the heap - a
 * caller's RLIMIT_STACK can't crash it - and is wiped before it is freed.
 */
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "secret.h"

_Static_assert(HASH_SIZE == CRYPT_OUTPUT_SIZE, "a hash has room for all that crypt(3) makes");

bool hash_make(const char *phrase, const char *setting, char hash[HASH_SIZE])
{
	void *data = NULL;
	int size = 0;
	const char *made = crypt_ra(phrase, setting, &data, &size);

	hash[0] = '\0';
	if (made != NULL && made[0] != '*')
		memcpy(hash, made, strlen(made) + 1);
	if (data != NULL)
		explicit_bzero(data, (size_t)size);
	free(data);
	return hash[0] != '\0';
}

bool hash_same(const char *hash, const char *expected)
{
	size_t length = strlen(expected);

	return strlen(hash) == length && secret_same(hash, expected, length);
}
