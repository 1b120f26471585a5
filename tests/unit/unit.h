/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_UNIT_H
#define TWOKEY_UNIT_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The rows of a table. */
#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* A number below ${below} by chance, but the same in each run: the seed goes on. */
static inline unsigned next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed / 65536u % below;
}

#endif
