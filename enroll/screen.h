/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SCREEN_H
#define TWOKEY_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The columns of what is no terminal: text is not wrapped there, one line a thing. */
#define SCREEN_UNBOUNDED ((size_t)-1)

/* Where something is printed for a person, and what that place can show. */
struct screen {
	FILE *stream;
	size_t columns;
	bool coloured;
};

/*
 * screen_of(stream):
 * The screen behind ${stream}. It is coloured if it is a terminal with a TERM other than "dumb",
 * and NO_COLOR (no-color.org) is not set.
 */
struct screen screen_of(FILE *stream);

/* screen_plain(stream): The same for what has no colours, by one system call. */
struct screen screen_plain(FILE *stream);

/* screen_width(text): The columns that screen_text fills with ${text}. */
size_t screen_width(const char *text);

/*
 * screen_text(stream, text):
 * Print ${text} so that it can't talk to a terminal: what is not printable in the locale becomes
 * \xHH, byte by byte.
 */
void screen_text(FILE *stream, const char *text);

/*
 * What a word stands for. Colour only repeats what the word says: red and magenta can be told from
 * a dark and from a light background alike, yellow and green can't.
 */
enum paint { PAINT_PLAIN, PAINT_STRONG, PAINT_WARNING, PAINT_PROBLEM };

/*
 * screen_cell(screen, paint, text, columns):
 * Print ${text} in exactly ${columns}: filled up with blanks, or cut with a '+' for what is lost.
 */
void screen_cell(const struct screen *screen, enum paint paint, const char *text, size_t columns);

/*
 * screen_wrap(screen, text, indent):
 * Print ${text} as screen_text does, and a newline. It is broken at blanks so that it fits the
 * screen; it begins at column ${indent}, and so do its further lines. A word that is too long is
 * left to the terminal.
 */
void screen_wrap(const struct screen *screen, const char *text, size_t indent);

/* screen_say(screen, format, ...): A sentence on lines of its own, wrapped. */
__attribute__((format(printf, 2, 3))) void screen_say(const struct screen *screen,
						      const char *format, ...);

#endif
