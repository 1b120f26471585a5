/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_UNDISTURBED_H
#define TWOKEY_UNDISTURBED_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* What of the calling thread undisturbed_begin found, and undisturbed_end gives back. */
struct undisturbed {
	sigset_t mask;
	bool size_was_pending; /* SIGXFSZ */
	bool was_callers;      /* that is, of these users */
	uid_t real, saved;
};

/*
 * undisturbed_begin(before):
 * Keep what would hold up or end the calling thread, while it has a lock, from doing so. SIGXFSZ,
 * which a write beyond RLIMIT_FSIZE raises (setrlimit(2)), does not end the host program: the write
 * then fails with EFBIG. What stops it from its terminal waits until undisturbed_end. Where another
 * user started the program to run as root, it is root's altogether, so that they can't send it
 * SIGSTOP, if the system allows that; meanwhile getuid(2) does not tell of them. This is of the
 * calling thread alone: a program of several can be stopped by the others.
 */
void undisturbed_begin(struct undisturbed *before);

/*
 * undisturbed_end(before, raised):
 * Take back SIGXFSZ if a write of ours ${raised} it, and leave all as it was. To be called once
 * there is no lock and no secret any more. If the program can't be its caller's again, which takes
 * a kernel without memory, it is killed.
 */
void undisturbed_end(const struct undisturbed *before, bool raised);

#endif
