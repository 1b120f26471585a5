/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that a module does which takes a code once, durably: ask, lock, read, rewrite 64 bytes
 * in place, fdatasync. It verifies nothing: it is the floor that others are measured against.
 */
#include <fcntl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define RECORD 64

static int rewrite(int fd)
{
	char record[RECORD];

	if (flock(fd, LOCK_EX) != 0 || pread(fd, record, sizeof(record), 0) != sizeof(record))
		return PAM_AUTH_ERR;
	record[0]++;
	if (pwrite(fd, record, sizeof(record), 0) != sizeof(record) || fdatasync(fd) != 0)
		return PAM_AUTH_ERR;
	return PAM_SUCCESS;
}

/* The only argument is what the path of a user's file begins with. */
int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *user = NULL;
	char path[256];
	char *code = NULL;
	int result, fd;

	(void)flags;
	if (argc != 1 || pam_get_user(pamh, &user, NULL) != PAM_SUCCESS ||
	    pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, &code, "Code: ") != PAM_SUCCESS)
		return PAM_AUTH_ERR;
	free(code);
	(void)snprintf(path, sizeof(path), "%s%s", argv[0], user);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return PAM_AUTH_ERR;
	result = rewrite(fd);
	(void)close(fd);
	return result;
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
