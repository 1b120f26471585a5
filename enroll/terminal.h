/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TERMINAL_H
#define TWOKEY_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "secret.h"

/* Columns and rows of a terminal. */
struct terminal_size {
	size_t columns;
	size_t rows;
};

/*
 * terminal_size(stream, size):
 * Return false if ${stream} is no terminal that tells its size and understands escapes (TERM is
 * unset or "dumb").
 */
bool terminal_size(FILE *stream, struct terminal_size *size);

/*
 * terminal_enter(stream):
 * Switch a terminal to its alternate screen, which leaves no scrollback. Whatever signal ends the
 * process, the screen is cleared and left first.
 */
void terminal_enter(FILE *stream);

/* terminal_clear(stream): Clear the alternate screen. */
void terminal_clear(FILE *stream);

/* terminal_leave(stream): Clear the alternate screen and leave it; nothing if it was not entered.
 */
void terminal_leave(FILE *stream);

enum terminal_echo { ECHO_SHOWN, ECHO_HIDDEN };

/*
 * terminal_read(prompt, echo, line):
 * Read one line from standard input, without its end. ${prompt} goes to standard error if standard
 * input is a terminal. A line of more than SECRET_MAX bytes is an empty one. Return false if there
 * is no line, with errno 0, or none can be read to its end, or as hidden as it is to be, with what
 * hinders it. The caller wipes ${line}.
 */
bool terminal_read(const char *prompt, enum terminal_echo echo, struct secret *line);

#endif
