/* SPDX-License-Identifier: BSD-2-Clause */
/* Put in the place of libc's functions by the linker (--wrap), for lib alone. */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned calls_left;
static int fault;
static bool hit;
static enum faults_kernel kernel_is;

void faults_set_kernel(enum faults_kernel kernel)
{
	kernel_is = kernel;
}

void faults_arm(unsigned number, int error)
{
	calls_left = number;
	fault = error;
	hit = false;
}

bool faults_disarm(void)
{
	calls_left = 0;
	return hit;
}

static bool is_due(void)
{
	if (calls_left == 0 || --calls_left > 0)
		return false;
	hit = true;
	return true;
}

static bool fails(void)
{
	if (!is_due() || fault == FAULT_SHORT)
		return false;
	errno = fault;
	return true;
}

/* clang-format off */
#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails() ? (type)-1 : __real_##name arguments;                               \
	}
/* clang-format on */

WRAP(int, statx, (int directory, const char *path, int flags, unsigned mask, struct statx *status),
     (directory, path, flags, mask, status))
WRAP(int, flock, (int fd, int operation), (fd, operation))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, syncfs, (int fd), (fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, renameat, (int from, const char *old, int to, const char *name), (from, old, to, name))
WRAP(int, unlinkat, (int directory, const char *path, int flags), (directory, path, flags))
WRAP(int, mkdirat, (int directory, const char *path, mode_t mode), (directory, path, mode))

int __real_openat64(int directory, const char *path, int flags, ...);
int __wrap_openat64(int directory, const char *path, int flags, ...);

int __wrap_openat64(int directory, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return fails() ? -1 : __real_openat64(directory, path, flags, mode);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

/* lib makes no file by it. */
int __wrap_open64(const char *path, int flags, ...)
{
	return fails() ? -1 : __real_open64(path, flags);
}

/* openat2 is all that lib calls by its number. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list arguments;
	int directory;
	const char *path;
	void *how;
	size_t size;

	va_start(arguments, number);
	directory = va_arg(arguments, int);
	path = va_arg(arguments, const char *);
	how = va_arg(arguments, void *);
	size = va_arg(arguments, size_t);
	va_end(arguments);
	if (kernel_is == FAULTS_KERNEL_OLD) {
		errno = ENOSYS;
		return -1;
	}
	return fails() ? -1 : __real_syscall(number, directory, path, how, size);
}

/* What a fault leaves of a size; errno is set where nothing is left. */
static bool shorten(size_t *size)
{
	if (!is_due())
		return true;
	if (fault == FAULT_SHORT) {
		*size = (*size + 1) / 2;
		return true;
	}
	errno = fault;
	return false;
}

ssize_t __real_getrandom(void *buffer, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *buffer, size_t size, unsigned flags);

ssize_t __wrap_getrandom(void *buffer, size_t size, unsigned flags)
{
	return shorten(&size) ? __real_getrandom(buffer, size, flags) : -1;
}

ssize_t __real_pread64(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset);

ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset)
{
	return shorten(&size) ? __real_pread64(fd, buffer, size, offset) : -1;
}

ssize_t __real_pwrite64(int fd, const void *buffer, size_t size, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t size, off_t offset);

ssize_t __wrap_pwrite64(int fd, const void *buffer, size_t size, off_t offset)
{
	return shorten(&size) ? __real_pwrite64(fd, buffer, size, offset) : -1;
}
