/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DRAWING_H
#define TWOKEY_DRAWING_H

#include "page.h"
#include "policy.h"

/* Which of a QR code's modules are drawn: a text can't tell whether its screen is dark. */
enum drawing_ink { DRAWING_FOR_DARK_SCREEN, DRAWING_FOR_LIGHT_SCREEN };

/*
 * drawing_add(page, text, qr, ink):
 * Append the QR code of ${text} as characters, drawn by twokey-qr, so that no library for it is
 * loaded into the host. Nothing is appended if that program is not there, or fails.
 */
void drawing_add(struct page *page, const char *text, enum prompt_qr qr, enum drawing_ink ink);

#endif
