/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_USAGE_H
#define TWOKEY_USAGE_H

#include <stdio.h>

/*
 * usage_print(stream, text):
 * Print what --help says: lines of synopsis, then paragraphs and options, each option on a line of
 * its own with two blanks before it and at least two behind. On a terminal that is too narrow they
 * are broken anew, each in its column; elsewhere ${text} is left as it is.
 */
void usage_print(FILE *stream, const char *text);

#endif
