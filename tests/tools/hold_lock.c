/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: the lock of the file or directory $HELD is held when the program begins, and let
 * go of as it waits for the third time. By a holder beside it the waits would be as many as the
 * clock has it, and no fault could be put at one of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define WAITS 3

static int held = -1;
static int waits;

__attribute__((constructor)) static void hold(void)
{
	const char *path = getenv("HELD");

	if (path == NULL)
		return;
	held = open(path, O_RDONLY | O_CLOEXEC);
	if (held < 0 || flock(held, LOCK_EX | LOCK_NB) != 0)
		_exit(125);
}

int nanosleep(const struct timespec *interval, struct timespec *left)
{
	int error;

	if (++waits == WAITS && held >= 0)
		(void)close(held);
	error = clock_nanosleep(CLOCK_REALTIME, 0, interval, left);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}
