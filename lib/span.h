/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SPAN_H
#define TWOKEY_SPAN_H

/*
 * P5, fails closed: whatever a file or a person says, nothing is read beyond a text's end, and
 * nothing is written beyond a buffer's. Parsers take texts apart by position. They compare it with
 * the end before they read a byte, or leave that to these functions, for which it is proved
 * (tests/proof/README.md).
 *
 * A span is what stands in a text from ${at} on, before ${end}; nothing, where ${at} is not before
 * ${end}. The text has ${end} bytes at least, and need not end with a NUL.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* span_find(text, at, end, c): Where ${c} stands first in the span, or ${end}. */
static inline size_t span_find(const char *text, size_t at, size_t end, char c)
{
	const char *found = at < end ? memchr(text + at, c, end - at) : NULL;

	return found != NULL ? (size_t)(found - text) : end;
}

/* span_is_all(text, at, end, c): Whether each byte of the span is ${c}. */
static inline bool span_is_all(const char *text, size_t at, size_t end, char c)
{
	/* The first one, and each byte is like the one before it. */
	return at >= end || (text[at] == c && memcmp(text + at, text + at + 1, end - at - 1) == 0);
}

/*
 * span_copy(copy, size, text, at, end):
 * Copy the span to ${copy}, which has ${size} bytes, and end it with a NUL. Return false, with
 * ${copy} empty, if there is no room for that. ${size} is not 0.
 */
static inline bool span_copy(char *copy, size_t size, const char *text, size_t at, size_t end)
{
	size_t length = at < end ? end - at : 0;

	/* Whoever runs past the end of what is copied is stopped at the end of its room. */
	copy[0] = copy[size - 1] = '\0';
	if (length >= size)
		return false;
	if (length > 0) {
		memcpy(copy, text + at, length);
		copy[length] = '\0';
	}
	return true;
}

#endif
