/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user's secret file, read by the function that the store reads it with. An input is a byte of
 * flags, the place of a bit that is flipped later, and the texts of the record and the two slots,
 * parted by NULs, which are padded and, as the flags say, given the checksums that no fuzzer would
 * guess; or the file itself, byte for byte.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checksum.h"
#include "fuzz.h"
#include "store_file.h"

#define FLAG_VERBATIM   1u
#define FLAG_RECORD_SUM 2u
#define FLAG_SLOT_SUM   4u /* and the next bit, for the second slot */

#define PATH            STORE_USERS "/alice"
#define SLOT_OFFSET(i)  ((size_t)RECORD_SIZE + (size_t)(i)*STATE_BLOCK_SIZE)

struct reading {
	enum reason reason;
	struct record record;
	struct state state;
	int slot;
	struct store_fault fault;
};

/* A checksum is over all that stands above its line. */
static void mend_sum(char *text, size_t size, const char *key)
{
	static const char hex[] = "0123456789abcdef";
	char *line = memmem(text, size, key, strlen(key));
	char *digits = line != NULL ? line + strlen(key) : NULL;
	uint64_t sum;

	if (digits == NULL || digits + CHECKSUM_DIGITS > text + size)
		return;
	sum = checksum(text, (size_t)(line + 1 - text));
	for (size_t i = CHECKSUM_DIGITS; i > 0; i--, sum >>= 4)
		digits[i - 1] = hex[sum & 0x0f];
}

static void take_part(struct fuzz_input *input, char *part, size_t room)
{
	const uint8_t *end = memchr(input->at, '\0', input->left);
	size_t length = end != NULL ? (size_t)(end - input->at) : input->left;
	size_t skipped = length + (end != NULL ? 1 : 0);

	memcpy(part, input->at, length < room ? length : room);
	input->at += skipped;
	input->left -= skipped;
}

static size_t build(struct fuzz_input *input, unsigned flags, char image[FILE_SIZE])
{
	if ((flags & FLAG_VERBATIM) != 0) {
		size_t length = input->left < FILE_SIZE ? input->left : FILE_SIZE;

		memcpy(image, input->at, length);
		return length;
	}
	memset(image, '\n', FILE_SIZE);
	take_part(input, image, RECORD_SIZE);
	take_part(input, image + SLOT_OFFSET(0), STATE_BLOCK_SIZE);
	take_part(input, image + SLOT_OFFSET(1), STATE_BLOCK_SIZE);
	if ((flags & FLAG_RECORD_SUM) != 0)
		mend_sum(image, RECORD_SIZE, "\nchecksum: ");
	for (size_t i = 0; i < STATE_SLOTS; i++) {
		if ((flags & FLAG_SLOT_SUM << i) != 0)
			mend_sum(image + SLOT_OFFSET(i), STATE_SLOT_SIZE, "\nchecksum ");
	}
	return FILE_SIZE;
}

static void read_image(const char *image, size_t size, struct reading *reading)
{
	static int file = -1;
	struct store store = {.directory = -1};

	if (file < 0)
		file = memfd_create("file", MFD_CLOEXEC);
	FUZZ_REQUIRE(file >= 0 && ftruncate(file, (off_t)size) == 0);
	FUZZ_REQUIRE(pwrite(file, image, size, 0) == (ssize_t)size);
	memset(reading, 0xa5, sizeof(*reading));
	reading->reason =
		file_read(&store, PATH, file, &reading->record, &reading->state, &reading->slot);
	reading->fault = store.fault;
}

/* What was read can be written, and comes back the same. */
static void check_record(const struct record *record)
{
	char text[RECORD_SIZE], again_text[RECORD_SIZE];
	struct record_error error;
	struct record again;

	FUZZ_REQUIRE(strcmp(record->file, "alice") == 0);
	FUZZ_REQUIRE(record->device_count >= 1 && record->device_count <= RECORD_DEVICES_MAX);
	FUZZ_REQUIRE(record->recovery_count <= RECORD_RECOVERY_MAX);
	for (size_t i = 0; i < record->device_count; i++) {
		fuzz_check_device(&record->devices[i]);
		FUZZ_REQUIRE(record->devices[i].name[0] != '\0');
		FUZZ_REQUIRE(record_device(record, record->devices[i].name) == i);
	}
	FUZZ_REQUIRE(record_format(record, text));
	memset(&again, 0xa5, sizeof(again)); /* as read_image does: the rest stays as it was */
	FUZZ_REQUIRE(record_parse(text, &again, &error));
	FUZZ_REQUIRE(memcmp(&again, record, sizeof(again)) == 0);
	FUZZ_REQUIRE(record_format(&again, again_text));
	FUZZ_REQUIRE(memcmp(text, again_text, sizeof(text)) == 0);
}

static void check(const struct reading *reading, const char *image, size_t size)
{
	struct state slots[STATE_SLOTS];

	switch (reading->reason) {
	case REASON_RECORD_DAMAGED:
		FUZZ_REQUIRE(reading->fault.record.problem != NULL);
		if (size >= RECORD_SIZE)
			FUZZ_REQUIRE(fuzz_is_zero(&reading->record, sizeof(reading->record)));
		return;
	case REASON_STATE_DAMAGED:
		check_record(&reading->record);
		return;
	default:
		FUZZ_REQUIRE(reading->reason == REASON_NONE);
	}
	check_record(&reading->record);
	FUZZ_REQUIRE(size == FILE_SIZE);
	FUZZ_REQUIRE(reading->slot == 0 || reading->slot == 1);
	FUZZ_REQUIRE(state_parse(image + SLOT_OFFSET(reading->slot), &slots[0]));
	FUZZ_REQUIRE(fuzz_same_state(&slots[0], &reading->state));
	if (state_parse(image + SLOT_OFFSET(1 - reading->slot), &slots[1]))
		FUZZ_REQUIRE(slots[0].sequence > slots[1].sequence);
}

/* A bit that flips never makes another record of it, and no state that was never written. */
static void check_flipped(const struct reading *reading, char *image, size_t size, size_t bit)
{
	struct reading flipped;
	size_t at = bit / 8 % size;

	image[at] = (char)(image[at] ^ 1 << bit % 8);
	read_image(image, size, &flipped);
	check(&flipped, image, size);
	if (at < RECORD_SIZE)
		FUZZ_REQUIRE(flipped.reason == REASON_RECORD_DAMAGED);
	else
		FUZZ_REQUIRE(memcmp(&flipped.record, &reading->record, sizeof(flipped.record)) ==
			     0);
	if (flipped.reason == REASON_NONE && flipped.slot == reading->slot)
		FUZZ_REQUIRE(fuzz_same_state(&flipped.state, &reading->state));
	image[at] = (char)(image[at] ^ 1 << bit % 8);
}

/* A file that is cut off is never a user's. */
static void check_cut(const char *image, size_t size)
{
	struct reading cut;

	read_image(image, size, &cut);
	check(&cut, image, size);
	FUZZ_REQUIRE(cut.reason != REASON_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	unsigned flags = fuzz_byte(&input);
	size_t bit = (size_t)fuzz_draw(&input, (uint64_t)FILE_SIZE * 8);
	char image[FILE_SIZE];
	struct reading reading;
	size_t length = build(&input, flags, image);

	read_image(image, length, &reading);
	check(&reading, image, length);
	if (reading.reason == REASON_NONE) {
		check_flipped(&reading, image, length, bit);
		check_cut(image, bit / 8 % FILE_SIZE);
	}
	return 0;
}
