/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What span_promise.h says of lib/span.h, for Frama-C's WP. It has no model for the logic in which
 * Frama-C's string.h speaks of the C library: here are the same words in one that it has.
 */
#include <stddef.h>
#define __FC_STRING_H_

/*@ requires \valid_read((char *)s + (0 .. n - 1));
  assigns \result \from s, c, ((char *)s)[0 .. n - 1];
  ensures \result == \null || \exists integer i; 0 <= i < n &&
    \result == (char *)s + i && ((char *)s)[i] == (char)c;
*/
void *memchr(const void *s, int c, size_t n);

/*@ requires \valid_read((char *)a + (0 .. n - 1)) && \valid_read((char *)b + (0 .. n - 1));
  assigns \result \from ((char *)a)[0 .. n - 1], ((char *)b)[0 .. n - 1];
*/
int memcmp(const void *a, const void *b, size_t n);

/*@ requires \valid((char *)to + (0 .. n - 1)) && \valid_read((char *)from + (0 .. n - 1));
  requires \separated((char *)to + (0 .. n - 1), (char *)from + (0 .. n - 1));
  assigns ((char *)to)[0 .. n - 1] \from ((char *)from)[0 .. n - 1];
  assigns \result \from to;
  ensures \result == to;
*/
void *memcpy(void *to, const void *from, size_t n);

#define SPAN_LINKAGE static inline
#include "span_promise.h"
#undef TWOKEY_SPAN_H
#include "../../lib/span.h"
