/* SPDX-License-Identifier: BSD-2-Clause */
/* The decision, with the model beside it: an input is the numbers that a history is drawn of. */
#include <stdio.h>

#include "fuzz.h"
#include "history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	const char *broken = history_live(fuzz_draw, &input);

	if (broken != NULL)
		(void)fprintf(stderr, "broken: %s\n", broken);
	FUZZ_REQUIRE(broken == NULL);
	return 0;
}
