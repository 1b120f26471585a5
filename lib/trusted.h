/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TRUSTED_H
#define TWOKEY_TRUSTED_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * trusted_open(directory, path, flags):
 * Open ${path}, relative to ${directory} unless it is absolute, following no link in any of its
 * components (openat2(2) with RESOLVE_NO_SYMLINKS; component by component where the kernel has no
 * openat2). ${flags} are those of open(2) without O_CREAT; the descriptor is close-on-exec and the
 * open never blocks on a FIFO. Return -1 with errno: ELOOP for a link.
 */
int trusted_open(int directory, const char *path, int flags);

/*
 * trusted_look(directory, path, status):
 * Tell what ${path} is, relative to ${directory} unless it is absolute, without following a link;
 * with "" for ${path}, what the descriptor ${directory} is. Its times are not asked for: the kernel
 * gives a file that they were asked of new ones with the next write, and the sync of that write has
 * the inode to write, too. Return 0, or -1 with errno.
 */
int trusted_look(int directory, const char *path, struct statx *status);

/*
 * trusted_read(fd, buffer, size, offset):
 * Read until ${size} bytes are there or the file ends, whatever interrupts. Return the bytes read,
 * or -1 with errno.
 */
ssize_t trusted_read(int fd, void *buffer, size_t size, off_t offset);

/*
 * trusted_write(fd, buffer, size, offset):
 * Write all of ${buffer}, whatever interrupts. Return 0, or -1 with errno.
 */
int trusted_write(int fd, const void *buffer, size_t size, off_t offset);

#endif
