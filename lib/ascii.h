/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ASCII_H
#define TWOKEY_ASCII_H

#include <stdbool.h>

/* ascii_is_alphanumeric(c): A letter or a digit of ASCII, whatever the locale takes for one. */
static inline bool ascii_is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

#endif
