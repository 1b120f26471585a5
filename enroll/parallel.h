/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PARALLEL_H
#define TWOKEY_PARALLEL_H

#include <stddef.h>
#include <stdio.h>

/* Something to be printed for each of many items, none of which depends on another. */
struct task {
	size_t count;
	/*
	 * Print the items from ${from} to before ${to} to ${stream}; return an enum status. It may
	 * run in a process of its own: what it changes in memory is lost.
	 */
	int (*print)(size_t from, size_t to, FILE *stream, void *context);
	void *context;
	const char *separator; /* between two pieces that have printed something */
};

/*
 * parallel_print(task):
 * Do ${task} to standard output, in the order of its items, on all processors where it is large.
 * Memory does not grow with it. It ends early when standard output can't be written. Return the
 * highest status.
 */
int parallel_print(const struct task *task);

#endif
