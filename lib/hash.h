/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HASH_H
#define TWOKEY_HASH_H

#include <crypt.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest hash that crypt(3) makes, with its NUL: CRYPT_OUTPUT_SIZE of libxcrypt. */
#define HASH_SIZE 384

/*
 * libcrypt, for as long as hashes are made. Most logins with ask=code need none, and loading the
 * library is the dearest thing that such a login does beside its durable write.
 */
struct hasher {
	void *library; /* NULL: it could not be loaded, and no hash can be made */
	__typeof__(&crypt_ra) make;
	__typeof__(&crypt_checksalt) check;
	__typeof__(&crypt_gensalt_rn) salt;
	void *memory; /* what libxcrypt works in, 32 KiB for all hashes: it holds the phrase */
	int size;
};

/*
 * hash_open(hasher):
 * Load libcrypt, unless the program has it already. Return false if that can't be done; then all
 * that is asked of ${hasher} fails. hash_close is due in any case.
 */
bool hash_open(struct hasher *hasher);

/* hash_close(hasher): Release what hash_open took; wipe and free libxcrypt's memory. */
void hash_close(struct hasher *hasher);

/*
 * hash_make(hasher, phrase, setting, hash):
 * Hash ${phrase} by crypt(3) under ${setting}, which is a setting or a whole hash. Return
 * false, with ${hash} empty, if the setting is invalid or memory ran out.
 */
bool hash_make(struct hasher *hasher, const char *phrase, const char *setting,
	       char hash[HASH_SIZE]);

/*
 * hash_is_usable(hasher, hash):
 * Whether ${hash} is of a kind that can be verified: not of a locked account (!, *), not empty, not
 * unknown.
 */
bool hash_is_usable(const struct hasher *hasher, const char *hash);

/*
 * hash_salt(hasher, prefix, cost, setting):
 * Make a setting with a random salt. Return false if there is no randomness or no such kind.
 */
bool hash_salt(const struct hasher *hasher, const char *prefix, unsigned long cost,
	       char setting[HASH_SIZE]);

/*
 * hash_same(hash, expected):
 * Whether two hashes are the same; in constant time for hashes of one length.
 */
bool hash_same(const char *hash, const char *expected);

#endif
