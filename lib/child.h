/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CHILD_H
#define TWOKEY_CHILD_H

/* What child_run returns where there is no exit status to tell. */
#define CHILD_NOT_RUN 127 /* there is no such program, or no process to run it in */
#define CHILD_LOST    126 /* it was killed, took too long, or its status was taken by another */

/* A program to be run once. */
struct child {
	const char *path;
	char *const *argv; /* ends with NULL */
	int input;         /* becomes its standard input */
	int output;        /* becomes its standard output; -1: it goes nowhere, as errors do */
	int patience;      /* seconds */
};

/*
 * child_run(child):
 * Run a program with an empty environment and return its exit status, CHILD_NOT_RUN or CHILD_LOST.
 * The calling program may have threads, closed descriptors, any signal handler, ignore SIGCHLD, or
 * reap all children it hears of: its own children, signals and descriptors are left as they are.
 */
int child_run(const struct child *child);

#endif
