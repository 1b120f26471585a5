/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lib/span.h promises. span.c has WP prove it. Eva, which knows the range of each number but
 * not how two of them relate, is given this in the place of lib/span.h.
 */
#ifndef PROOF_SPAN_PROMISE_H
#define PROOF_SPAN_PROMISE_H

#define TWOKEY_SPAN_H
#include <stdbool.h>
#include <stddef.h>

#ifndef SPAN_LINKAGE
#define SPAN_LINKAGE extern
#endif

/*@ requires \valid_read(text + (0 .. end - 1));
  assigns \result \from at, end, c, text[0 .. end - 1];
  ensures \result <= end;
  ensures \result < end ==> at <= \result && text[\result] == c;
*/
SPAN_LINKAGE size_t span_find(const char *text, size_t at, size_t end, char c);

/*@ requires \valid_read(text + (0 .. end - 1));
  assigns \result \from at, end, c, text[0 .. end - 1];
  ensures \result == 0 || \result == 1;
*/
SPAN_LINKAGE bool span_is_all(const char *text, size_t at, size_t end, char c);

/*@ requires size > 0 && \valid(copy + (0 .. size - 1));
  requires \valid_read(text + (0 .. end - 1));
  requires \separated(copy + (0 .. size - 1), text + (0 .. end - 1));
  assigns copy[0 .. size - 1] \from text[0 .. end - 1], at, end, size;
  assigns \result \from at, end, size;
  ensures copy[size - 1] == 0;
  ensures \result == 0 || \result == 1;
*/
SPAN_LINKAGE bool span_copy(char *copy, size_t size, const char *text, size_t at, size_t end);

#endif
