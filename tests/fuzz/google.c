/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user's .google_authenticator, which root's command reads: an input is the file. What is taken
 * is in range, its key and recovery codes are the file's, and it says the same when it is written
 * as such a file and read again; what is refused leaves nothing.
 */
#include "google.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "judge.h"
#include "otp.h"
#include "verdict.h"

#define NOW INT64_C(1700000000)

/* Less than is taken: there is room for more lines behind it. */
#define TEXT_MAX (SOURCE_HOME_MAX / 2)

/* A key, four options and the recovery codes, each a line. */
#define WRITTEN_MAX 1024

struct reading {
	struct import_entry entry;
	const char *problem;
	unsigned remarks;
};

static void count_remark(void *context, unsigned line, const char *text)
{
	struct reading *reading = context;

	FUZZ_REQUIRE(text != NULL && line > 1);
	reading->remarks++;
}

static void read_text(const char *text, struct reading *reading)
{
	struct source source = {.text = strdup(text), .length = strlen(text)};
	const struct import_listener listener = {count_remark, reading};

	FUZZ_REQUIRE(source.text != NULL);
	memset(reading, 0, sizeof(*reading));
	reading->entry.device.digits = 6;
	reading->entry.device.period = 30;
	reading->problem = google_read(&source, NOW, &reading->entry, &listener);
	source_wipe(&source);
}

static void require_same(const struct import_entry *a, const struct import_entry *b)
{
	FUZZ_REQUIRE(memcmp(&a->device, &b->device, sizeof(a->device)) == 0);
	FUZZ_REQUIRE(memcmp(&a->state, &b->state, sizeof(a->state)) == 0);
	FUZZ_REQUIRE(memcmp(&a->codes, &b->codes, sizeof(a->codes)) == 0);
}

/* The key is what the first line's digits say, bit by bit. */
static void check_key(const struct device *device, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t bit = 0;

	for (; bit < 8 * device->key_length; text++) {
		const char *digit = strchr(digits, toupper((unsigned char)*text));

		if (*text == ' ')
			continue;
		FUZZ_REQUIRE(*text != '\0' && digit != NULL);
		for (unsigned mask = 16; mask > 0 && bit < 8 * device->key_length; mask >>= 1) {
			bool expected = ((unsigned)(digit - digits) & mask) != 0;

			FUZZ_REQUIRE((device->key[bit / 8] >> (7 - bit % 8) & 1) == expected);
			bit++;
		}
	}
	FUZZ_REQUIRE(strspn(text, " =") == strcspn(text, "\r\n"));
}

/* Eight digits and blanks. */
static bool is_code(const char *line)
{
	const char *end = line + strspn(line, "0123456789");

	if (end - line != RECOVERY_IMPORTED_LENGTH)
		return false;
	end += strspn(end, " \t");
	end += *end == '\r';
	return *end == '\n' || *end == '\0';
}

/* All that the file has behind its first line, in their order, as far as there is room. */
static void check_codes(const struct codes *codes, const char *text)
{
	size_t count = 0;

	for (const char *end = strchr(text, '\n'); end != NULL; end = strchr(end + 1, '\n')) {
		if (!is_code(end + 1) || count == RECORD_RECOVERY_MAX)
			continue;
		FUZZ_REQUIRE(count < codes->count);
		FUZZ_REQUIRE(strlen(codes->items[count]) == RECOVERY_IMPORTED_LENGTH);
		FUZZ_REQUIRE(strncmp(codes->items[count], end + 1, RECOVERY_IMPORTED_LENGTH) == 0);
		count++;
	}
	FUZZ_REQUIRE(codes->count == count);
}

/* In range for a slot, which would hold something else otherwise. */
static void check_state(const struct import_entry *entry)
{
	const struct device_state *state = &entry->state;

	FUZZ_REQUIRE(state->last_used == 0);
	if (entry->device.type == OTP_HOTP) {
		FUZZ_REQUIRE(state->watermark >= 1 && state->watermark <= HOTP_COUNTER_MAX);
		FUZZ_REQUIRE(state->drift == 0);
	} else {
		FUZZ_REQUIRE(state->watermark <= STATE_WATERMARK_MAX);
		FUZZ_REQUIRE(abs(state->drift) <= DRIFT_STEPS_MAX * (int)entry->device.period);
	}
}

static bool is_in_future(const struct import_entry *entry)
{
	return entry->device.type == OTP_TOTP &&
	       entry->state.watermark > otp_step(&entry->device, NOW) + DRIFT_STEPS_MAX + 1;
}

static void write_totp(const struct import_entry *entry, FILE *stream)
{
	(void)fprintf(stream, "\" TOTP_AUTH\n\" STEP_SIZE %u\n\" TIME_SKEW %d\n",
		      entry->device.period, entry->state.drift / (int)entry->device.period);
	if (entry->state.watermark > 0)
		(void)fprintf(stream, "\" DISALLOW_REUSE %" PRIu64 "\n",
			      entry->state.watermark - 1);
}

static void write_file(const struct import_entry *entry, char text[WRITTEN_MAX])
{
	char key[DEVICE_KEY_BASE32_MAX + 1];
	FILE *stream = fmemopen(text, WRITTEN_MAX, "w");

	FUZZ_REQUIRE(stream != NULL);
	device_key_text(&entry->device, key);
	(void)fprintf(stream, "%s\n", key);
	if (entry->device.type == OTP_TOTP)
		write_totp(entry, stream);
	else
		(void)fprintf(stream, "\" HOTP_COUNTER %" PRIu64 "\n", entry->state.watermark);
	for (size_t i = 0; i < entry->codes.count; i++)
		(void)fprintf(stream, "%s\n", entry->codes.items[i]);
	FUZZ_REQUIRE(fclose(stream) == 0 && strlen(text) < WRITTEN_MAX - 1);
}

/* Written anew it has nothing that is left behind. */
static void check_written(const struct import_entry *entry)
{
	char text[WRITTEN_MAX];
	struct reading again;

	write_file(entry, text);
	read_text(text, &again);
	FUZZ_REQUIRE(again.problem == NULL);
	FUZZ_REQUIRE(again.remarks == (is_in_future(entry) ? 1 : 0));
	require_same(entry, &again.entry);
}

/* The same file, with more lines. */
static void read_more(const char *text, const char *lines, struct reading *reading)
{
	char *more = NULL;

	FUZZ_REQUIRE(asprintf(&more, "%s\n%s", text, lines) > 0);
	read_text(more, reading);
	free(more);
}

/* What nobody knows changes nothing, and is told. */
static void check_noise(const struct reading *reading, const char *text)
{
	struct reading more;

	read_more(text, "1234567\n\" NOISE", &more);
	FUZZ_REQUIRE(more.problem == NULL && more.remarks == reading->remarks + 2);
	require_same(&reading->entry, &more.entry);
}

/* An option behind all others counts; of used steps the greatest does. Both types are none. */
static void check_options(const struct import_entry *entry, const char *text)
{
	bool totp = entry->device.type == OTP_TOTP;
	uint64_t used = entry->state.watermark + 1000;
	char lines[64];
	struct reading more;

	read_more(text, totp ? "\" HOTP_COUNTER 1" : "\" TOTP_AUTH", &more);
	FUZZ_REQUIRE(more.problem != NULL);
	if (totp && used < STATE_WATERMARK_MAX) {
		(void)snprintf(lines, sizeof(lines),
			       "\" DISALLOW_REUSE 1 %" PRIu64 " 2\n\" TIME_SKEW -3", used);
		read_more(text, lines, &more);
		FUZZ_REQUIRE(more.entry.state.watermark == used + 1);
		FUZZ_REQUIRE(more.entry.state.drift == -3 * (int)entry->device.period);
	} else if (!totp) {
		read_more(text, "\" HOTP_COUNTER 9", &more);
		FUZZ_REQUIRE(more.entry.state.watermark == 9);
	}
}

static void check(const struct reading *reading, const char *text)
{
	const struct import_entry *entry = &reading->entry;

	if (reading->problem != NULL) {
		FUZZ_REQUIRE(fuzz_is_zero(entry, sizeof(*entry)));
		return;
	}
	fuzz_check_device(&entry->device);
	check_key(&entry->device, text);
	check_codes(&entry->codes, text);
	check_state(entry);
	check_written(entry);
	check_noise(reading, text);
	check_options(entry, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A file with a NUL byte never gets here. */
	char *text = strndup((const char *)data, size < TEXT_MAX ? size : TEXT_MAX);
	struct reading reading;

	FUZZ_REQUIRE(text != NULL);
	read_text(text, &reading);
	check(&reading, text);
	free(text);
	return 0;
}
