/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library to preload whose reads and writes move a few bytes at a time, as they may at any time,
 * for tests.
 */
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define FEW 7

static size_t few(size_t size)
{
	return size < FEW ? size : FEW;
}

ssize_t read(int fd, void *buffer, size_t size)
{
	return syscall(SYS_read, fd, buffer, few(size));
}

ssize_t write(int fd, const void *buffer, size_t size)
{
	return syscall(SYS_write, fd, buffer, few(size));
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	return syscall(SYS_pread64, fd, buffer, few(size), offset);
}

ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
	return pread(fd, buffer, size, offset);
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	return syscall(SYS_pwrite64, fd, buffer, few(size), offset);
}

ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t offset)
{
	return pwrite(fd, buffer, size, offset);
}
