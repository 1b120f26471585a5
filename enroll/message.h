/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_MESSAGE_H
#define TWOKEY_MESSAGE_H

#include <stdio.h>

#include "reason.h"
#include "store.h"

/* A user name's longest text when every byte is escaped. */
#define PRINTABLE_MAX ((size_t)4 * USERNAME_FILE_MAX)

/*
 * printable(user, text):
 * Write ${user} so that it can't talk to a terminal or forge a line: what is not printable ASCII
 * becomes \xHH. Return ${text}.
 */
const char *printable(const char *user, char text[PRINTABLE_MAX + 1]);

/*
 * say(stream, format, ...):
 * A line for a person, broken at blanks where ${stream} is a terminal that is too narrow for it.
 * Never a secret.
 */
__attribute__((format(printf, 2, 3))) void say(FILE *stream, const char *format, ...);

/* complain(format, ...): The same to standard error, "twokey: ...". */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/*
 * complain_reason(reason, user, store, fault):
 * Say why an operation on the store at path ${store} did not end well, with the file, the line and
 * the mend. ${user} may be NULL. Return the exit status: STATUS_REFUSED for a refusal, else
 * STATUS_SYSTEM.
 */
int complain_reason(enum reason reason, const char *user, const char *store,
		    const struct store_fault *fault);

/*
 * audit(user, format, ...):
 * One line to LOG_AUTHPRIV about a change of ${user}'s record, and who made it.
 */
__attribute__((format(printf, 2, 3))) void audit(const char *user, const char *format, ...);

/* begin_output(): To be called before anything is printed: what is, is wiped at the end. */
void begin_output(void);

/*
 * finish_output(status):
 * Flush standard output, and wipe what printing left in memory (P8). Return ${status}, or
 * STATUS_SYSTEM with a complaint if not all of it could be written.
 */
int finish_output(int status);

#endif
