/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HASH_H
#define TWOKEY_HASH_H

#include <stdbool.h>
#include <stddef.h>

/* The longest hash that crypt(3) makes, with its NUL: CRYPT_OUTPUT_SIZE of libxcrypt. */
#define HASH_SIZE 384

/*
 * hash_make(phrase, setting, hash):
 * Hash ${phrase} by crypt(3) under ${setting}, which is a setting or a whole hash. libxcrypt's
 * memory is wiped and freed. Return false, with ${hash} empty, if the setting is invalid or memory
 * ran out.
 */
bool hash_make(const char *phrase, const char *setting, char hash[HASH_SIZE]);

/*
 * hash_same(hash, expected):
 * Whether two hashes are the same; in constant time for hashes of one length.
 */
bool hash_same(const char *hash, const char *expected);

#endif
