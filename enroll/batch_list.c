/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "batch.h"
#include "text.h"

/* A line, taken apart in place. */
struct fields {
	char *items[BATCH_COLUMNS_MAX];
	size_t count;
};

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		text[--length] = '\0';
	return text;
}

/* A quoted field, whose text moves to where its quote was; two quotes in it are one. */
static char *unquote(char *from)
{
	char *to = from - 1;

	while (*from != '\0') {
		if (*from == '"' && from[1] != '"')
			break;
		from += *from == '"';
		*to++ = *from++;
	}
	if (*from != '"')
		return NULL;
	*to = '\0';
	from++;
	return from + strspn(from, " \t");
}

/* Return false for a quote that does not end, or that something but a comma follows. */
static bool split(char *text, struct fields *fields)
{
	fields->count = 0;
	for (;;) {
		char *end;

		text += strspn(text, " \t");
		if (fields->count == BATCH_COLUMNS_MAX)
			return false;
		fields->items[fields->count++] = text;
		end = *text == '"' ? unquote(text + 1) : text + strcspn(text, ",");
		if (end == NULL || (*end != ',' && *end != '\0'))
			return false;
		if (*end == '\0')
			break;
		*end = '\0';
		text = end + 1;
	}
	for (size_t i = 0; i < fields->count; i++)
		fields->items[i] = trim(fields->items[i]);
	return true;
}

static enum batch_column column_of(const char *name)
{
	static const struct {
		const char *name;
		enum batch_column column;
	} names[] = {{"name", COLUMN_USER},
		     {"user", COLUMN_USER},
		     {"username", COLUMN_USER},
		     {"issuer", COLUMN_ISSUER},
		     {"device", COLUMN_DEVICE}};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcasecmp(names[i].name, name) == 0)
			return names[i].column;
	}
	return COLUMN_NONE;
}

/* The first line is a header if one of its fields is the name of the users' column. */
static bool take_header(struct batch_list *list, const struct fields *fields)
{
	bool header = false;

	for (size_t i = 0; i < fields->count; i++)
		header = header || column_of(fields->items[i]) == COLUMN_USER;
	list->column_count = header ? fields->count : COLUMN_DEVICE;
	for (size_t i = 0; i < list->column_count; i++)
		list->columns[i] =
			header ? column_of(fields->items[i]) : (enum batch_column)(COLUMN_USER + i);
	return header;
}

static const char *take_field(enum batch_column column, const char *text, struct batch_line *line)
{
	struct device device = {.period = 0};
	char file[USERNAME_FILE_MAX + 1];

	switch (column) {
	case COLUMN_USER:
		if (!username_to_file(text, file))
			return N_("the user name is empty or too long");
		memcpy(line->user, text, strlen(text) + 1);
		break;
	case COLUMN_ISSUER:
		if (text[0] != '\0' && !device_set_issuer(&device, text))
			return N_("the issuer must be 1 to 64 bytes without a colon");
		memcpy(line->issuer, device.issuer, sizeof(line->issuer));
		break;
	case COLUMN_DEVICE:
		if (text[0] != '\0' && !device_set_name(&device, text))
			return N_("the device must be 1 to 32 letters, digits, or . _ -");
		memcpy(line->device, device.name, sizeof(line->device));
		break;
	case COLUMN_NONE:
		break;
	}
	return NULL;
}

static const char *take_fields(const struct batch_list *list, const struct fields *fields,
			       struct batch_line *line)
{
	const char *problem = NULL;

	if (fields->count > list->column_count)
		return N_("the line has too many fields");
	for (size_t i = 0; i < fields->count && problem == NULL; i++)
		problem = take_field(list->columns[i], fields->items[i], line);
	if (problem == NULL && line->user[0] == '\0')
		problem = N_("the line names no user");
	return problem;
}

/* The next line that is neither blank nor a comment. */
static enum batch_read read_text(struct batch_list *list, char text[BATCH_LINE_MAX])
{
	for (;;) {
		size_t length;

		errno = 0;
		if (fgets(text, BATCH_LINE_MAX, list->stream) == NULL)
			return ferror(list->stream) != 0 ? READ_FAILED : READ_END;
		list->number++;
		length = strcspn(text, "\r\n");
		if (text[length] == '\0' && length == BATCH_LINE_MAX - 1) {
			int c;

			do
				c = getc(list->stream);
			while (c != '\n' && c != EOF);
			return READ_BAD;
		}
		text[length] = '\0';
		if (text[strspn(text, " \t")] != '\0' && text[0] != '#')
			return READ_LINE;
	}
}

enum batch_read batch_list_next(struct batch_list *list, struct batch_line *line,
				const char **problem)
{
	char text[BATCH_LINE_MAX];
	struct fields fields;

	for (;;) {
		enum batch_read read = read_text(list, text);

		*line = (struct batch_line){.number = list->number};
		*problem = N_("the line is too long");
		if (read != READ_LINE)
			return read;
		*problem = N_("the line is no CSV: see its quotes");
		if (!split(text, &fields))
			return READ_BAD;
		if (list->begun || !take_header(list, &fields))
			break;
		list->begun = true;
	}
	list->begun = true;
	*problem = take_fields(list, &fields, line);
	return *problem == NULL ? READ_LINE : READ_BAD;
}
