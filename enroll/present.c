/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "present.h"
#include "qr_file.h"
#include "terminal.h"
#include "text.h"

/* The line of the question, which must not push the QR code out of sight. */
#define ROWS_FOR_QUESTION 1

#define KEY_GROUP         4

static bool is_drawn(const struct presentation *presentation)
{
	return presentation->qr.format == QR_UTF8 || presentation->qr.format == QR_ASCII;
}

/* In groups, as a person copies it; apps ignore the blanks. */
static void print_key(const struct presentation *presentation)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];

	device_key_text(presentation->device, key);
	(void)fprintf(presentation->stream, _("Key:"));
	for (size_t i = 0; key[i] != '\0'; i++)
		(void)fprintf(presentation->stream, "%s%c", i % KEY_GROUP == 0 ? " " : "", key[i]);
	(void)fprintf(presentation->stream, _("\nURI: %s\n\n"), presentation->uri);
	explicit_bzero(key, sizeof(key));
}

/* A code that wraps, or that scrolls out of sight, is no code: better say how to have it whole. */
static void print_too_small(const struct presentation *presentation,
			    const struct terminal_size *size)
{
	(void)fprintf(presentation->stream,
		      "The QR code needs %zu columns and %zu rows; this terminal has %zu and %zu.\n"
		      "Make it larger and press Enter, type the key into the app by hand, or use\n"
		      "--qr png=FILE or --qr svg=FILE.\n\n",
		      qr_columns(presentation->code, presentation->qr.format),
		      qr_rows(presentation->code, presentation->qr.format) + ROWS_FOR_QUESTION,
		      size->columns, size->rows);
}

/* The rows of print_key, with the blank line below. */
static size_t key_rows(const struct presentation *presentation, size_t columns)
{
	return 3 + (strlen("URI: ") + strlen(presentation->uri)) / columns;
}

static enum view choose_view(const struct presentation *presentation,
			     const struct terminal_size *size)
{
	size_t columns = qr_columns(presentation->code, presentation->qr.format);
	size_t rows = qr_rows(presentation->code, presentation->qr.format) + ROWS_FOR_QUESTION;

	if (size->columns < columns || size->rows < rows)
		return VIEW_TOO_SMALL;
	if (size->rows >= rows + key_rows(presentation, size->columns))
		return VIEW_BOTH;
	return presentation->view == VIEW_CODE ? VIEW_KEY : VIEW_CODE;
}

/* On a terminal of ${size}, or on none where that is 0. */
static void draw(struct presentation *presentation, const struct terminal_size *size)
{
	const struct qr *code = presentation->code;
	enum qr_format format = presentation->qr.format;
	bool terminal = size->columns > 0;

	if (code == NULL || !is_drawn(presentation))
		presentation->view = VIEW_KEY;
	else
		presentation->view = terminal ? choose_view(presentation, size) : VIEW_BOTH;

	if (presentation->view != VIEW_CODE)
		print_key(presentation);
	if (presentation->view == VIEW_TOO_SMALL)
		print_too_small(presentation, size);
	if (presentation->view == VIEW_BOTH || presentation->view == VIEW_CODE)
		qr_print(code, format, terminal ? QR_COLOURED : QR_PLAIN, presentation->stream);
	(void)fflush(presentation->stream);
}

static int write_file(const struct presentation *presentation)
{
	const struct qr_option *qr = &presentation->qr;

	if (qr_write_file(presentation->code, qr) == 0) {
		say(presentation->stream, _("The QR code is in %s; delete it after use."),
		    qr->path);
		return STATUS_DONE;
	}
	if (errno == ENOTSUP)
		complain(_("this twokey was built without PNG; use --qr svg=FILE"));
	else if (errno == ELIBACC)
		complain(_("libpng can't be loaded; use --qr svg=FILE"));
	else
		complain("%s: %s", qr->path, strerror(errno));
	return STATUS_SYSTEM;
}

int present_begin(struct presentation *presentation)
{
	struct terminal_size size = {0};

	if (presentation->qr.format != QR_NONE) {
		presentation->code = qr_encode(presentation->uri);
		if (presentation->code == NULL) {
			complain(_("no QR code can be made of the URI: %s"), strerror(errno));
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
	draw(presentation, &size);
	return STATUS_DONE;
}

void present_again(struct presentation *presentation)
{
	struct terminal_size size = {0};

	(void)terminal_size(presentation->stream, &size);
	terminal_clear(presentation->stream);
	draw(presentation, &size);
}

void present_end(struct presentation *presentation)
{
	terminal_leave(presentation->stream);
	qr_free(presentation->code);
	presentation->code = NULL;
}
