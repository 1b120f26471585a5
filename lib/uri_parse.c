/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed: a URI is read whole or not at all. A parameter that stands twice, or that has a
 * value which the record can't hold, is refused: a key that was read wrong locks its user out.
 */
#include <string.h>

#include "answer.h"
#include "decimal.h"
#include "judge.h"
#include "percent.h"
#include "span.h"
#include "text.h"
#include "uri.h"

/* Longer than any value that is allowed, a spaced out key included. */
#define VALUE_SIZE 256

struct parser {
	const char *uri;
	size_t length;
	struct device device;
	uint64_t counter;
	unsigned seen; /* a bit for each of ${parameters} */
	const char *problem;
};

static bool fail(struct parser *parser, const char *problem)
{
	parser->problem = problem;
	return false;
}

/* ASCII alone, whatever the locale takes for the same letter. */
static char to_lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* Whether the span is ${name}, in upper or lower case. */
static bool is_name(const char *name, const char *text, size_t at, size_t end)
{
	while (at < end && *name != '\0' && to_lower(*name) == to_lower(text[at])) {
		name++;
		at++;
	}
	return at >= end && *name == '\0';
}

/* The issuer in front of the label and the parameter say the same; the parameter counts. */
static bool set_issuer(struct parser *parser, const char *value)
{
	return value[0] == '\0' || device_set_issuer(&parser->device, value);
}

static bool set_secret(struct parser *parser, const char *value)
{
	return device_set_key(&parser->device, value);
}

static bool set_algorithm(struct parser *parser, const char *value)
{
	static const char *const names[] = {"SHA1", "SHA256", "SHA512"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_name(names[i], value, 0, strlen(value)))
			return device_set_algorithm(&parser->device, names[i]);
	}
	return false;
}

static bool set_digits(struct parser *parser, const char *value)
{
	return device_set_digits(&parser->device, value);
}

static bool set_period(struct parser *parser, const char *value)
{
	return device_set_period(&parser->device, value);
}

static bool set_counter(struct parser *parser, const char *value)
{
	return decimal_parse(value, HOTP_COUNTER_MAX, &parser->counter);
}

static const struct {
	const char *name;
	bool (*set)(struct parser *parser, const char *value);
	const char *problem;
} parameters[] = {
	{"secret", set_secret, N_("the key is not base32 of 16 to 64 bytes")},
	{"issuer", set_issuer, N_("the issuer is longer than 64 bytes, or has a colon")},
	{"algorithm", set_algorithm, N_("the algorithm is not SHA1, SHA256 or SHA512")},
	{"digits", set_digits, N_("the digits are not 6, 7 or 8")},
	{"period", set_period, N_("the period is not 10 to 300 seconds")},
	{"counter", set_counter, N_("the counter is not 0 to 4294967295")},
};

#define PARAMETER_COUNT (sizeof(parameters) / sizeof(*parameters))

/* Bits of struct parser's seen. */
#define SEEN_SECRET  (1u << 0)
#define SEEN_COUNTER (1u << 5)

static bool read_value(struct parser *parser, size_t index, size_t at, size_t end)
{
	char value[VALUE_SIZE];
	bool good;

	if ((parser->seen & 1u << index) != 0)
		return fail(parser, N_("a parameter stands twice"));
	parser->seen |= 1u << index;
	good = percent_decode(parser->uri, at, end, value, sizeof(value)) &&
	       parameters[index].set(parser, value);
	explicit_bzero(value, sizeof(value));
	return good || fail(parser, parameters[index].problem);
}

/* One "name=value"; a name that we don't know (an image, a colour) is another program's. */
static bool read_parameter(struct parser *parser, size_t at, size_t end)
{
	size_t equals = span_find(parser->uri, at, end, '=');

	if (equals >= end)
		return at >= end || fail(parser, N_("a parameter has no value"));
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		if (is_name(parameters[i].name, parser->uri, at, equals))
			return read_value(parser, i, equals + 1, end);
	}
	return true;
}

static bool read_parameters(struct parser *parser, size_t query)
{
	for (size_t at = query, end; at < parser->length; at = end + 1) {
		end = span_find(parser->uri, at, parser->length, '&');
		if (!read_parameter(parser, at, end))
			return false;
	}
	return true;
}

static bool set_label(struct parser *parser, const char *text, size_t at, size_t end)
{
	char label[VALUE_SIZE] = {0};

	if (at >= end)
		return true;
	return span_copy(label, sizeof(label), text, at, end) &&
	       device_set_label(&parser->device, label);
}

/* "issuer:label" or "label"; the colon may be encoded, and blanks may follow it. */
static bool read_label(struct parser *parser, size_t at, size_t end)
{
	char value[VALUE_SIZE];
	size_t length, colon;
	size_t label = 0;

	if (!percent_decode(parser->uri, at, end, value, sizeof(value)))
		return fail(parser, N_("the label is too long or not encoded as it should be"));
	length = strlen(value);
	colon = span_find(value, 0, length, ':');
	if (colon < length) {
		value[colon] = '\0';
		label = colon + 1;
		while (label < length && value[label] == ' ')
			label++;
		if (!set_issuer(parser, value))
			return fail(parser, parameters[1].problem);
	}
	if (!set_label(parser, value, label, length))
		return fail(parser,
			    N_("the label is longer than 128 bytes, or has a second colon"));
	return true;
}

static bool read_type(struct parser *parser, size_t at, size_t end)
{
	static const char *const names[] = {[OTP_TOTP] = "totp", [OTP_HOTP] = "hotp"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_name(names[i], parser->uri, at, end))
			return device_set_type(&parser->device, names[i]);
	}
	return fail(parser, N_("the type is not totp or hotp"));
}

/* What one parameter alone can't tell. */
static bool is_whole(struct parser *parser)
{
	if ((parser->seen & SEEN_SECRET) == 0)
		return fail(parser, N_("there is no key ('secret=')"));
	if (parser->device.type == OTP_TOTP) {
		parser->counter = 0;
		return true;
	}
	if ((parser->seen & SEEN_COUNTER) == 0)
		return fail(parser, N_("an hotp device needs 'counter='"));
	parser->device.period = 0;
	return true;
}

static bool is_short(struct parser *parser)
{
	return parser->length <= URI_TAKEN_MAX || fail(parser, N_("it is longer than 4095 bytes"));
}

static bool read_uri(struct parser *parser)
{
	static const char scheme[] = "otpauth://";
	size_t type = sizeof(scheme) - 1;
	size_t query = span_find(parser->uri, type, parser->length, '?');
	size_t label = span_find(parser->uri, type, query, '/');

	if (parser->length < type || !is_name(scheme, parser->uri, 0, type))
		return fail(parser, N_("it does not begin with otpauth://"));
	return read_type(parser, type, label) && read_label(parser, label + 1, query) &&
	       read_parameters(parser, query + 1) && is_whole(parser);
}

bool uri_parse(const char *uri, struct device *device, uint64_t *counter, const char **problem)
{
	struct parser parser = {.uri = uri,
				.length = strlen(uri),
				.device = {.digits = OTP_DIGITS_MIN, .period = 30}};
	bool good = is_short(&parser) && read_uri(&parser);

	explicit_bzero(device, sizeof(*device));
	*counter = 0;
	if (good) {
		*device = parser.device;
		*counter = parser.counter;
	}
	*problem = parser.problem;
	explicit_bzero(&parser, sizeof(parser));
	return good;
}
