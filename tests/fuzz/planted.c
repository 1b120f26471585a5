/* SPDX-License-Identifier: BSD-2-Clause */
/* Not a target: an overflow for the fuzzers to find, so that finding nothing means something. */
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char text[64], small[8];
	size_t length = fuzz_text(&input, text, sizeof(text));

	if (length > 3 && text[0] == 'b' && text[1] == 'u' && text[2] == 'g') {
		memcpy(small, text, length);
		FUZZ_REQUIRE(memchr(small, '\0', length) == NULL);
	}
	return 0;
}
