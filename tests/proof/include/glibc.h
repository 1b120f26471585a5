/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers use of glibc and gcc, and Frama-C's own library lacks. */
#ifndef PROOF_GLIBC_H
#define PROOF_GLIBC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* machdep is gcc_x86_64 */
static inline uint64_t le64toh(uint64_t number)
{
	return number;
}

void explicit_bzero(void *data, size_t size);

/* For any type: here for those that lib/decimal.c has. */
bool __builtin_add_overflow(uint64_t a, uint64_t b, uint64_t *sum);
bool __builtin_mul_overflow(uint64_t a, uint64_t b, uint64_t *product);

#endif
