/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PROGRAM_H
#define TWOKEY_PROGRAM_H

#include <stddef.h>

/* Bytes of output that are kept. */
#define PROGRAM_OUTPUT_MAX ((size_t)65536)

/*
 * program_output(argv, text):
 * Run the program at the path ${argv}[0], without a shell, with no input and an empty environment,
 * for at most ten seconds. Write what it prints, standard error too, to ${text}, ended with a NUL.
 * Return its exit status, or -1 if it could not be run or did not end by itself.
 */
int program_output(char *const *argv, char text[PROGRAM_OUTPUT_MAX + 1]);

#endif
