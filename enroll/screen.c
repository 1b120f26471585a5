/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "screen.h"

/* A byte that is not printed as it is: \xHH. */
#define ESCAPED_WIDTH 4

size_t screen_columns(FILE *stream)
{
	struct winsize window;

	if (ioctl(fileno(stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
		return SCREEN_UNBOUNDED;
	return window.ws_col;
}

/* One character, or one byte that is none. */
struct glyph {
	size_t bytes;
	size_t width;
	bool printable;
};

static struct glyph next_glyph(const char *text)
{
	mbstate_t state = {0};
	wchar_t character;
	size_t bytes = mbrtowc(&character, text, strlen(text), &state);
	int width = bytes > 0 && bytes <= MB_CUR_MAX ? wcwidth(character) : -1;

	if (width < 0)
		return (struct glyph){1, ESCAPED_WIDTH, false};
	return (struct glyph){bytes, (size_t)width, true};
}

static void print_glyph(FILE *stream, const char *text, struct glyph glyph)
{
	if (glyph.printable)
		(void)fwrite(text, 1, glyph.bytes, stream);
	else
		(void)fprintf(stream, "\\x%02x", (unsigned char)*text);
}

size_t screen_width(const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		struct glyph glyph = next_glyph(text);

		width += glyph.width;
		text += glyph.bytes;
	}
	return width;
}

size_t screen_text(FILE *stream, const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		struct glyph glyph = next_glyph(text);

		print_glyph(stream, text, glyph);
		width += glyph.width;
		text += glyph.bytes;
	}
	return width;
}

void screen_cell(FILE *stream, const char *text, size_t columns)
{
	bool fits = screen_width(text) <= columns;
	size_t room = fits || columns == 0 ? columns : columns - 1;
	size_t width = 0;

	while (*text != '\0') {
		struct glyph glyph = next_glyph(text);

		if (width + glyph.width > room)
			break;
		print_glyph(stream, text, glyph);
		width += glyph.width;
		text += glyph.bytes;
	}
	if (!fits && width < columns)
		width += (size_t)(fputc('+', stream) != EOF);
	for (; width < columns; width++)
		(void)fputc(' ', stream);
}

/* The columns of ${text} up to its first blank or end, and its bytes. */
static size_t word_width(const char *text, size_t *bytes)
{
	size_t width = 0;

	*bytes = 0;
	while (text[*bytes] != '\0' && text[*bytes] != ' ') {
		struct glyph glyph = next_glyph(text + *bytes);

		width += glyph.width;
		*bytes += glyph.bytes;
	}
	return width;
}

static void print_bytes(FILE *stream, const char *text, size_t bytes)
{
	const char *end = text + bytes;

	while (text < end) {
		struct glyph glyph = next_glyph(text);

		print_glyph(stream, text, glyph);
		text += glyph.bytes;
	}
}

void screen_wrap(FILE *stream, const char *text, size_t indent, size_t columns)
{
	size_t at = indent;

	while (*text != '\0') {
		size_t bytes;
		size_t width = word_width(text, &bytes);

		if (at > indent && width > 0 && at + 1 + width > columns) {
			(void)fprintf(stream, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			(void)fputc(' ', stream);
			at++;
		}
		print_bytes(stream, text, bytes);
		at += width;
		text += bytes;
		text += *text == ' ' ? 1 : 0;
	}
	(void)fputc('\n', stream);
}

void screen_say(FILE *stream, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	screen_wrap(stream, text, 0, screen_columns(stream));
	free(text);
}

static bool has_colour(FILE *stream)
{
	const char *type = getenv("TERM");
	const char *refused = getenv("NO_COLOR");

	return isatty(fileno(stream)) == 1 && type != NULL && strcmp(type, "dumb") != 0 &&
	       (refused == NULL || refused[0] == '\0');
}

void screen_paint(FILE *stream, enum paint paint, const char *text)
{
	static const char *const begins[] = {
		[PAINT_STRONG] = "\033[1m",
		[PAINT_WARNING] = "\033[1;35m",
		[PAINT_PROBLEM] = "\033[1;31m",
	};
	bool coloured = paint != PAINT_PLAIN && has_colour(stream);

	if (coloured)
		(void)fputs(begins[paint], stream);
	(void)screen_text(stream, text);
	if (coloured)
		(void)fputs("\033[0m", stream);
}
