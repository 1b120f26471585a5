/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P2, single use, and P7, nothing lost: the state is held twice. A write goes to the older slot, so
 * that the newer one outlives a write that power loss cuts short; a checksum tells which are whole.
 */
#include <stddef.h>
#include <string.h>

#include "ascii.h"
#include "checksum.h"
#include "state.h"

/* Fixed widths, so that a slot's size is known: what a login writes never grows. */
struct device_text {
	char number[2]; /* and a blank */
	char watermark[12];
	char blank[1];
	char sign[1];
	char drift[4];
	char gap[1];
	char last_used[12];
	char newline[1];
};

struct slot {
	char sequence_key[6];
	char sequence[20];
	char failures_key[10];
	char failures[10];
	char locked_key[8];
	char locked_since[12];
	char locked_blank[1];
	char locked_until[12];
	char success_key[9];
	char last_success[12];
	char success_blank[1];
	char told[1];
	char earlier_key[9];
	char earlier_failures[10];
	char earlier_blank[1];
	char last_failure[12];
	char earlier_gap[1];
	char last_origin[STATE_ORIGIN_MAX];
	char recovery_key[10];
	char recovery_spent[RECORD_RECOVERY_MAX];
	char recovery_newline[1];
	struct device_text devices[RECORD_DEVICES_MAX];
	char checksum_key[9];
	char checksum[CHECKSUM_DIGITS];
	char padding[8];
};

/* A slot of nothing, but for its checksum. Most of any slot is that. */
static const char nothing[] =
	"state 00000000000000000000\n"
	"failures 0000000000\n"
	"locked 000000000000 000000000000\n"
	"success 000000000000 .\n"
	"earlier 0000000000 000000000000                                              \n"
	"recovery ................\n"
	"1 000000000000 +0000 000000000000\n"
	"2 000000000000 +0000 000000000000\n"
	"3 000000000000 +0000 000000000000\n"
	"4 000000000000 +0000 000000000000\n"
	"5 000000000000 +0000 000000000000\n"
	"6 000000000000 +0000 000000000000\n"
	"7 000000000000 +0000 000000000000\n"
	"8 000000000000 +0000 000000000000\n"
	"checksum 0000000000000000\n\n\n\n\n\n\n\n";

static const struct slot *const unused = (const struct slot *)nothing;

_Static_assert(sizeof(struct slot) == STATE_SLOT_SIZE, "a slot's text is as large as a slot");
_Static_assert(sizeof(nothing) - 1 == STATE_SLOT_SIZE, "and so is that of nothing");
_Static_assert(RECORD_RECOVERY_MAX <= 16, "recovery_spent has a bit for each recovery code");

/* What state_note_failure leaves of an origin. */
static bool is_origin(char c)
{
	return ascii_is_alphanumeric(c) || (c != '\0' && strchr(".:-_/%?", c) != NULL);
}

void state_note_failure(struct state *state, int64_t now, const char *origin)
{
	size_t length = strnlen(origin, STATE_ORIGIN_MAX);

	state->last_failure = now;
	memset(state->last_origin, 0, sizeof(state->last_origin));
	memcpy(state->last_origin, origin, length);
	for (size_t i = 0; i < length; i++) {
		if (!is_origin(origin[i]))
			state->last_origin[i] = '?';
	}
}

/* ${text} has zeroes where the number has no digits, and its width is enough for it. */
static void put_number(char *text, size_t width, uint64_t number)
{
	for (; number > 0 && width > 0; number /= 10)
		text[--width] = (char)('0' + number % 10);
}

#define PUT(text, number) put_number(text, sizeof(text), (uint64_t)(number))

static void put_device(struct device_text *text, const struct device_state *device)
{
	PUT(text->watermark, device->watermark);
	text->sign[0] = device->drift < 0 ? '-' : '+';
	PUT(text->drift, device->drift < 0 ? -device->drift : device->drift);
	PUT(text->last_used, device->last_used);
}

void state_format(const struct state *state, char slot[STATE_SLOT_SIZE])
{
	struct slot *text = (struct slot *)slot;

	*text = *unused;
	PUT(text->sequence, state->sequence);
	PUT(text->failures, state->failures);
	PUT(text->locked_since, state->locked_since);
	PUT(text->locked_until, state->locked_until);
	PUT(text->last_success, state->last_success);
	if (state->told)
		text->told[0] = 'x';
	PUT(text->earlier_failures, state->earlier_failures);
	PUT(text->last_failure, state->last_failure);
	memcpy(text->last_origin, state->last_origin, strlen(state->last_origin));
	for (unsigned i = 0; i < RECORD_RECOVERY_MAX; i++) {
		if (((unsigned)state->recovery_spent >> i & 1u) != 0)
			text->recovery_spent[i] = 'x';
	}
	for (size_t i = 0; i < RECORD_DEVICES_MAX; i++)
		put_device(&text->devices[i], &state->devices[i]);
	checksum_text(slot, offsetof(struct slot, checksum_key), text->checksum);
}

/* Of what is no number, anything: state_parse finds that it is none. */
static uint64_t take_number(const char *text, size_t width)
{
	uint64_t number = 0;

	for (size_t i = 0; i < width; i++)
		number = number * 10 + (unsigned char)text[i] - '0';
	return number;
}

#define TAKE(text) take_number(text, sizeof(text))

/* Padded with blanks to its width. Return false if it is no origin. */
static bool take_origin(const char text[STATE_ORIGIN_MAX], char origin[STATE_ORIGIN_MAX + 1])
{
	size_t length = 0;

	while (length < STATE_ORIGIN_MAX && is_origin(text[length])) {
		origin[length] = text[length];
		length++;
	}
	return length == STATE_ORIGIN_MAX || text[length] == ' ';
}

/* Return false if the drift is more than there is. */
static bool take_device(const struct device_text *text, struct device_state *device)
{
	uint64_t drift = TAKE(text->drift);

	if (drift > STATE_DRIFT_MAX)
		return false;
	device->watermark = TAKE(text->watermark);
	device->drift = text->sign[0] == '-' ? -(int32_t)drift : (int32_t)drift;
	device->last_used = (int64_t)TAKE(text->last_used);
	return true;
}

/* Whether it is a device that is not: most are. */
static bool is_unused(const struct slot *text, size_t device)
{
	return memcmp(&text->devices[device], &unused->devices[device],
		      sizeof(struct device_text)) == 0;
}

/* Return false if a value is out of range. */
static bool take_state(const struct slot *text, struct state *state)
{
	bool good = take_origin(text->last_origin, state->last_origin);

	state->sequence = TAKE(text->sequence);
	state->failures = (uint32_t)TAKE(text->failures);
	state->locked_since = (int64_t)TAKE(text->locked_since);
	state->locked_until = (int64_t)TAKE(text->locked_until);
	state->last_success = (int64_t)TAKE(text->last_success);
	state->told = text->told[0] == 'x';
	state->earlier_failures = (uint32_t)TAKE(text->earlier_failures);
	state->last_failure = (int64_t)TAKE(text->last_failure);
	for (unsigned i = 0; i < RECORD_RECOVERY_MAX; i++) {
		if (text->recovery_spent[i] == 'x')
			state->recovery_spent = (uint16_t)(state->recovery_spent | 1u << i);
	}
	for (size_t i = 0; i < RECORD_DEVICES_MAX; i++) {
		if (!is_unused(text, i) && !take_device(&text->devices[i], &state->devices[i]))
			good = false;
	}
	return good;
}

/* Whether ${state}, which was read from ${slot}, is what would be written there. */
static bool comes_out(const struct state *state, const char slot[STATE_SLOT_SIZE])
{
	char again[STATE_SLOT_SIZE];

	state_format(state, again);
	return memcmp(again, slot, STATE_SLOT_SIZE) == 0;
}

/* Whole is a slot that comes out again: keys, digits, checksum, padding. */
bool state_parse(const char slot[STATE_SLOT_SIZE], struct state *state)
{
	bool whole;

	memset(state, 0, sizeof(*state));
	whole = take_state((const struct slot *)slot, state) && comes_out(state, slot);
	if (!whole)
		memset(state, 0, sizeof(*state));
	return whole;
}

/* What a slot begins with: of two, the text that is greater claims the greater number. */
static int compare_sequence(const char *slot, const char *other)
{
	return memcmp(slot, other, offsetof(struct slot, failures_key));
}

/* The slot that claims to be newer is read first: if it is whole, the other needs no reading. */
int state_newest(const char blocks[STATE_SLOTS][STATE_BLOCK_SIZE], struct state *state)
{
	int order = compare_sequence(blocks[0], blocks[1]);
	int newer = order >= 0 ? 0 : 1;
	int older = 1 - newer;
	bool whole = state_parse(blocks[newer], state);
	struct state other;

	if (whole && order != 0)
		return newer;
	if (state_parse(blocks[older], &other) != whole) {
		if (!whole)
			*state = other;
		return whole ? newer : older;
	}
	memset(state, 0, sizeof(*state));
	return -1;
}
