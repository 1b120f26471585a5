/* SPDX-License-Identifier: BSD-2-Clause */
/* Included before everything in a build that is measured: a process that leaves by _exit(2) writes
 * its counts first, unless it is tested under a limit on the size of files, which would end it. */
#ifndef TWOKEY_COVERAGE_EXIT_H
#define TWOKEY_COVERAGE_EXIT_H

#include <sys/resource.h>
#include <unistd.h>

void __gcov_dump(void);

static inline _Noreturn void exit_with_counts(int status)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
		__gcov_dump();
	_exit(status);
}

#define _exit exit_with_counts

#endif
