/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P2, single use, and P7, nothing lost: the state is held twice. A write goes to the older slot, so
 * that the newer one outlives a write that power loss cuts short; a checksum tells which are whole.
 */
#include <stddef.h>
#include <string.h>

#include "checksum.h"
#include "state.h"

/* Fixed widths, so that a slot's size is known: what a login writes never grows. */
#define SEQUENCE_LABEL   "state "
#define SEQUENCE_DIGITS  20
#define FAILURES_DIGITS  10
#define TIME_DIGITS      12
#define WATERMARK_DIGITS 12
#define DRIFT_DIGITS     4

/* What most of a slot is, read and written at once: lines of devices that are not, no origin. */
static const char unused_device[] = "000000000000 +0000 000000000000\n";
static const char no_origin[] = "                                             ";
#define UNUSED_LENGTH (sizeof(unused_device) - 1)

_Static_assert(sizeof(no_origin) == STATE_ORIGIN_MAX + 1, "an origin is padded to its width");

_Static_assert(RECORD_RECOVERY_MAX == 16, "recovery_spent has a bit for each recovery code");

/* What state_note_failure leaves of an origin. */
static bool is_origin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr(".:-_/%?", c) != NULL);
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

/* A slot being read; it fails once and stays so. */
struct reader {
	const char *at;
	const char *end;
	bool failed;
};

static void expect(struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, text, length) != 0) {
		reader->failed = true;
		reader->at = reader->end;
		return;
	}
	reader->at += length;
}

/* Take ${text}, if it is there. */
static bool take_text(struct reader *reader, const char *text, size_t length)
{
	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* Take one character, if it is there. */
static bool take(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static uint64_t read_number(struct reader *reader, size_t digits, uint64_t most)
{
	const char *end = reader->at + digits;
	uint64_t number = 0;
	bool bad = (size_t)(reader->end - reader->at) < digits;

	for (; !bad && reader->at < end; reader->at++) {
		unsigned digit = (unsigned)(unsigned char)*reader->at - '0';

		bad = digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
		      __builtin_add_overflow(number, digit, &number);
	}
	if (!bad && number <= most)
		return number;
	reader->failed = true;
	return 0;
}

static int64_t read_time(struct reader *reader)
{
	return (int64_t)read_number(reader, TIME_DIGITS, (uint64_t)STATE_TIME_MAX);
}

static int32_t read_drift(struct reader *reader)
{
	bool negative = reader->at < reader->end && *reader->at == '-';
	int32_t drift;

	expect(reader, negative ? "-" : "+");
	drift = (int32_t)read_number(reader, DRIFT_DIGITS, STATE_DRIFT_MAX);
	return negative ? -drift : drift;
}

/* x for yes, a dot for no. */
static bool read_mark(struct reader *reader)
{
	bool marked = take(reader, 'x');

	if (!marked && !take(reader, '.'))
		reader->failed = true;
	return marked;
}

static uint16_t read_spent(struct reader *reader)
{
	uint16_t spent = 0;

	for (unsigned i = 0; i < RECORD_RECOVERY_MAX; i++) {
		if (read_mark(reader))
			spent = (uint16_t)(spent | 1u << i);
	}
	return spent;
}

/* Padded with blanks to its width. */
static void read_origin(struct reader *reader, char origin[STATE_ORIGIN_MAX + 1])
{
	size_t length = 0;

	memset(origin, 0, STATE_ORIGIN_MAX + 1);
	if (take_text(reader, no_origin, STATE_ORIGIN_MAX))
		return;
	while (length < STATE_ORIGIN_MAX && reader->at < reader->end && is_origin(*reader->at))
		origin[length++] = *reader->at++;
	for (; length < STATE_ORIGIN_MAX; length++) {
		if (!take(reader, ' '))
			reader->failed = true;
	}
}

static void read_device(struct reader *reader, unsigned number, struct device_state *device)
{
	char name[] = {(char)('1' + number), ' ', '\0'};

	expect(reader, name);
	if (take_text(reader, unused_device, UNUSED_LENGTH)) {
		*device = (struct device_state){0};
		return;
	}
	device->watermark = read_number(reader, WATERMARK_DIGITS, STATE_WATERMARK_MAX);
	expect(reader, " ");
	device->drift = read_drift(reader);
	expect(reader, " ");
	device->last_used = read_time(reader);
	expect(reader, "\n");
}

/* The checksum is over the text before it; below it is padding. */
static void read_checksum(struct reader *reader, const char *slot)
{
	char digits[CHECKSUM_DIGITS + 1] = {0};

	checksum_text(slot, (size_t)(reader->at - slot), digits);
	expect(reader, "checksum ");
	expect(reader, digits);
	while (take(reader, '\n'))
		;
	if (reader->at < reader->end)
		reader->failed = true;
}

bool state_parse(const char slot[STATE_SLOT_SIZE], struct state *state)
{
	struct reader reader = {.at = slot, .end = slot + STATE_SLOT_SIZE};

	expect(&reader, SEQUENCE_LABEL);
	state->sequence = read_number(&reader, SEQUENCE_DIGITS, UINT64_MAX);
	expect(&reader, "\nfailures ");
	state->failures = (uint32_t)read_number(&reader, FAILURES_DIGITS, UINT32_MAX);
	expect(&reader, "\nlocked ");
	state->locked_since = read_time(&reader);
	expect(&reader, " ");
	state->locked_until = read_time(&reader);
	expect(&reader, "\nsuccess ");
	state->last_success = read_time(&reader);
	expect(&reader, " ");
	state->told = read_mark(&reader);
	expect(&reader, "\nearlier ");
	state->earlier_failures = (uint32_t)read_number(&reader, FAILURES_DIGITS, UINT32_MAX);
	expect(&reader, " ");
	state->last_failure = read_time(&reader);
	expect(&reader, " ");
	read_origin(&reader, state->last_origin);
	expect(&reader, "\nrecovery ");
	state->recovery_spent = read_spent(&reader);
	expect(&reader, "\n");
	for (unsigned i = 0; i < RECORD_DEVICES_MAX; i++)
		read_device(&reader, i, &state->devices[i]);
	if (!reader.failed)
		read_checksum(&reader, slot);
	if (reader.failed)
		memset(state, 0, sizeof(*state));
	return !reader.failed;
}

/* The end of a slot being written, which its fixed widths keep below STATE_SLOT_SIZE. */
static inline char *put_text(char *at, const char *text)
{
	return mempcpy(at, text, strlen(text));
}

/* Most numbers are short, or 0: their leading zeroes are written at once. */
static char *put_number(char *at, uint64_t number, size_t digits)
{
	memset(at, '0', digits);
	for (size_t i = digits; i > 0 && number > 0; i--) {
		at[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return at + digits;
}

static char *put_time(char *at, int64_t time)
{
	return put_number(at, (uint64_t)time, TIME_DIGITS);
}

static char *put_mark(char *at, bool marked)
{
	*at = marked ? 'x' : '.';
	return at + 1;
}

static char *put_origin(char *at, const char origin[STATE_ORIGIN_MAX + 1])
{
	memset(at, ' ', STATE_ORIGIN_MAX);
	(void)put_text(at, origin);
	return at + STATE_ORIGIN_MAX;
}

static char *put_spent(char *at, uint16_t spent)
{
	for (unsigned i = 0; i < RECORD_RECOVERY_MAX; i++)
		at = put_mark(at, ((unsigned)spent >> i & 1u) != 0);
	return at;
}

static char *put_device(char *at, unsigned number, const struct device_state *device)
{
	*at++ = (char)('1' + number);
	*at++ = ' ';
	if (device->watermark == 0 && device->drift == 0 && device->last_used == 0) {
		memcpy(at, unused_device, UNUSED_LENGTH);
		return at + UNUSED_LENGTH;
	}
	at = put_number(at, device->watermark, WATERMARK_DIGITS);
	at = put_text(at, device->drift < 0 ? " -" : " +");
	at = put_number(at, (uint64_t)(device->drift < 0 ? -device->drift : device->drift),
			DRIFT_DIGITS);
	at = put_text(at, " ");
	at = put_time(at, device->last_used);
	return put_text(at, "\n");
}

void state_format(const struct state *state, char slot[STATE_SLOT_SIZE])
{
	char *at = slot;

	memset(slot, '\n', STATE_SLOT_SIZE);
	at = put_text(at, SEQUENCE_LABEL);
	at = put_number(at, state->sequence, SEQUENCE_DIGITS);
	at = put_text(at, "\nfailures ");
	at = put_number(at, state->failures, FAILURES_DIGITS);
	at = put_text(at, "\nlocked ");
	at = put_time(at, state->locked_since);
	at = put_text(at, " ");
	at = put_time(at, state->locked_until);
	at = put_text(at, "\nsuccess ");
	at = put_time(at, state->last_success);
	at = put_text(at, " ");
	at = put_mark(at, state->told);
	at = put_text(at, "\nearlier ");
	at = put_number(at, state->earlier_failures, FAILURES_DIGITS);
	at = put_text(at, " ");
	at = put_time(at, state->last_failure);
	at = put_text(at, " ");
	at = put_origin(at, state->last_origin);
	at = put_text(at, "\nrecovery ");
	at = put_spent(at, state->recovery_spent);
	at = put_text(at, "\n");
	for (unsigned i = 0; i < RECORD_DEVICES_MAX; i++)
		at = put_device(at, i, &state->devices[i]);
	checksum_text(slot, (size_t)(at - slot), put_text(at, "checksum "));
}

/* What a slot begins with: of two, the text that is greater claims the greater number. */
static int compare_sequence(const char *slot, const char *other)
{
	return memcmp(slot, other, strlen(SEQUENCE_LABEL) + SEQUENCE_DIGITS);
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
