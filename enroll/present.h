/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PRESENT_H
#define TWOKEY_PRESENT_H

#include <stdio.h>

#include "device.h"
#include "qr.h"

/* What is drawn: where a terminal has no room for both, code and key take turns. */
enum view { VIEW_NONE, VIEW_BOTH, VIEW_CODE, VIEW_KEY, VIEW_TOO_SMALL };

/* A device's key on its way to a person's phone. */
struct presentation {
	const struct device *device;
	const char *uri;
	struct qr_option qr;
	FILE *stream; /* where a person looks; on a terminal the alternate screen is used */
	struct qr *code;
	enum view view;
};

/*
 * present_begin(presentation):
 * Show QR code, key and URI; a QR code that goes to a file is written there. On a terminal all of
 * it stands on the alternate screen until present_end, so that it leaves no scrollback. Return
 * STATUS_DONE, or another enum status after a complaint; present_end is due in any case.
 */
int present_begin(struct presentation *presentation);

/* present_again(presentation): Draw it anew, in the size that the terminal has now. */
void present_again(struct presentation *presentation);

/* present_end(presentation): Leave the alternate screen, wipe, free. */
void present_end(struct presentation *presentation);

#endif
