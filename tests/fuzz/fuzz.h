/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_FUZZ_H
#define TWOKEY_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state.h"

/*
 * LLVMFuzzerTestOneInput(data, size):
 * What each target of this directory is: read ${data} as the thing it fuzzes, and end the process
 * where something that must hold does not. Returns 0. libFuzzer and AFL++ call it by this name, and
 * so does driver.c, for files.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* FUZZ_REQUIRE(condition): The oracle: abort, saying where, unless it holds. */
#define FUZZ_REQUIRE(condition) fuzz_require((condition), __FILE__, __LINE__, #condition)

void fuzz_require(bool holds, const char *file, int line, const char *what);

/* What is left of an input. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* fuzz_byte(input): The next byte; 0 when there is none. */
uint8_t fuzz_byte(struct fuzz_input *input);

/* fuzz_draw(input, below): A number below ${below}, which is not 0. */
uint64_t fuzz_draw(void *input, uint64_t below);

/*
 * fuzz_text(input, text, size):
 * The next bytes up to a newline, which is skipped, or a NUL, or as many as there is room for, with
 * a NUL behind. Return their number.
 */
size_t fuzz_text(struct fuzz_input *input, char *text, size_t size);

/* fuzz_is_zero(memory, size): Whether nothing is left there: what a refusal must have wiped. */
bool fuzz_is_zero(const void *memory, size_t size);

/* fuzz_same_state(a, b): Whether all their values are the same. */
bool fuzz_same_state(const struct state *a, const struct state *b);

/* fuzz_check_device(device): Require that its values are ones that a record may have. */
void fuzz_check_device(const struct device *device);

#endif
