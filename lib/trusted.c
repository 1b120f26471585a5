/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P10, trusted files: no link on a path is ever followed, so that nobody who can write a directory
 * on the way decides which file is opened. And P9: no open waits for the other end of a FIFO.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trusted.h"

#define ALWAYS (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

#define LOOKED_AT                                                                                  \
	(STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO | STATX_SIZE)

/* Take the next component off ${path}. Return false if it is too long for a file name. */
static bool next_component(const char **path, char name[NAME_MAX + 1])
{
	size_t length = (size_t)(strchrnul(*path, '/') - *path);

	if (length > NAME_MAX)
		return false;
	memcpy(name, *path, length);
	name[length] = '\0';
	*path += length;
	while (**path == '/')
		(*path)++;
	return true;
}

/* For kernels before Linux 5.6, and programs that run under an older seccomp filter. */
static int open_components(int directory, const char *path, int flags)
{
	char name[NAME_MAX + 1];
	int here = directory;

	if (path[0] == '/') {
		path += strspn(path, "/");
		here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	while (here >= 0 || here == AT_FDCWD) {
		int next = -1;

		if (next_component(&path, name))
			next = openat(here, name,
				      *path == '\0' ? flags : O_PATH | O_DIRECTORY | ALWAYS);
		else
			errno = ENAMETOOLONG;
		if (here != directory) {
			int saved = errno;

			(void)close(here);
			errno = saved;
		}
		if (next < 0 || *path == '\0')
			return next;
		here = next;
	}
	return -1;
}

int trusted_open(int directory, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | ALWAYS),
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd;

	do
		fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_components(directory, path, flags | ALWAYS);
	return (int)fd;
}

int trusted_look(int directory, const char *path, struct statx *status)
{
	return statx(directory, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, LOOKED_AT, status);
}

ssize_t trusted_read(int fd, void *buffer, size_t size, off_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, (char *)buffer + done, size - done, offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int trusted_write(int fd, const void *buffer, size_t size, off_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t put =
			pwrite(fd, (const char *)buffer + done, size - done, offset + (off_t)done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = EIO;
		if (put <= 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}
