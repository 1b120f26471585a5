/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SIZE_SIGNAL_H
#define TWOKEY_SIZE_SIGNAL_H

#include <signal.h>
#include <stdbool.h>

/* The calling thread's SIGXFSZ as size_signal_hold found it. */
struct size_signal {
	sigset_t mask;
	bool was_pending;
};

/*
 * size_signal_hold(held):
 * Keep SIGXFSZ, which a write beyond RLIMIT_FSIZE raises (setrlimit(2)), from killing the host
 * program: the write then fails with EFBIG.
 */
void size_signal_hold(struct size_signal *held);

/*
 * size_signal_release(held, raised):
 * Take back the signal if a write of ours ${raised} it, and leave the mask as it was.
 */
void size_signal_release(const struct size_signal *held, bool raised);

#endif
