/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "fields.h"

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
	const char *text = fields->text + fields->taken;
	size_t left = fields->length - fields->taken;
	size_t width = strlen(name);
	char digits[LENGTH_DIGITS + 1];
	const char *colon;
	uint64_t number;
	size_t count;

	if (left <= width || memcmp(text, name, width) != 0 || text[width] != ' ')
		return false;
	text += width + 1;
	left -= width + 1;
	colon = memchr(text, ':', left < sizeof(digits) ? left : sizeof(digits));
	if (colon == NULL)
		return false;
	count = (size_t)(colon - text);
	memcpy(digits, text, count);
	digits[count] = '\0';
	/* As fields_put writes it, and in no other way: no zero in front, no NUL behind. */
	if (strlen(digits) != count || (digits[0] == '0' && count > 1) ||
	    !decimal_parse(digits, FIELDS_MAX, &number))
		return false;
	*length = (size_t)number;
	fields->taken += width + 1 + count + 1;
	return true;
}

bool fields_take(struct fields *fields, const char *name, char *value, size_t size)
{
	const char *text;
	size_t length;

	value[0] = '\0';
	if (!take_head(fields, name, &length))
		return false;
	text = fields->text + fields->taken;
	if (length >= size || length >= fields->length - fields->taken || text[length] != '\n' ||
	    memchr(text, '\0', length) != NULL)
		return false;
	memcpy(value, text, length);
	value[length] = '\0';
	fields->taken += length + 1;
	return true;
}

bool fields_end(const struct fields *fields)
{
	return fields->taken == fields->length;
}
