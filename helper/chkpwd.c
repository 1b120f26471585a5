/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <security/_pam_types.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "child.h"
#include "chkpwd.h"
#include "username.h"

/* Seconds: a hash of the costliest kind takes one or two. */
#define PATIENCE 5

/* A pipe that holds the password with its NUL; -1 if there is none. Nobody waits: it fits. */
static int write_password(const struct secret *typed)
{
	int ends[2];
	bool written;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	written = write(ends[1], typed->text, typed->length + 1) == (ssize_t)typed->length + 1;
	(void)close(ends[1]);
	if (written)
		return ends[0];
	(void)close(ends[0]);
	return -1;
}

enum reason chkpwd(const char *user, const struct secret *typed)
{
	char program[] = "unix_chkpwd";
	char empty_is_wrong[] = "nonull";
	char name[USERNAME_FILE_MAX + 1];
	char *const argv[] = {program, name, empty_is_wrong, NULL};
	struct child child = {
		.path = UNIX_CHKPWD, .argv = argv, .output = -1, .patience = PATIENCE};
	int status;

	(void)snprintf(name, sizeof(name), "%s", user);
	child.input = write_password(typed);
	if (child.input < 0)
		return REASON_PASSWORD_UNREADABLE;
	status = child_run(&child);
	(void)close(child.input);
	switch (status) {
	case PAM_SUCCESS:
		return typed->length > 0 ? REASON_NONE : REASON_EMPTY_PASSWORD;
	case PAM_AUTH_ERR:
		return typed->length > 0 ? REASON_WRONG_PASSWORD : REASON_EMPTY_PASSWORD;
	case PAM_USER_UNKNOWN:
		return REASON_UNKNOWN_USER;
	default:
		return REASON_PASSWORD_UNREADABLE;
	}
}
