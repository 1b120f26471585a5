/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_QR_PNG_H
#define TWOKEY_QR_PNG_H

#include <stdio.h>

#include "qr.h"

/*
 * qr_png_write(qr, stream):
 * Write a QR code as PNG. Return 0, or -1 with errno: ENOTSUP in a build without libpng, ELIBACC
 * where libpng can't be loaded.
 */
int qr_png_write(const struct qr *qr, FILE *stream);

#endif
