/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_QR_H
#define TWOKEY_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ISO/IEC 18004 section 9.1: what a reader needs to be light all round, in modules. */
#define QR_QUIET_ZONE 4

enum qr_format { QR_NONE, QR_UTF8, QR_ASCII, QR_PNG, QR_SVG };

/* What --qr asks for. */
struct qr_option {
	enum qr_format format;
	const char *path; /* of QR_PNG and QR_SVG, else NULL; the argument's */
};

/*
 * qr_option_default(option):
 * What is drawn without --qr: QR_UTF8 where the locale's characters are UTF-8, else QR_ASCII.
 */
void qr_option_default(struct qr_option *option);

/*
 * qr_option_parse(value, option):
 * Read utf8, ascii, none, png=FILE or svg=FILE. Return false, with ${option} unchanged, for
 * anything else.
 */
bool qr_option_parse(const char *value, struct qr_option *option);

/* ISO/IEC 18004 section 5.1: a side of version 40, in modules. */
#define QR_WIDTH_MAX 177

/* A code, without its quiet zone; a secret, where its text is. */
struct qr {
	int error; /* why there is none, while it is made; else 0 */
	size_t width;
	unsigned char modules[QR_WIDTH_MAX * QR_WIDTH_MAX]; /* row by row; dark, where odd */
};

/*
 * qr_encode(text):
 * Make the QR code of ${text}, level L, which a screen shows without loss. Return NULL with errno;
 * the caller calls qr_free.
 */
struct qr *qr_encode(const char *text);

/* qr_free(qr): Wipe and free; NULL is allowed. */
void qr_free(struct qr *qr);

/* qr_is_dark(qr, row, column): A module with the quiet zone counted in; outside all is light. */
bool qr_is_dark(const struct qr *qr, size_t row, size_t column);

/* qr_size(qr): Modules a side, with the quiet zone. */
size_t qr_size(const struct qr *qr);

/* The columns and rows that qr_print takes for QR_UTF8 or QR_ASCII. */
size_t qr_columns(const struct qr *qr, enum qr_format format);
size_t qr_rows(const struct qr *qr, enum qr_format format);

/*
 * How qr_print tells dark from light: by colours of its own, or by what the screen or paper has: a
 * dark module is drawn, or, for a dark screen, left blank.
 */
enum qr_colours { QR_PLAIN, QR_INVERTED, QR_COLOURED };

/*
 * qr_print(qr, format, colours, stream):
 * Print as QR_UTF8 (half blocks, two modules a row) or QR_ASCII (two characters a module).
 */
void qr_print(const struct qr *qr, enum qr_format format, enum qr_colours colours, FILE *stream);

#endif
