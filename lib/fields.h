/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_FIELDS_H
#define TWOKEY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* A message fits a pipe that nobody reads yet: PIPE_BUF of Linux, pipe(7). */
#define FIELDS_MAX 4096

/*
 * A message between twokey-helper and whoever started it: fields "NAME LENGTH:BYTES\n", in an order
 * that both know. It may hold secrets: whoever fills one wipes it.
 */
struct fields {
	size_t length;
	size_t taken; /* bytes that fields_take has read */
	char text[FIELDS_MAX];
};

/*
 * fields_put(fields, name, value):
 * Append a field. Return false, with ${fields} unchanged, if there is no room for it.
 */
bool fields_put(struct fields *fields, const char *name, const char *value);

/*
 * fields_take(fields, name, value, size):
 * Read the next field, which must be called ${name}, have less than ${size} bytes, and no NUL.
 * Return false, with ${value} empty, for anything else. Total: any bytes have an answer.
 */
bool fields_take(struct fields *fields, const char *name, char *value, size_t size);

/* fields_end(fields): Whether all was taken. */
bool fields_end(const struct fields *fields);

#endif
