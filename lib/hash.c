/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P8, secrets stay secret: libxcrypt's working memory, which holds the phrase, is on the heap - a
 * caller's RLIMIT_STACK can't crash it - and is wiped before it is freed.
 *
 * libcrypt is loaded when a hash is to be made, as libpam has loaded this module a moment before:
 * where the one could be opened the other can. tests/bench/README.md has what it saves.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "hash.h"
#include "secret.h"

_Static_assert(HASH_SIZE == CRYPT_OUTPUT_SIZE, "a hash has room for all that crypt(3) makes");
_Static_assert(HASH_SIZE >= CRYPT_GENSALT_OUTPUT_SIZE, "and for a setting alone");

bool hash_open(struct hasher *hasher)
{
	*hasher = (struct hasher){.library = dlopen(CRYPT_SONAME, RTLD_NOW | RTLD_LOCAL)};
	if (hasher->library == NULL)
		return false;
	hasher->make = (__typeof__(hasher->make))dlsym(hasher->library, "crypt_ra");
	hasher->check = (__typeof__(hasher->check))dlsym(hasher->library, "crypt_checksalt");
	hasher->salt = (__typeof__(hasher->salt))dlsym(hasher->library, "crypt_gensalt_rn");
	if (hasher->make != NULL && hasher->check != NULL && hasher->salt != NULL)
		return true;
	hash_close(hasher);
	return false;
}

void hash_close(struct hasher *hasher)
{
	if (hasher->library != NULL)
		(void)dlclose(hasher->library);
	hasher->library = NULL;
	if (hasher->memory != NULL)
		explicit_bzero(hasher->memory, (size_t)hasher->size);
	free(hasher->memory);
	hasher->memory = NULL;
}

bool hash_make(struct hasher *hasher, const char *phrase, const char *setting, char hash[HASH_SIZE])
{
	const char *made = NULL;

	hash[0] = '\0';
	if (hasher->library != NULL)
		made = hasher->make(phrase, setting, &hasher->memory, &hasher->size);
	if (made != NULL && made[0] != '*')
		memcpy(hash, made, strlen(made) + 1);
	return hash[0] != '\0';
}

bool hash_is_usable(const struct hasher *hasher, const char *hash)
{
	int check = hasher->library != NULL ? hasher->check(hash) : CRYPT_SALT_INVALID;

	return check != CRYPT_SALT_INVALID && check != CRYPT_SALT_METHOD_DISABLED;
}

bool hash_salt(const struct hasher *hasher, const char *prefix, unsigned long cost,
	       char setting[HASH_SIZE])
{
	return hasher->library != NULL &&
	       hasher->salt(prefix, cost, NULL, 0, setting, HASH_SIZE) != NULL;
}

bool hash_same(const char *hash, const char *expected)
{
	size_t length = strlen(expected);

	return strlen(hash) == length && secret_same(hash, expected, length);
}
