/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed, and P9, bounded: su and sudo hand the caller's RLIMIT_FSIZE on, and a caller
 * that set it to 0 must neither kill the host program nor escape the count of guesses. The signal
 * goes to the thread that wrote, so blocking it there is all it takes, and other threads see
 * nothing.
 */
#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "size_signal.h"

static sigset_t size_signal_alone(void)
{
	sigset_t alone;

	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	return alone;
}

void size_signal_hold(struct size_signal *held)
{
	sigset_t alone = size_signal_alone();
	sigset_t pending;

	(void)pthread_sigmask(SIG_BLOCK, &alone, &held->mask);
	held->was_pending = sigismember(&held->mask, SIGXFSZ) == 1 && sigpending(&pending) == 0 &&
			    sigismember(&pending, SIGXFSZ) == 1;
}

void size_signal_release(const struct size_signal *held, bool raised)
{
	const struct timespec now = {0};
	sigset_t alone = size_signal_alone();

	if (raised && !held->was_pending) {
		int taken;

		do
			taken = sigtimedwait(&alone, NULL, &now);
		while (taken < 0 && errno == EINTR);
	}
	(void)pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
}
