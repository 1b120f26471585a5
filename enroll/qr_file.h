/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_QR_FILE_H
#define TWOKEY_QR_FILE_H

#include <stdio.h>

#include "qr.h"

/*
 * qr_write(qr, format, stream):
 * Write a QR code as QR_PNG or QR_SVG; an SVG is XML without a declaration, for HTML to hold too.
 * Return 0, or -1 with errno: ENOTSUP for PNG in a build without libpng.
 */
int qr_write(const struct qr *qr, enum qr_format format, FILE *stream);

/*
 * qr_write_file(qr, option):
 * Write a QR code as PNG or SVG to a file that is made new, mode 0600, and synced. Return 0, or -1
 * with errno, and no file is left: EEXIST for one that is there already, ENOTSUP for PNG in a build
 * without libpng.
 */
int qr_write_file(const struct qr *qr, const struct qr_option *option);

#endif
