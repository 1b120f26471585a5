/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed, and P7, nothing lost: a record is read whole or not at all. Its text ends with
 * a checksum, so that a damaged or half-edited record is refused and never becomes another one. P2,
 * single use: nor is one read in which two devices have one key, for a code would count for each.
 */
#include <string.h>

#include "checksum.h"
#include "record.h"
#include "span.h"
#include "text.h"

/* Longer than any line that record_format writes. */
#define LINE_SIZE 320

struct parser {
	struct record *record;
	const char *text;
	size_t line_start; /* bytes before the line being read */
	unsigned fields;   /* of the device being read: a bit for each in device_fields */
	size_t setting;    /* bytes of the recovery codes' setting and salt */
	bool finished;
	const char *problem;
};

static const struct {
	const char *key;
	bool (*set)(struct device *device, const char *value);
	const char *problem;
} device_fields[] = {
	{"issuer", device_set_issuer, "issuer must be 1 to 64 bytes without a colon"},
	{"label", device_set_label, "label must be 1 to 128 bytes without a colon"},
	{"type", device_set_type, "type must be totp or hotp"},
	{"algorithm", device_set_algorithm, "algorithm must be SHA1, SHA256 or SHA512"},
	{"digits", device_set_digits, "digits must be 6, 7 or 8"},
	{"period", device_set_period, "period must be 10 to 300 seconds"},
	{"key", device_set_key, "key must be base32 of 16 to 64 bytes"},
};

#define FIELD_COUNT (sizeof(device_fields) / sizeof(*device_fields))

/* Bits of struct parser's fields. */
#define FIELD_PERIOD    (1u << 5)
#define FIELDS_REQUIRED (1u << 2 | 1u << 3 | 1u << 4 | 1u << 6)

static bool fail(struct parser *parser, const char *problem)
{
	parser->problem = problem;
	return false;
}

/* The device being read, if any, must be whole before something else begins. */
static bool device_is_whole(struct parser *parser)
{
	const struct record *record = parser->record;
	bool totp;

	if (record->device_count == 0)
		return true;
	totp = record->devices[record->device_count - 1].type == OTP_TOTP;
	if ((parser->fields & FIELDS_REQUIRED) != FIELDS_REQUIRED)
		return fail(parser, N_("the device above lacks type, algorithm, digits or key"));
	if (totp != ((parser->fields & FIELD_PERIOD) != 0))
		return fail(parser, N_("a totp device has a period, and only a totp device"));
	if (record_key_holder(record, &record->devices[record->device_count - 1]) <
	    record->device_count - 1)
		return fail(parser, N_("the device above has the key of another device"));
	return true;
}

static bool read_version(struct parser *parser, const char *value)
{
	if (parser->line_start != 0)
		return fail(parser, N_("'twokey:' belongs on the first line, once"));
	if (strcmp(value, RECORD_VERSION) != 0)
		return fail(parser, N_("the record is of another version of twokey"));
	return true;
}

static bool read_user(struct parser *parser, const char *value)
{
	char user[USERNAME_FILE_MAX + 1];

	if (parser->record->file[0] != '\0')
		return fail(parser, N_("'user:' stands twice"));
	if (!username_from_file(value, user) ||
	    !span_copy(parser->record->file, sizeof(parser->record->file), value, 0, strlen(value)))
		return fail(parser, N_("no user name is encoded like this"));
	return true;
}

static bool read_device(struct parser *parser, const char *value)
{
	struct record *record = parser->record;
	struct device *device = &record->devices[record->device_count];

	if (record->recovery_count > 0)
		return fail(parser, N_("devices stand before recovery codes"));
	if (!device_is_whole(parser))
		return false;
	if (record->device_count >= RECORD_DEVICES_MAX)
		return fail(parser, N_("there are more than 8 devices"));
	if (record_device(record, value) < record->device_count)
		return fail(parser, N_("a device of this name stands above already"));
	*device = (struct device){0};
	if (!device_set_name(device, value))
		return fail(parser, N_("a device's name is 1 to 32 letters, digits, or . _ -"));
	record->device_count++;
	parser->fields = 0;
	return true;
}

static bool read_device_field(struct parser *parser, size_t field, const char *value)
{
	struct record *record = parser->record;
	unsigned bit = 1u << field;

	if (record->device_count == 0 || record->recovery_count > 0)
		return fail(parser, N_("this line belongs below a 'device:' line"));
	if ((parser->fields & bit) != 0)
		return fail(parser, N_("this line stands twice for one device"));
	if (!device_fields[field].set(&record->devices[record->device_count - 1], value))
		return fail(parser, device_fields[field].problem);
	parser->fields |= bit;
	return true;
}

/*
 * The bytes of a crypt(3) string that are setting and salt: up to the last dollar sign. 0 if they
 * are more than is kept of any hash.
 */
static size_t setting_length(const char *hash)
{
	const char *last = strrchr(hash, '$');
	size_t length = last != NULL ? (size_t)(last - hash) + 1 : 0;

	return length <= RECOVERY_HASH_MAX ? length : 0;
}

/* Whether ${value} is of the first recovery code's setting and salt, up to their dollar sign. */
static bool has_setting(const struct parser *parser, const char *value, size_t length)
{
	size_t setting = parser->setting;

	return length >= setting && memcmp(value, parser->record->recovery[0], setting) == 0 &&
	       span_find(value, setting, length, '$') == length;
}

static bool read_recovery(struct parser *parser, const char *value)
{
	struct record *record = parser->record;
	size_t length = strlen(value);

	if (record->recovery_count == 0 && !device_is_whole(parser))
		return false;
	if (record->recovery_count >= RECORD_RECOVERY_MAX)
		return fail(parser, N_("there are more than 16 recovery codes"));
	if (record->recovery_count == 0)
		parser->setting = setting_length(value);
	else if (!has_setting(parser, value, length))
		return fail(parser, N_("all recovery codes must have the same salt"));
	if (value[0] != '$' || parser->setting < 3 || length == parser->setting ||
	    !span_copy(record->recovery[record->recovery_count], RECOVERY_HASH_MAX + 1, value, 0,
		       length))
		return fail(parser, N_("a recovery code is a crypt(3) hash that begins with $"));
	record->recovery_count++;
	return true;
}

static bool read_checksum(struct parser *parser, const char *value)
{
	char expected[CHECKSUM_DIGITS + 1] = {0};

	if (!device_is_whole(parser))
		return false;
	if (parser->record->file[0] == '\0' || parser->record->device_count == 0)
		return fail(parser, N_("the record lacks its user or a device"));
	checksum_text(parser->text, parser->line_start, expected);
	if (strcmp(value, expected) != 0)
		return fail(parser, N_("the checksum is wrong: the record was damaged or edited"));
	parser->finished = true;
	return true;
}

static const struct {
	const char *key;
	bool (*read)(struct parser *parser, const char *value);
} lines[] = {
	{"recovery", read_recovery}, /* first, for it is what most lines are */
	{"twokey", read_version},    {"user", read_user},
	{"device", read_device},     {"checksum", read_checksum},
};

/* The value of ${line} if it is "key: value"; else NULL. */
static const char *value_of(const char *key, const char *line)
{
	while (*key != '\0' && *key == *line) {
		key++;
		line++;
	}
	return *key == '\0' && line[0] == ':' && line[1] == ' ' ? line + 2 : NULL;
}

static bool fail_key(struct parser *parser, const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon[1] != ' ')
		return fail(parser, N_("the line is not 'key: value'"));
	if (parser->line_start == 0)
		return fail(parser, N_("the record does not begin with 'twokey: 1'"));
	return fail(parser, N_("no line of a record begins like this"));
}

static bool read_line(struct parser *parser, const char *line)
{
	const char *value;

	if (parser->line_start == 0 && value_of("twokey", line) == NULL)
		return fail_key(parser, line);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		value = value_of(lines[i].key, line);
		if (value != NULL)
			return lines[i].read(parser, value);
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		value = value_of(device_fields[i].key, line);
		if (value != NULL)
			return read_device_field(parser, i, value);
	}
	return fail_key(parser, line);
}

/* Where the newline of the line being read stands; RECORD_SIZE if it has none. */
static size_t line_end(const struct parser *parser)
{
	return span_find(parser->text, parser->line_start, RECORD_SIZE, '\n');
}

/* Copy the line at parser->line_start, and read it. */
static bool take_line(struct parser *parser, char line[LINE_SIZE])
{
	size_t start = parser->line_start;
	size_t end = line_end(parser);

	if (end >= RECORD_SIZE || end - start >= LINE_SIZE)
		return fail(parser, N_("the line is too long or cut off"));
	if (end == start)
		return fail(parser, N_("the record ends before its checksum"));
	if (!span_copy(line, LINE_SIZE, parser->text, start, end) || strlen(line) != end - start)
		return fail(parser, N_("the line has a NUL"));
	if (!read_line(parser, line))
		return false;
	parser->line_start = end + 1;
	return true;
}

/* Where a line can't be read, a character that nobody sees is the likeliest cause. */
static void blame_control_character(struct parser *parser)
{
	size_t end = line_end(parser);

	for (size_t at = parser->line_start; at < end; at++) {
		char c = parser->text[at];

		if (c == '\r')
			parser->problem = N_("lines must end with LF, not CR LF");
		else if ((unsigned char)c < ' ' || c == '\x7f')
			parser->problem = N_("the line has a control character");
	}
}

void record_none(struct record *record)
{
	record->file[0] = '\0';
	record->device_count = 0;
	record->recovery_count = 0;
}

size_t record_parse(const char text[RECORD_SIZE], struct record *record, struct record_error *error)
{
	struct parser parser = {.record = record, .text = text};
	char line[LINE_SIZE] = {0};
	unsigned number = 0;

	record_none(record);
	do
		number++;
	while (take_line(&parser, line) && !parser.finished);
	if (parser.problem != NULL)
		blame_control_character(&parser);
	if (parser.problem == NULL && !span_is_all(text, parser.line_start, RECORD_SIZE, '\n'))
		(void)fail(&parser, N_("something follows the checksum"));
	explicit_bzero(line, sizeof(line));
	if (parser.problem == NULL)
		return parser.line_start;
	explicit_bzero(record, sizeof(*record));
	*error = (struct record_error){.line = number, .problem = parser.problem};
	return 0;
}

size_t record_device(const struct record *record, const char *name)
{
	size_t i = 0;

	while (i < record->device_count &&
	       strncmp(record->devices[i].name, name, sizeof(record->devices[i].name)) != 0)
		i++;
	return i;
}

size_t record_key_holder(const struct record *record, const struct device *device)
{
	size_t i = 0;

	while (i < record->device_count && !device_same_key(&record->devices[i], device))
		i++;
	return i;
}

void record_wipe(struct record *record)
{
	explicit_bzero(record->devices, record->device_count * sizeof(*record->devices));
	explicit_bzero(record->recovery, record->recovery_count * sizeof(*record->recovery));
	record->device_count = 0;
	record->recovery_count = 0;
}
