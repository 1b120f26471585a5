/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "store_user.h"

#define ACCOUNTS "/etc/passwd"

/* The longest line of an account. */
#define ACCOUNT_SIZE 4096

/*
 * Where nsswitch.conf(5) names another source behind it, getpwnam(3) takes a file that can't be
 * read for one without the user. Read by ourselves, only its end says that.
 */
static int look_locally(struct passwd *entry, char buffer[ACCOUNT_SIZE], struct passwd **found)
{
	FILE *file = fopen(ACCOUNTS, "re");
	int error;

	if (file == NULL)
		return errno;
	do
		error = fgetpwent_r(file, entry, buffer, ACCOUNT_SIZE, found);
	while (error == 0 && strcmp((*found)->pw_name, STORE_USER) != 0);
	(void)fclose(file);
	return error;
}

int store_user(uid_t *uid, gid_t *gid)
{
	char buffer[ACCOUNT_SIZE];
	struct passwd entry;
	struct passwd *found = NULL;
	int error = look_locally(&entry, buffer, &found);

	/* Of a directory that many hosts share, for one. */
	if (error == ENOENT)
		error = getpwnam_r(STORE_USER, &entry, buffer, ACCOUNT_SIZE, &found);
	if (found == NULL)
		return error != 0 ? error : ENOENT;
	*uid = found->pw_uid;
	*gid = found->pw_gid;
	return 0;
}
