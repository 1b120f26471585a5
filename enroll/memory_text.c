/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory_text.h"

bool memory_text_close(FILE *stream, char *const *text)
{
	bool failed = ferror(stream) != 0;

	return fclose(stream) == 0 && !failed && *text != NULL;
}
