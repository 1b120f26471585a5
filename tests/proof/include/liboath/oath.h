/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers call of liboath, for Frama-C, which is not shown this machine's headers. */
#ifndef OATH_H
#define OATH_H

#include <stddef.h>

enum { OATH_OK = 0, OATH_INVALID_BASE32 = -20 };

int oath_base32_decode(const char *in, size_t inlen, char **out, size_t *outlen);
int oath_base32_encode(const char *in, size_t inlen, char **out, size_t *outlen);

#endif
