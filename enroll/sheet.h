/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SHEET_H
#define TWOKEY_SHEET_H

#include <stdio.h>

#include "codes.h"
#include "device.h"
#include "qr.h"

enum sheet_format { SHEET_TXT, SHEET_HTML };

/* What one user is handed, on paper or by mail. */
struct sheet {
	const char *user;
	const struct device *device;
	const struct codes *codes;
	const struct qr *qr;
};

/*
 * sheet_write(sheet, format, stream):
 * Write the steps that a person follows, with QR code, key and recovery codes. What a name holds
 * can't change the page. Return 0, or -1 with errno.
 */
int sheet_write(const struct sheet *sheet, enum sheet_format format, FILE *stream);

/* sheet_ending(format): How its file's name ends: "txt" or "html". */
const char *sheet_ending(enum sheet_format format);

#endif
