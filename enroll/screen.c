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

static size_t columns_of(FILE *stream)
{
	struct winsize window;

	if (ioctl(fileno(stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
		return SCREEN_UNBOUNDED;
	return window.ws_col;
}

static bool has_colour(FILE *stream)
{
	const char *type = getenv("TERM");
	const char *refused = getenv("NO_COLOR");

	return isatty(fileno(stream)) == 1 && type != NULL && strcmp(type, "dumb") != 0 &&
	       (refused == NULL || refused[0] == '\0');
}

struct screen screen_plain(FILE *stream)
{
	return (struct screen){stream, columns_of(stream), false};
}

struct screen screen_of(FILE *stream)
{
	return (struct screen){stream, columns_of(stream), has_colour(stream)};
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
	size_t bytes;
	int width;

	if (*text >= ' ' && *text <= '~')
		return (struct glyph){1, 1, true};
	bytes = mbrtowc(&character, text, strlen(text), &state);
	width = bytes > 0 && bytes <= MB_CUR_MAX ? wcwidth(character) : -1;
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

static void print_bytes(FILE *stream, const char *text, size_t bytes)
{
	const char *end = text + bytes;

	while (text < end) {
		struct glyph glyph = next_glyph(text);

		print_glyph(stream, text, glyph);
		text += glyph.bytes;
	}
}

void screen_text(FILE *stream, const char *text)
{
	print_bytes(stream, text, strlen(text));
}

static void paint_on(const struct screen *screen, enum paint paint)
{
	static const char *const begins[] = {
		[PAINT_PLAIN] = "",
		[PAINT_STRONG] = "\033[1m",
		[PAINT_WARNING] = "\033[1;35m",
		[PAINT_PROBLEM] = "\033[1;31m",
	};

	if (screen->coloured)
		(void)fputs(begins[paint], screen->stream);
}

static void paint_off(const struct screen *screen, enum paint paint)
{
	if (screen->coloured && paint != PAINT_PLAIN)
		(void)fputs("\033[0m", screen->stream);
}

/* The bytes of ${text} that fit into ${room} columns, and how many of them they fill. */
static size_t bytes_within(const char *text, size_t room, size_t *width)
{
	size_t bytes = 0;

	*width = 0;
	while (text[bytes] != '\0') {
		struct glyph glyph = next_glyph(text + bytes);

		if (*width + glyph.width > room)
			break;
		*width += glyph.width;
		bytes += glyph.bytes;
	}
	return bytes;
}

void screen_cell(const struct screen *screen, enum paint paint, const char *text, size_t columns)
{
	bool fits = screen_width(text) <= columns;
	size_t width;
	size_t bytes = bytes_within(text, fits || columns == 0 ? columns : columns - 1, &width);

	paint_on(screen, paint);
	print_bytes(screen->stream, text, bytes);
	if (!fits && width < columns) {
		(void)fputc('+', screen->stream);
		width++;
	}
	paint_off(screen, paint);
	(void)fprintf(screen->stream, "%*s", (int)(columns - width), "");
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

void screen_wrap(const struct screen *screen, const char *text, size_t indent)
{
	size_t at = indent;

	while (*text != '\0') {
		size_t bytes;
		size_t width = word_width(text, &bytes);

		if (at > indent && width > 0 && at + 1 + width > screen->columns) {
			(void)fprintf(screen->stream, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			(void)fputc(' ', screen->stream);
			at++;
		}
		print_bytes(screen->stream, text, bytes);
		at += width;
		text += bytes;
		text += *text == ' ' ? 1 : 0;
	}
	(void)fputc('\n', screen->stream);
}

void screen_say(const struct screen *screen, const char *format, ...)
{
	va_list arguments, again;
	char *text;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vasprintf(&text, format, arguments);
	if (length >= 0) {
		screen_wrap(screen, text, 0);
		free(text);
	} else { /* Without memory it is said all the same. */
		(void)vfprintf(screen->stream, format, again);
		(void)fputc('\n', screen->stream);
	}
	va_end(again);
	va_end(arguments);
}
