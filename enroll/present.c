/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "present.h"
#include "qr_file.h"
#include "terminal.h"

/* Rows that stay visible below the QR code: the question, and what was wrong with the last answer.
 */
#define ROWS_FOR_QUESTION 3

#define KEY_GROUP         4

static bool is_drawn(const struct presentation *presentation)
{
	return presentation->qr.format == QR_UTF8 || presentation->qr.format == QR_ASCII;
}

/* In groups, as a person copies it; apps ignore the blanks. */
static void print_key(const struct presentation *presentation)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];

	if (!device_key_text(presentation->device, key))
		return;
	(void)fprintf(presentation->stream, "Key:");
	for (size_t i = 0; key[i] != '\0'; i++)
		(void)fprintf(presentation->stream, "%s%c", i % KEY_GROUP == 0 ? " " : "", key[i]);
	(void)fprintf(presentation->stream, "\nURI: %s\n\n", presentation->uri);
	explicit_bzero(key, sizeof(key));
}

/* A code that wraps, or that scrolls out of sight, is no code: better say how to have it whole. */
static void print_too_small(const struct presentation *presentation,
			    const struct terminal_size *size, size_t columns, size_t rows)
{
	(void)fprintf(presentation->stream,
		      "The QR code needs %zu columns and %zu rows; this terminal has %zu and %zu.\n"
		      "Make it larger and press Enter, type the key into the app by hand, or use\n"
		      "--qr png=FILE or --qr svg=FILE.\n\n",
		      columns, rows, size->columns, size->rows);
}

static void draw(struct presentation *presentation)
{
	const struct qr *code = presentation->code;
	enum qr_format format = presentation->qr.format;
	struct terminal_size size;
	bool terminal = terminal_size(presentation->stream, &size);

	print_key(presentation);
	if (code != NULL && is_drawn(presentation)) {
		size_t columns = qr_columns(code, format);
		size_t rows = qr_rows(code, format) + ROWS_FOR_QUESTION;

		if (terminal && (size.columns < columns || size.rows < rows))
			print_too_small(presentation, &size, columns, rows);
		else
			qr_print(code, format, terminal ? QR_COLOURED : QR_PLAIN,
				 presentation->stream);
	}
	(void)fflush(presentation->stream);
}

static int write_file(const struct presentation *presentation)
{
	const struct qr_option *qr = &presentation->qr;

	if (qr_write_file(presentation->code, qr) == 0) {
		(void)fprintf(presentation->stream, "The QR code is in %s; delete it after use.\n",
			      qr->path);
		return STATUS_DONE;
	}
	if (errno == ENOTSUP)
		complain("this twokey was built without PNG; use --qr svg=FILE");
	else
		complain("%s: %s", qr->path, strerror(errno));
	return STATUS_SYSTEM;
}

int present_begin(struct presentation *presentation)
{
	struct terminal_size size;

	if (presentation->qr.format != QR_NONE) {
		presentation->code = qr_encode(presentation->uri);
		if (presentation->code == NULL) {
			complain("no QR code can be made of the URI: %s", strerror(errno));
			return STATUS_SYSTEM;
		}
	}
	if (presentation->code != NULL && !is_drawn(presentation)) {
		int status = write_file(presentation);

		if (status != STATUS_DONE)
			return status;
	}
	if (terminal_size(presentation->stream, &size))
		terminal_enter(presentation->stream);
	draw(presentation);
	return STATUS_DONE;
}

void present_again(struct presentation *presentation)
{
	terminal_clear(presentation->stream);
	draw(presentation);
}

void present_end(struct presentation *presentation)
{
	terminal_leave(presentation->stream);
	qr_free(presentation->code);
	presentation->code = NULL;
}
