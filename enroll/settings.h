/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SETTINGS_H
#define TWOKEY_SETTINGS_H

#include <stdbool.h>

#include "policy.h"
#include "site.h"

/* What twokey.conf says, over the defaults. */
struct settings {
	bool good;            /* false: the file has a mistake, and the rest can't be relied on */
	struct policy policy; /* a login's options, of which the command takes store and limits */
	struct site site;     /* what an enrolment is like */
};

/*
 * settings():
 * The settings, read once. A mistake is complained about then, with file, line, option and the
 * mend.
 */
const struct settings *settings(void);

#endif
