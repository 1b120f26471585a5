/* SPDX-License-Identifier: BSD-2-Clause */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "qr.h"

void qr_option_default(struct qr_option *option)
{
	bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;

	*option = (struct qr_option){utf8 ? QR_UTF8 : QR_ASCII, NULL};
}

static bool has_path(const char *value, const char *prefix, const char **path)
{
	size_t length = strlen(prefix);

	if (strncmp(value, prefix, length) != 0 || value[length] == '\0')
		return false;
	*path = value + length;
	return true;
}

bool qr_option_parse(const char *value, struct qr_option *option)
{
	static const struct {
		const char *name;
		enum qr_format format;
	} names[] = {{"utf8", QR_UTF8}, {"ascii", QR_ASCII}, {"none", QR_NONE}};
	const char *path = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i].name, value) == 0) {
			*option = (struct qr_option){names[i].format, NULL};
			return true;
		}
	}
	if (has_path(value, "png=", &path))
		*option = (struct qr_option){QR_PNG, path};
	else if (has_path(value, "svg=", &path))
		*option = (struct qr_option){QR_SVG, path};
	return path != NULL;
}

size_t qr_size(const struct qr *qr)
{
	return qr->width + (size_t)2 * QR_QUIET_ZONE;
}

bool qr_is_dark(const struct qr *qr, size_t row, size_t column)
{
	size_t width = qr->width;

	if (row < QR_QUIET_ZONE || column < QR_QUIET_ZONE || row >= width + QR_QUIET_ZONE ||
	    column >= width + QR_QUIET_ZONE)
		return false;
	return (qr->modules[(row - QR_QUIET_ZONE) * width + column - QR_QUIET_ZONE] & 1) != 0;
}

size_t qr_columns(const struct qr *qr, enum qr_format format)
{
	return format == QR_ASCII ? 2 * qr_size(qr) : qr_size(qr);
}

size_t qr_rows(const struct qr *qr, enum qr_format format)
{
	return format == QR_ASCII ? qr_size(qr) : (qr_size(qr) + 1) / 2;
}

/*
 * Black on white, whatever the terminal's own colours, from the 6x6x6 cube: the sixteen basic
 * colours are the theme's to change. A line sets both and resets them, so that nothing around it is
 * coloured.
 */
static const char black_on_white[] = "\033[38;5;16;48;5;231m";
static const char white_on_black[] = "\033[38;5;231;48;5;16m";
static const char reset[] = "\033[0m";

static bool is_drawn(const struct qr *qr, size_t row, size_t column, enum qr_colours colours)
{
	return qr_is_dark(qr, row, column) != (colours == QR_INVERTED);
}

/* Rows on their way to a stream: a terminal's would write each of them by a system call. */
struct drawing {
	FILE *stream;
	size_t length;
	char text[4096];
};

static void pass_on(struct drawing *drawing)
{
	(void)fwrite(drawing->text, 1, drawing->length, drawing->stream);
	drawing->length = 0;
}

static void put(struct drawing *drawing, const char *text)
{
	size_t length = strlen(text);

	if (length > sizeof(drawing->text) - drawing->length)
		pass_on(drawing);
	memcpy(drawing->text + drawing->length, text, length);
	drawing->length += length;
}

static void put_utf8_row(struct drawing *drawing, const struct qr *qr, size_t row,
			 enum qr_colours colours)
{
	static const char *const blocks[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};

	for (size_t column = 0; column < qr_size(qr); column++) {
		bool upper = is_drawn(qr, row, column, colours);
		bool lower = is_drawn(qr, row + 1, column, colours);

		put(drawing, blocks[upper][lower]);
	}
}

static void put_ascii_row(struct drawing *drawing, const struct qr *qr, size_t row,
			  enum qr_colours colours)
{
	for (size_t column = 0; column < qr_size(qr); column++) {
		bool drawn = is_drawn(qr, row, column, colours);

		if (colours == QR_COLOURED) {
			put(drawing, drawn ? white_on_black : black_on_white);
			put(drawing, "  ");
		} else {
			put(drawing, drawn ? "##" : "  ");
		}
	}
}

void qr_print(const struct qr *qr, enum qr_format format, enum qr_colours colours, FILE *stream)
{
	struct drawing drawing = {.stream = stream};
	size_t step = format == QR_ASCII ? 1 : 2;

	for (size_t row = 0; row < qr_size(qr); row += step) {
		if (colours == QR_COLOURED)
			put(&drawing, black_on_white);
		if (format == QR_ASCII)
			put_ascii_row(&drawing, qr, row, colours);
		else
			put_utf8_row(&drawing, qr, row, colours);
		put(&drawing, colours == QR_COLOURED ? reset : "");
		put(&drawing, "\n");
	}
	pass_on(&drawing);
	explicit_bzero(drawing.text, sizeof(drawing.text));
}
