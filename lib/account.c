/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "account.h"

/* A longer line of the host's own is left to getpwnam(3). */
#define LINE_SIZE 4096

/* The line of ${name}: 0, ENOENT if the file has none, or another errno. */
static int find_line(const char *name, char line[LINE_SIZE])
{
	FILE *file = fopen(ACCOUNT_FILE, "re");
	size_t length = strlen(name);
	bool begins = true, found = false;
	int error;

	if (file == NULL)
		return errno;
	errno = 0;
	while (!found && fgets(line, LINE_SIZE, file) != NULL) {
		bool ends = strchr(line, '\n') != NULL;

		found = begins && ends && strncmp(line, name, length) == 0 && line[length] == ':';
		begins = ends;
	}
	error = ferror(file) != 0 ? errno : 0;
	(void)fclose(file);
	if (error != 0)
		return error;
	return found ? 0 : ENOENT;
}

/*
 * Where nsswitch.conf(5) names another source behind it, getpwnam(3) takes a file that can't be
 * read for one without the user. Read by ourselves, only its end says that.
 */
static int look_locally(const char *name, struct passwd *entry, char buffer[ACCOUNT_SIZE],
			struct passwd **found)
{
	char line[LINE_SIZE];
	int error = find_line(name, line);
	FILE *stream;

	if (error != 0)
		return error;
	stream = fmemopen(line, strlen(line), "r");
	if (stream == NULL)
		return errno;
	error = fgetpwent_r(stream, entry, buffer, ACCOUNT_SIZE, found);
	(void)fclose(stream);
	return error;
}

bool account_is_compat(const char *name)
{
	return name[0] == '+' || name[0] == '-';
}

/* Return what getpwnam_r(3) does. */
static int look_up(const char *name, struct passwd *entry, char buffer[ACCOUNT_SIZE],
		   struct passwd **found)
{
	int error = account_is_compat(name) ? ENOENT : look_locally(name, entry, buffer, found);

	/* Of a directory that many hosts share, for one. */
	if (error == ENOENT)
		error = getpwnam_r(name, entry, buffer, ACCOUNT_SIZE, found);
	return error;
}

int account_find(const char *name, struct passwd *entry, char buffer[ACCOUNT_SIZE])
{
	struct passwd *found = NULL;
	int error = look_up(name, entry, buffer, &found);

	if (found != NULL)
		return 0;
	return error != 0 && error != ESRCH ? error : ENOENT;
}

/*
 * Where the last source was asked, getpwnam_r(3) returns 0 for nobody. ENOENT is of one that could
 * not be: its socket is not there. Of those before it glibc tells nothing.
 */
int account_own_name(const char *name, bool *own)
{
	char buffer[ACCOUNT_SIZE];
	struct passwd entry;
	struct passwd *found = NULL;
	int error = look_up(name, &entry, buffer, &found);

	*own = found != NULL && strcmp(entry.pw_name, name) == 0;
	if (found != NULL)
		return 0;
	if (error == 0)
		return ENOENT;
	return error != ENOENT ? error : EIO;
}

enum reason account_reason(int error)
{
	return error == ENOMEM ? REASON_NO_MEMORY : REASON_USERS_UNREADABLE;
}
