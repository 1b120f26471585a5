/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SOURCE_H
#define TWOKEY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A users file of 100,000 lines has 10 MB. */
#define SOURCE_MAX ((size_t)64 << 20)

/* What another program keeps for one user fits this many times over. */
#define SOURCE_HOME_MAX ((size_t)64 << 10)

/* A file of another program, whole in memory, with a NUL behind it. Holds keys. */
struct source {
	char *text;
	size_t length;
	size_t at;     /* where the next line begins */
	unsigned line; /* the number of the last one */
};

/*
 * source_open(path, source):
 * Read the regular file at ${path}, or standard input for "-". Return 0, or an errno: EFBIG for
 * more than SOURCE_MAX, EINVAL for what is no regular file, EILSEQ for a NUL byte. source_wipe is
 * due after 0 alone.
 */
int source_open(const char *path, struct source *source);

/*
 * source_open_home(path, owner, source):
 * The same for a file that its user can replace at any moment: no link is followed in any component
 * of ${path}, and what is read is a file with one link that belongs to ${owner} or to root. EPERM
 * for another owner, ELOOP for a link.
 */
int source_open_home(const char *path, uid_t owner, struct source *source);

/*
 * source_next(source, at, end):
 * Where the next line stands in the text, from ${at} on and before ${end}, without LF or CR LF.
 * Return false at the end.
 */
bool source_next(struct source *source, size_t *at, size_t *end);

/* source_line(source): The next line, ended by a NUL, without LF or CR LF; NULL at the end. */
char *source_line(struct source *source);

/* source_wipe(source): Wipe and free. */
void source_wipe(struct source *source);

#endif
