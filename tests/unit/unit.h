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

#endif
