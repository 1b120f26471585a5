/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_GOOGLE_H
#define TWOKEY_GOOGLE_H

#include "import_entry.h"
#include "source.h"

/*
 * google_read(source, now, entry, listener):
 * Read ${source}, a .google_authenticator, into ${entry}, which is as import_add made it. ${now},
 * seconds since 1970, tells which codes lie in the future. Return NULL; or why it can't be taken, a
 * text marked by N_, with source->line at fault, and nothing of it left in ${entry}. More than
 * SOURCE_HOME_MAX bytes are never taken.
 */
const char *google_read(struct source *source, int64_t now, struct import_entry *entry,
			const struct import_listener *listener);

#endif
