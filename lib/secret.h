/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SECRET_H
#define TWOKEY_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* PAM_MAX_RESP_SIZE: no PAM conversation hands over more; libxcrypt hashes no more either. */
#define SECRET_MAX 511

/* A typed password or code. Whoever fills one wipes it on every path. */
struct secret {
	size_t length; /* bytes, without the NUL */
	char text[SECRET_MAX + 1];
};

/*
 * secret_set(secret, text, length):
 * Copy ${length} bytes of ${text} and end them with a NUL. Return false, with ${secret} empty, if
 * they are more than SECRET_MAX.
 */
bool secret_set(struct secret *secret, const char *text, size_t length);

/* secret_wipe(secret): Overwrite ${secret} so that the compiler can't leave it out. */
void secret_wipe(struct secret *secret);

/*
 * secret_same(a, b, length):
 * Whether ${length} bytes are the same, in a time that does not depend on where they differ.
 */
bool secret_same(const void *a, const void *b, size_t length);

#endif
