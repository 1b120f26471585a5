/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed, and P9, bounded: su and sudo hand the caller's RLIMIT_FSIZE on, and a caller
 * that set it to 0 must neither kill the host program nor escape the count of guesses; and they
 * share the caller's terminal, which must not stop them with a lock that others wait for. SIGXFSZ
 * goes to the thread that wrote, so blocking it there is all it takes, and other threads see
 * nothing.
 */
#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "undisturbed.h"

static sigset_t size_signal(void)
{
	sigset_t alone;

	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	return alone;
}

static sigset_t disturbing(void)
{
	static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
	sigset_t signals = size_signal();

	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		(void)sigaddset(&signals, stops[i]);
	return signals;
}

void undisturbed_begin(struct undisturbed *before)
{
	sigset_t signals = disturbing();
	sigset_t pending;

	(void)pthread_sigmask(SIG_BLOCK, &signals, &before->mask);
	before->size_was_pending = sigismember(&before->mask, SIGXFSZ) == 1 &&
				   sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
}

/* A write of ours that failed raised it. */
static void take_size_signal(void)
{
	const struct timespec now = {0};
	sigset_t alone = size_signal();
	int taken;

	do
		taken = sigtimedwait(&alone, NULL, &now);
	while (taken < 0 && errno == EINTR);
}

void undisturbed_end(const struct undisturbed *before, bool raised)
{
	if (raised && !before->size_was_pending)
		take_size_signal();
	(void)pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}
