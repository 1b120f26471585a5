/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Callers of parsers for Frama-C's Eva: each hands over bytes of which nothing is known, up to the
 * parser's limit. No alarm then means: no undefined behaviour, whatever a file or a person
 * says. One function is analysed at a time (-main).
 */
#include "__fc_builtin.h"
#include "answer.h"
#include "decimal.h"
#include "state.h"

/* Longer than PAM hands anything over (SECRET_MAX). */
#define TYPED_MAX 512

/* lib/state.c: state_newest, state_parse; both blocks of a file */
void any_blocks(void)
{
	static char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];
	struct state state;

	Frama_C_make_unknown(blocks[0], sizeof(blocks));
	(void)state_newest(blocks, &state);
}

/* lib/decimal.c: decimal_parse */
void any_number(void)
{
	char text[TYPED_MAX + 1];
	uint64_t value;

	Frama_C_make_unknown(text, TYPED_MAX);
	text[TYPED_MAX] = '\0';
	(void)decimal_parse(text, UINT64_MAX, &value);
}

/* lib/answer.c: answer_read, answer_split */
void any_answer(void)
{
	char typed[TYPED_MAX + 1];
	struct answer answer;

	Frama_C_make_unknown(typed, TYPED_MAX);
	typed[TYPED_MAX] = '\0';
	answer_read(typed, &answer);
	(void)answer_split(typed, (unsigned)Frama_C_interval(OTP_DIGITS_MIN, OTP_DIGITS_MAX));
}
