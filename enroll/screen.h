/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SCREEN_H
#define TWOKEY_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Columns that are written where no terminal says how many it has: text is not wrapped then. */
#define SCREEN_UNBOUNDED ((size_t)-1)

/*
 * screen_columns(stream):
 * How wide the terminal behind ${stream} is; SCREEN_UNBOUNDED where there is none, so that what a
 * program reads has one line a thing.
 */
size_t screen_columns(FILE *stream);

/* screen_width(text): The columns that screen_text fills with ${text}. */
size_t screen_width(const char *text);

/*
 * screen_text(stream, text):
 * Print ${text} so that it can't talk to a terminal: what is not printable in the locale becomes
 * \xHH, byte by byte. Return the columns that it fills.
 */
size_t screen_text(FILE *stream, const char *text);

/*
 * screen_cell(stream, text, columns):
 * Print ${text} in exactly ${columns}: filled up with blanks, or cut with a '+' for what is lost.
 */
void screen_cell(FILE *stream, const char *text, size_t columns);

/*
 * screen_wrap(stream, text, indent, columns):
 * Print ${text} as screen_text does, and a newline. It is broken at blanks so that it fits into
 * ${columns}; it begins at column ${indent}, and so do its further lines. A word that is too long
 * is left to the terminal.
 */
void screen_wrap(FILE *stream, const char *text, size_t indent, size_t columns);

/*
 * screen_say(stream, format, ...):
 * A sentence on lines of its own, wrapped to the terminal behind ${stream}.
 */
__attribute__((format(printf, 2, 3))) void screen_say(FILE *stream, const char *format, ...);

/*
 * What a word stands for. Colour only repeats what the word says: red and magenta can be told from
 * a dark and from a light background alike, yellow and green can't.
 */
enum paint { PAINT_PLAIN, PAINT_STRONG, PAINT_WARNING, PAINT_PROBLEM };

/*
 * screen_paint(stream, paint, text):
 * Print ${text}, in colour if ${stream} is a terminal with a TERM other than "dumb", and NO_COLOR
 * (no-color.org) is not set.
 */
void screen_paint(FILE *stream, enum paint paint, const char *text);

#endif
