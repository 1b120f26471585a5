/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed, and P7, nothing lost: a record is read whole or not at all. Its text ends with
 * a checksum, so that a damaged or half-edited record is refused and never becomes another one.
 */
#include <string.h>

#include "checksum.h"
#include "record.h"
#include "text.h"

/* Longer than any line that record_format writes. */
#define LINE_SIZE 320

struct parser {
	struct record *record;
	const char *text;
	size_t line_start; /* bytes before the line being read */
	size_t length;     /* bytes of its value */
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
	if (!username_from_file(value, user))
		return fail(parser, N_("no user name is encoded like this"));
	memcpy(parser->record->file, value, strlen(value) + 1);
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
	if (record->device_count == RECORD_DEVICES_MAX)
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

/* The bytes of a crypt(3) string that are setting and salt: up to the last dollar sign. */
static size_t setting_length(const char *hash)
{
	const char *last = strrchr(hash, '$');

	return last != NULL ? (size_t)(last - hash) + 1 : 0;
}

/* Whether ${value} is of the first recovery code's setting and salt, up to their dollar sign. */
static bool has_setting(const struct parser *parser, const char *value)
{
	size_t setting = parser->setting;

	return parser->length >= setting &&
	       memcmp(value, parser->record->recovery[0], setting) == 0 &&
	       memchr(value + setting, '$', parser->length - setting) == NULL;
}

static bool read_recovery(struct parser *parser, const char *value)
{
	struct record *record = parser->record;
	size_t length = parser->length;

	if (record->recovery_count == 0 && !device_is_whole(parser))
		return false;
	if (record->recovery_count == RECORD_RECOVERY_MAX)
		return fail(parser, N_("there are more than 16 recovery codes"));
	if (record->recovery_count == 0)
		parser->setting = setting_length(value);
	else if (!has_setting(parser, value))
		return fail(parser, N_("all recovery codes must have the same salt"));
	if (value[0] != '$' || parser->setting < 3 || length == parser->setting ||
	    length > RECOVERY_HASH_MAX)
		return fail(parser, N_("a recovery code is a crypt(3) hash that begins with $"));
	memcpy(record->recovery[record->recovery_count++], value, length + 1);
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

static bool read_line(struct parser *parser, const char *line, size_t length)
{
	const char *value;

	if (parser->line_start == 0 && value_of("twokey", line) == NULL)
		return fail_key(parser, line);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		value = value_of(lines[i].key, line);
		if (value == NULL)
			continue;
		parser->length = length - (size_t)(value - line);
		return lines[i].read(parser, value);
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		value = value_of(device_fields[i].key, line);
		if (value != NULL)
			return read_device_field(parser, i, value);
	}
	return fail_key(parser, line);
}

/* The line at parser->line_start, without its newline; as long as there is text if it has none. */
static size_t line_length(const struct parser *parser)
{
	size_t room = RECORD_SIZE - parser->line_start;
	const char *start = parser->text + parser->line_start;
	const char *end = memchr(start, '\n', room);

	return end != NULL ? (size_t)(end - start) : room;
}

/* Copy the line at parser->line_start, and read it. */
static bool take_line(struct parser *parser, char line[LINE_SIZE])
{
	size_t length = line_length(parser);

	if (length >= LINE_SIZE || length == RECORD_SIZE - parser->line_start)
		return fail(parser, N_("the line is too long or cut off"));
	if (length == 0)
		return fail(parser, N_("the record ends before its checksum"));
	memcpy(line, parser->text + parser->line_start, length);
	line[length] = '\0';
	if (strlen(line) != length)
		return fail(parser, N_("the line has a NUL"));
	if (!read_line(parser, line, length))
		return false;
	parser->line_start += length + 1;
	return true;
}

/* Where a line can't be read, a character that nobody sees is the likeliest cause. */
static void blame_control_character(struct parser *parser)
{
	const char *start = parser->text + parser->line_start;
	size_t length = line_length(parser);

	for (size_t i = 0; i < length; i++) {
		if (start[i] == '\r')
			parser->problem = N_("lines must end with LF, not CR LF");
		else if ((unsigned char)start[i] < ' ' || start[i] == '\x7f')
			parser->problem = N_("the line has a control character");
	}
}

static bool is_padding(const char *text, size_t length)
{
	/* A newline, and every byte like the one before it. */
	return length == 0 || (text[0] == '\n' && memcmp(text, text + 1, length - 1) == 0);
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
	char line[LINE_SIZE];
	unsigned number = 0;

	record_none(record);
	do
		number++;
	while (take_line(&parser, line) && !parser.finished);
	if (parser.problem != NULL)
		blame_control_character(&parser);
	if (parser.problem == NULL &&
	    !is_padding(text + parser.line_start, RECORD_SIZE - parser.line_start))
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

	while (i < record->device_count && strcmp(record->devices[i].name, name) != 0)
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
