/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state: values within their ranges are written and come back, and of any two slots the newer
 * whole one is found. An input is first the values, then two slots.
 */
#include "state.h"

#include <string.h>

#include "fuzz.h"

static int64_t draw_time(struct fuzz_input *input)
{
	return (int64_t)fuzz_draw(input, (uint64_t)STATE_TIME_MAX + 1);
}

static void draw_state(struct fuzz_input *input, struct state *state)
{
	char origin[2 * STATE_ORIGIN_MAX];

	memset(state, 0, sizeof(*state));
	state->sequence = fuzz_draw(input, UINT64_MAX);
	state->failures = (uint32_t)fuzz_draw(input, UINT32_MAX);
	state->locked_since = draw_time(input);
	state->locked_until = draw_time(input);
	state->last_success = draw_time(input);
	state->told = fuzz_byte(input) % 2 != 0;
	state->earlier_failures = (uint32_t)fuzz_draw(input, UINT32_MAX);
	(void)fuzz_text(input, origin, sizeof(origin));
	state_note_failure(state, draw_time(input), origin);
	state->recovery_spent = (uint16_t)fuzz_draw(input, UINT16_MAX);
	for (size_t i = 0; i < RECORD_DEVICES_MAX; i++) {
		state->devices[i].watermark = fuzz_draw(input, STATE_WATERMARK_MAX);
		state->devices[i].drift =
			(int32_t)fuzz_draw(input, 2 * STATE_DRIFT_MAX + 1) - STATE_DRIFT_MAX;
		state->devices[i].last_used = draw_time(input);
	}
}

static void check_round_trip(const struct state *state)
{
	char slot[STATE_SLOT_SIZE];
	struct state again;

	state_format(state, slot);
	FUZZ_REQUIRE(memchr(slot, '\0', sizeof(slot)) == NULL);
	FUZZ_REQUIRE(state_parse(slot, &again));
	FUZZ_REQUIRE(fuzz_same_state(&again, state));
}

/* Whatever stands in a slot, what is read of it is in range, or nothing. */
static bool check_slot(const char slot[STATE_SLOT_SIZE], struct state *state)
{
	bool whole = state_parse(slot, state);

	if (whole)
		check_round_trip(state);
	else
		FUZZ_REQUIRE(fuzz_is_zero(state, sizeof(*state)));
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];
	struct state newest, slots[STATE_SLOTS];
	bool whole[STATE_SLOTS];
	int found;

	draw_state(&input, &newest);
	check_round_trip(&newest);
	memset(blocks, '\n', sizeof(blocks));
	state_format(&newest, blocks[0]);
	for (size_t i = 0; i < STATE_SLOTS; i++) {
		/* The bytes of the input change those of a slot that is whole, or leave them. */
		state_format(&newest, blocks[i]);
		newest.sequence += 1 + i;
		for (size_t at = 0; at < STATE_SLOT_SIZE && fuzz_byte(&input) != 0; at++)
			blocks[i][at] = (char)(blocks[i][at] ^ fuzz_byte(&input));
		whole[i] = check_slot(blocks[i], &slots[i]);
	}
	found = state_newest(blocks, &newest);
	if (found < 0) {
		FUZZ_REQUIRE(fuzz_is_zero(&newest, sizeof(newest)));
		FUZZ_REQUIRE(whole[0] == whole[1] && slots[0].sequence == slots[1].sequence);
		return 0;
	}
	FUZZ_REQUIRE(whole[found] && fuzz_same_state(&newest, &slots[found]));
	FUZZ_REQUIRE(!whole[1 - found] || newest.sequence > slots[1 - found].sequence);
	return 0;
}
