/* SPDX-License-Identifier: BSD-2-Clause */
/* The state's slots: what is written comes back, and nothing else does. */
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "state.h"
#include "unit.h"

static const struct state extreme = {
	.sequence = UINT64_MAX,
	.failures = UINT32_MAX,
	.locked_since = STATE_TIME_MAX,
	.locked_until = STATE_TIME_MAX,
	.last_success = STATE_TIME_MAX,
	.told = true,
	.earlier_failures = UINT32_MAX,
	.last_failure = STATE_TIME_MAX,
	.last_origin = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
	.recovery_spent = 0x8001,
	.devices = {{.watermark = STATE_WATERMARK_MAX, .drift = STATE_DRIFT_MAX, .last_used = 1},
		    {.watermark = 1, .drift = -STATE_DRIFT_MAX, .last_used = STATE_TIME_MAX},
		    {.drift = -1}},
};

static void test_round_trip(void **state)
{
	const struct state zero = {.sequence = 0};
	const struct state *states[] = {&zero, &extreme};
	char slot[STATE_SLOT_SIZE];
	struct state again;

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		state_format(states[i], slot);
		assert_true(state_parse(slot, &again));
		assert_int_equal(again.sequence, states[i]->sequence);
		assert_int_equal(again.failures, states[i]->failures);
		assert_int_equal(again.locked_since, states[i]->locked_since);
		assert_int_equal(again.locked_until, states[i]->locked_until);
		assert_int_equal(again.last_success, states[i]->last_success);
		assert_int_equal(again.told, states[i]->told);
		assert_int_equal(again.earlier_failures, states[i]->earlier_failures);
		assert_int_equal(again.last_failure, states[i]->last_failure);
		assert_string_equal(again.last_origin, states[i]->last_origin);
		assert_int_equal(again.recovery_spent, states[i]->recovery_spent);
		for (size_t d = 0; d < RECORD_DEVICES_MAX; d++) {
			assert_int_equal(again.devices[d].watermark,
					 states[i]->devices[d].watermark);
			assert_int_equal(again.devices[d].drift, states[i]->devices[d].drift);
			assert_int_equal(again.devices[d].last_used,
					 states[i]->devices[d].last_used);
		}
	}
}

static void test_origin(void **state)
{
	static const struct {
		const char *origin;
		const char *noted;
	} cases[] = {
		{"", ""},
		{"192.0.2.7", "192.0.2.7"},
		{"fe80::1%eth0", "fe80::1%eth0"},
		{"pts/3", "pts/3"},
		{"two words\n\033[1m\303\274", "two?words???1m??"},
		{"host.with.a.name.of.more.than.45.characters.example.org",
		 "host.with.a.name.of.more.than.45.characters.e"},
	};
	char slot[STATE_SLOT_SIZE];
	struct state noted, again;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		noted = extreme;
		state_note_failure(&noted, 7, cases[i].origin);
		assert_int_equal(noted.last_failure, 7);
		assert_string_equal(noted.last_origin, cases[i].noted);
		state_format(&noted, slot);
		assert_true(state_parse(slot, &again));
		assert_string_equal(again.last_origin, cases[i].noted);
	}
}

static void test_printable(void **state)
{
	char slot[STATE_SLOT_SIZE];

	(void)state;
	state_format(&extreme, slot);
	for (size_t i = 0; i < sizeof(slot); i++)
		assert_true(slot[i] == '\n' || (slot[i] >= ' ' && slot[i] < 0x7f));
}

static void test_every_bit_counts(void **state)
{
	char slot[STATE_SLOT_SIZE];
	struct state again;

	(void)state;
	state_format(&extreme, slot);
	for (size_t bit = 0; bit < sizeof(slot) * 8; bit++) {
		slot[bit / 8] = (char)(slot[bit / 8] ^ (1 << bit % 8));
		assert_false(state_parse(slot, &again));
		assert_int_equal(again.sequence, 0);
		slot[bit / 8] = (char)(slot[bit / 8] ^ (1 << bit % 8));
	}
	assert_true(state_parse(slot, &again));
}

/* A checksum is no key: whoever can compute one writes nothing that state_format would not. */
static void test_written_otherwise(void **state)
{
	static const struct {
		const char *text;
		const char *other;
	} rows[] = {
		{"state 18446744073709551615", "state 18446744073709551615"}, /* as it was */
		{"state 18446744073709551615", "state 18446744073709551616"},
		{"state 1", "state  "},
		{"failures 4294967295", "failures 4294967296"},
		{"locked 9", "locked -"},
		{"locked 9", "Locked 9"},
		{"success 99999999999", "success 9999999999:"},
		{" x\n", " y\n"},
		{"ffff:ffff", "ffff ffff"},
		{"ffff:ffff", "ffff,ffff"},
		{"+3000", "+3001"},
		{"+3000", "-0000"},
		{"-3000", "+300/"},
		{"\n8 ", "\n9 "},
		{"recovery x", "recovery X"},
	};
	char slot[STATE_SLOT_SIZE];
	struct state again;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *checksum, *found;

		state_format(&extreme, slot);
		found = memmem(slot, sizeof(slot), rows[i].text, strlen(rows[i].text));
		checksum = memmem(slot, sizeof(slot), "checksum ", strlen("checksum "));
		assert_non_null(found);
		assert_non_null(checksum);
		memcpy(found, rows[i].other, strlen(rows[i].text));
		checksum_text(slot, (size_t)(checksum - slot), checksum + strlen("checksum "));
		if (state_parse(slot, &again) != (i == 0))
			fail_msg("row %zu: %s", i, rows[i].other);
	}
}

static void test_every_torn_write(void **state)
{
	const struct state before = {.sequence = 7};
	const struct state after = {.sequence = 8, .failures = 3, .last_success = 5};
	char old[STATE_SLOT_SIZE], new[STATE_SLOT_SIZE], torn[STATE_SLOT_SIZE];
	struct state again;

	(void)state;
	state_format(&before, old);
	state_format(&after, new);
	for (size_t length = 0; length <= sizeof(torn); length++) {
		memcpy(torn, old, sizeof(torn));
		memcpy(torn, new, length);
		if (state_parse(torn, &again))
			assert_true(memcmp(torn, old, sizeof(torn)) == 0 ||
				    memcmp(torn, new, sizeof(torn)) == 0);
	}
}

static void test_empty_and_garbage(void **state)
{
	char slot[STATE_SLOT_SIZE];
	struct state again;

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		memset(slot, byte, sizeof(slot));
		assert_false(state_parse(slot, &again));
	}
}

static char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];

static void put(unsigned slot, uint64_t sequence)
{
	const struct state content = {.sequence = sequence};

	state_format(&content, blocks[slot]);
}

static void test_newest(void **state)
{
	struct state newest;

	(void)state;
	put(0, 8);
	put(1, 9);
	assert_int_equal(state_newest(blocks, &newest), 1);
	assert_int_equal(newest.sequence, 9);
	put(0, 10);
	assert_int_equal(state_newest(blocks, &newest), 0);
	blocks[0][100] ^= 1;
	assert_int_equal(state_newest(blocks, &newest), 1);
	assert_int_equal(newest.sequence, 9);
	blocks[1][0] ^= 1;
	assert_int_equal(state_newest(blocks, &newest), -1);
	assert_int_equal(newest.sequence, 0);
	put(0, 5);
	assert_int_equal(state_newest(blocks, &newest), 0);
	put(1, 5);
	assert_int_equal(state_newest(blocks, &newest), -1);
	put(1, UINT64_MAX);
	assert_int_equal(state_newest(blocks, &newest), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),       cmocka_unit_test(test_origin),
		cmocka_unit_test(test_origin),           cmocka_unit_test(test_printable),
		cmocka_unit_test(test_every_bit_counts), cmocka_unit_test(test_written_otherwise),
		cmocka_unit_test(test_every_torn_write), cmocka_unit_test(test_empty_and_garbage),
		cmocka_unit_test(test_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
