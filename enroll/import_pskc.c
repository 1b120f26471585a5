/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Portable Symmetric Key Containers (RFC 6030), keys in the clear. Of XML only elements, attributes
 * and text are taken: a document type, and with it every entity, ends the reading.
 */
#include <expat.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "import.h"
#include "pskc_value.h"
#include "text.h"

/* RFC 6030 has ten; whoever nests deeper means something else. */
#define DEPTH_MAX 16

#define NAMESPACE "urn:ietf:params:xml:ns:keyprov:pskc"
#define SEPARATOR '|'

/* The elements that are looked at, by what stands in them. */
enum element {
	ELEMENT_OTHER,
	ELEMENT_PACKAGE,
	ELEMENT_DEVICE_INFO,
	ELEMENT_KEY,
	ELEMENT_ISSUER,
	ELEMENT_USER,
	ELEMENT_FORMAT,
	ELEMENT_SUITE,
	ELEMENT_SECRET,
	ELEMENT_COUNTER,
	ELEMENT_TIME,
	ELEMENT_INTERVAL,
	ELEMENT_DRIFT,
	ELEMENT_PLAIN,
	ELEMENT_ENCRYPTED,
};

static const char *const names[] = {
	[ELEMENT_OTHER] = "",
	[ELEMENT_PACKAGE] = "KeyPackage",
	[ELEMENT_DEVICE_INFO] = "DeviceInfo",
	[ELEMENT_KEY] = "Key",
	[ELEMENT_ISSUER] = "Issuer",
	[ELEMENT_USER] = "UserId",
	[ELEMENT_FORMAT] = "ResponseFormat",
	[ELEMENT_SUITE] = "Suite",
	[ELEMENT_SECRET] = "Secret",
	[ELEMENT_COUNTER] = "Counter",
	[ELEMENT_TIME] = "Time",
	[ELEMENT_INTERVAL] = "TimeInterval",
	[ELEMENT_DRIFT] = "TimeDrift",
	[ELEMENT_PLAIN] = "PlainValue",
	[ELEMENT_ENCRYPTED] = "EncryptedValue",
};

#define NAME_COUNT (sizeof(names) / sizeof(*names))

struct reading {
	struct import *import;
	XML_Parser parser;
	enum element path[DEPTH_MAX];
	size_t depth;
	unsigned keys; /* that were found, of whatever kind */
	unsigned line; /* where the key begins */
	struct device device;
	uint64_t counter;
	int64_t drift;
	char package_user[PSKC_VALUE_SIZE];
	char key_user[PSKC_VALUE_SIZE];
	char value[PSKC_VALUE_SIZE];
	size_t length;
	bool overflow;       /* the value is longer than any that means something */
	const char *problem; /* why the key can't be imported */
	const char *broken;  /* why the file can't be read any further */
};

static enum element element_of(const char *name)
{
	size_t length = strlen(NAMESPACE);

	if (strncmp(name, NAMESPACE, length) != 0 || name[length] != SEPARATOR)
		return ELEMENT_OTHER;
	for (size_t i = 1; i < NAME_COUNT; i++) {
		if (strcmp(names[i], name + length + 1) == 0)
			return (enum element)i;
	}
	return ELEMENT_OTHER;
}

static void stop(struct reading *reading, const char *problem)
{
	if (reading->broken == NULL)
		reading->broken = problem;
	(void)XML_StopParser(reading->parser, XML_FALSE);
}

static void refuse(struct reading *reading, const char *problem)
{
	if (reading->problem == NULL)
		reading->problem = problem;
}

static const char *attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	}
	return "";
}

static void begin_key(struct reading *reading, const char **attributes)
{
	static const struct {
		const char *name;
		enum otp_type type;
	} types[] = {{NAMESPACE ":totp", OTP_TOTP}, {NAMESPACE ":hotp", OTP_HOTP}};
	const char *algorithm = attribute(attributes, "Algorithm");
	bool known = false;

	explicit_bzero(&reading->device, sizeof(reading->device));
	reading->device = (struct device){.digits = OTP_DIGITS_MIN, .period = 30};
	reading->counter = 0;
	reading->drift = 0;
	reading->key_user[0] = '\0';
	reading->problem = NULL;
	reading->line = (unsigned)XML_GetCurrentLineNumber(reading->parser);
	reading->keys++;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].name, algorithm) == 0) {
			reading->device.type = types[i].type;
			known = true;
		}
	}
	if (!known)
		refuse(reading, N_("the key is for an algorithm that is neither TOTP nor HOTP"));
}

static void read_format(struct reading *reading, const char **attributes)
{
	const char *encoding = attribute(attributes, "Encoding");

	/* RFC 6030 requires it; what leaves it out means decimal. */
	if (encoding[0] != '\0' && strcmp(encoding, "DECIMAL") != 0)
		refuse(reading, N_("the codes are not decimal"));
	else if (!device_set_digits(&reading->device, attribute(attributes, "Length")))
		refuse(reading, N_("the digits are not 6, 7 or 8"));
}

static void clear_value(struct reading *reading)
{
	explicit_bzero(reading->value, sizeof(reading->value));
	reading->length = 0;
	reading->overflow = false;
}

static void XMLCALL begin_element(void *context, const char *name, const char **attributes)
{
	struct reading *reading = context;
	enum element element = element_of(name);

	if (reading->depth == DEPTH_MAX) {
		stop(reading, N_("elements are nested too deep"));
		return;
	}
	reading->path[reading->depth++] = element;
	clear_value(reading);
	switch (element) {
	case ELEMENT_PACKAGE:
		reading->package_user[0] = '\0';
		break;
	case ELEMENT_KEY:
		begin_key(reading, attributes);
		break;
	case ELEMENT_FORMAT:
		read_format(reading, attributes);
		break;
	case ELEMENT_ENCRYPTED:
		refuse(reading, N_("the key is encrypted: have it exported in the clear"));
		break;
	default:
		break;
	}
}

static void set_suite(struct reading *reading, const char *value)
{
	static const struct {
		const char *suite;
		const char *algorithm;
	} suites[] = {{"HMAC-SHA1", "SHA1"}, {"HMAC-SHA256", "SHA256"}, {"HMAC-SHA512", "SHA512"},
		      {"SHA1", "SHA1"},      {"SHA256", "SHA256"},      {"SHA512", "SHA512"}};

	for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
		if (strcmp(suites[i].suite, value) == 0) {
			(void)device_set_algorithm(&reading->device, suites[i].algorithm);
			return;
		}
	}
	refuse(reading, N_("the algorithm is not SHA1, SHA256 or SHA512"));
}

static void set_drift(struct reading *reading, const char *value)
{
	bool negative = value[0] == '-';
	uint64_t steps;

	if (decimal_parse(value + negative, STATE_DRIFT_MAX, &steps))
		reading->drift = negative ? -(int64_t)steps : (int64_t)steps;
	else
		refuse(reading, N_("the drift is more than ten steps"));
}

/* A <PlainValue> belongs to the element around it. */
static void read_plain(struct reading *reading, enum element around, const char *value)
{
	if (around == ELEMENT_SECRET && !pskc_set_key(&reading->device, value))
		refuse(reading, N_("the key is not 16 to 64 bytes in base64"));
	if (around == ELEMENT_COUNTER && !decimal_parse(value, HOTP_COUNTER_MAX, &reading->counter))
		refuse(reading, N_("the counter is not 0 to 4294967295"));
	if (around == ELEMENT_INTERVAL && !device_set_period(&reading->device, value))
		refuse(reading, N_("the period is not 10 to 300 seconds"));
	if (around == ELEMENT_DRIFT)
		set_drift(reading, value);
}

static void end_key(struct reading *reading)
{
	const char *user = reading->import->user;
	struct import_entry *entry;

	if (user == NULL)
		user = reading->key_user[0] != '\0' ? reading->key_user : reading->package_user;
	if (user[0] == '\0')
		refuse(reading, N_("the key has no user; see --user"));
	if (reading->problem == NULL && reading->device.key_length == 0)
		refuse(reading, N_("the key is not there"));
	if (reading->problem != NULL) {
		import_remark(reading->import, REMARK_REFUSED, reading->line,
			      user[0] != '\0' ? user : NULL, reading->problem);
		return;
	}
	if (reading->device.type == OTP_HOTP)
		reading->device.period = 0;
	entry = import_add(reading->import, user, reading->line);
	if (entry == NULL)
		return;
	entry->device = reading->device;
	if (reading->device.type == OTP_HOTP)
		entry->state.watermark = reading->counter;
	else
		entry->state.drift = (int32_t)(reading->drift * reading->device.period);
}

/* What an element has said, now that it ends. */
static void read_value(struct reading *reading, enum element element, enum element around)
{
	const char *value = reading->value;

	if (element == ELEMENT_PLAIN)
		read_plain(reading, around, value);
	else if (element == ELEMENT_SUITE)
		set_suite(reading, value);
	else if (element == ELEMENT_ISSUER && around == ELEMENT_KEY)
		(void)device_set_issuer(&reading->device, value);
	else if (element == ELEMENT_USER && around == ELEMENT_KEY)
		pskc_read_user(value, reading->key_user);
	else if (element == ELEMENT_USER && around == ELEMENT_DEVICE_INFO)
		pskc_read_user(value, reading->package_user);
}

static void XMLCALL end_element(void *context, const char *name)
{
	struct reading *reading = context;
	enum element element = reading->path[--reading->depth];
	enum element around =
		reading->depth > 0 ? reading->path[reading->depth - 1] : ELEMENT_OTHER;

	(void)name;
	reading->value[reading->length] = '\0';
	if (element == ELEMENT_KEY)
		end_key(reading);
	else if (!reading->overflow)
		read_value(reading, element, around);
	else if (element == ELEMENT_PLAIN || element == ELEMENT_SUITE || element == ELEMENT_USER)
		refuse(reading, N_("a value is too long"));
	clear_value(reading);
}

static void XMLCALL read_text(void *context, const char *text, int length)
{
	struct reading *reading = context;

	if ((size_t)length >= PSKC_VALUE_SIZE - reading->length) {
		reading->overflow = true;
		return;
	}
	memcpy(reading->value + reading->length, text, (size_t)length);
	reading->length += (size_t)length;
}

static void XMLCALL refuse_doctype(void *context, const char *name, const char *system,
				   const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(context, N_("a document type is not allowed"));
}

static void free_wiped(void *memory)
{
	if (memory != NULL)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

static void *resize_wiped(void *memory, size_t size)
{
	size_t old = memory != NULL ? malloc_usable_size(memory) : 0;
	void *resized = malloc(size);

	if (resized == NULL)
		return NULL;
	if (old > 0)
		memcpy(resized, memory, old < size ? old : size);
	free_wiped(memory);
	return resized;
}

/* A file that is broken at its end was not exported whole: none of it counts. */
static void break_off(struct reading *reading)
{
	unsigned line = (unsigned)XML_GetCurrentLineNumber(reading->parser);

	while (reading->import->count > 0)
		import_drop(reading->import);
	import_remark(reading->import, REMARK_REFUSED, line, NULL,
		      reading->broken != NULL ? reading->broken
					      : N_("the file is not well-formed XML"));
}

void import_pskc(struct import *import, struct source *source)
{
	static const XML_Memory_Handling_Suite memory = {malloc, resize_wiped, free_wiped};
	static const XML_Char separator[] = {SEPARATOR, '\0'};
	struct reading reading = {.import = import};

	reading.parser = XML_ParserCreate_MM(NULL, &memory, separator);
	if (reading.parser == NULL) {
		import_remark(import, REMARK_REFUSED, 0, NULL, N_("out of memory"));
		return;
	}
	XML_SetUserData(reading.parser, &reading);
	XML_SetElementHandler(reading.parser, begin_element, end_element);
	XML_SetCharacterDataHandler(reading.parser, read_text);
	XML_SetStartDoctypeDeclHandler(reading.parser, refuse_doctype);
	if (XML_Parse(reading.parser, source->text, (int)source->length, 1) != XML_STATUS_OK)
		break_off(&reading);
	else if (reading.keys == 0)
		import_remark(import, REMARK_REFUSED, 0, NULL, N_("there is no key in it"));
	XML_ParserFree(reading.parser);
	explicit_bzero(&reading, sizeof(reading));
}
