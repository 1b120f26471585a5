/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_OATH_H
#define TWOKEY_OATH_H

#include <stddef.h>

#include "import_entry.h"

/* What a line of pam_oath's users file has, in that order; behind the key a login wrote it. */
enum oath_field {
	OATH_TYPE,
	OATH_USER,
	OATH_PASSWORD,
	OATH_KEY,
	OATH_COUNTER,
	OATH_LAST_CODE,
	OATH_LAST_TIME,
	OATH_FIELDS,
};

/* No line has less. */
#define OATH_FIELDS_LEAST (OATH_KEY + 1)

/*
 * oath_split(line, fields):
 * Part ${line} into its fields; those that it has not are NULL. Return how many it has: none where
 * it is blank or a comment.
 */
size_t oath_split(char *line, char *fields[OATH_FIELDS]);

/*
 * oath_read(fields, entry, listener):
 * Read the ${fields} of a line, of which there are OATH_FIELDS_LEAST, into ${entry}, which is as
 * import_add made it. Return NULL; or why it can't be taken, a text marked by N_, with nothing of
 * it left in ${entry}.
 */
const char *oath_read(char *const fields[OATH_FIELDS], struct import_entry *entry,
		      const struct import_listener *listener);

#endif
