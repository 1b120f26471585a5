/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_MEMORY_TEXT_H
#define TWOKEY_MEMORY_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * memory_text_close(stream, text):
 * Close a stream of open_memstream(3) that writes to ${text}. Return whether all of it is there:
 * where memory runs out in the end fclose(3) itself says nothing. The caller frees ${text} in any
 * case.
 */
bool memory_text_close(FILE *stream, char *const *text);

#endif
