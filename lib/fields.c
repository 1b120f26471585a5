/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "fields.h"
#include "span.h"

/* Digits of FIELDS_MAX. */
#define LENGTH_DIGITS 4

bool fields_put(struct fields *fields, const char *name, const char *value)
{
	size_t room = sizeof(fields->text) - fields->length;
	size_t length = strnlen(value, sizeof(fields->text));
	int head = snprintf(fields->text + fields->length, room, "%s %zu:", name, length);

	if (head < 0 || (size_t)head >= room || length >= room - (size_t)head)
		return false;
	fields->length += (size_t)head;
	memcpy(fields->text + fields->length, value, length);
	fields->length += length;
	fields->text[fields->length++] = '\n';
	return true;
}

/* What ${name} and a blank are followed by, up to the colon: the length. */
static bool take_head(struct fields *fields, const char *name, size_t *length)
{
	const char *text = fields->text;
	size_t at = fields->taken;
	char digits[LENGTH_DIGITS + 1] = {0};
	uint64_t number;
	size_t colon;

	for (; *name != '\0'; name++, at++) {
		if (at >= fields->length || text[at] != *name)
			return false;
	}
	if (at >= fields->length || text[at++] != ' ')
		return false;
	colon = span_find(text, at, fields->length, ':');
	if (colon >= fields->length || !span_copy(digits, sizeof(digits), text, at, colon))
		return false;
	/* As fields_put writes it, and in no other way: no zero in front, no NUL behind. */
	if (strlen(digits) != colon - at || (digits[0] == '0' && colon - at > 1) ||
	    !decimal_parse(digits, FIELDS_MAX, &number))
		return false;
	*length = (size_t)number;
	fields->taken = colon + 1;
	return true;
}

bool fields_take(struct fields *fields, const char *name, char *value, size_t size)
{
	size_t length, end;

	value[0] = '\0';
	if (!take_head(fields, name, &length))
		return false;
	end = fields->taken + length;
	if (end >= fields->length || fields->text[end] != '\n' ||
	    span_find(fields->text, fields->taken, end, '\0') < end ||
	    !span_copy(value, size, fields->text, fields->taken, end))
		return false;
	fields->taken = end + 1;
	return true;
}

bool fields_end(const struct fields *fields)
{
	return fields->taken == fields->length;
}
