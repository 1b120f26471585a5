/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_UNDISTURBED_H
#define TWOKEY_UNDISTURBED_H

#include <signal.h>
#include <stdbool.h>

/* What of the calling thread undisturbed_begin found, and undisturbed_end gives back. */
struct undisturbed {
	sigset_t mask;
	bool size_was_pending; /* SIGXFSZ */
};

/*
 * undisturbed_begin(before):
 * Keep what would hold up or end the calling thread, while it has a lock, from doing so. SIGXFSZ,
 * which a write beyond RLIMIT_FSIZE raises (setrlimit(2)), does not end the host program: the write
 * then fails with EFBIG. What stops it from its terminal waits until undisturbed_end.
 */
void undisturbed_begin(struct undisturbed *before);

/*
 * undisturbed_end(before, raised):
 * Take back SIGXFSZ if a write of ours ${raised} it, and leave all as it was. To be called once
 * there is no lock any more.
 */
void undisturbed_end(const struct undisturbed *before, bool raised);

#endif
