/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "screen.h"
#include "usage.h"

/* Bytes: more than any line, or lines that belong together, of any --help in any language. */
#define ENTRY_SIZE 1024

/* Columns. */
#define INDENT_BELOW 6

#define PROGRAM      "twokey "

enum kind { KIND_SYNOPSIS, KIND_PARAGRAPH, KIND_OPTION };

/* Lines that belong together: a paragraph, or an option and what is said of it. */
struct entry {
	enum kind kind;
	char text[ENTRY_SIZE];
	size_t length;
};

static bool fits(const struct screen *screen, const char *text)
{
	for (; *text != '\0'; text += strspn(text, "\n")) {
		char line[ENTRY_SIZE];
		size_t length = strcspn(text, "\n");

		(void)snprintf(line, sizeof(line), "%.*s", (int)length, text);
		if (screen_width(line) > screen->columns)
			return false;
		text += length;
	}
	return true;
}

/* The bytes that stand before the column in which the further lines begin. */
static size_t heading_of(const struct entry *entry)
{
	const char *text = entry->text;
	size_t lead = strspn(text, " ");
	const char *at = NULL;

	if (entry->kind == KIND_SYNOPSIS) {
		at = strstr(text, PROGRAM);
		return at != NULL ? (size_t)(at - text) + strlen(PROGRAM) : lead;
	}
	if (entry->kind == KIND_OPTION)
		at = strstr(text + lead, "  ");
	return at != NULL ? (size_t)(at - text) + strspn(at, " ") : lead;
}

/* Where there is little room beside an option, what is said of it stands below. */
static void flush(const struct screen *screen, struct entry *entry)
{
	size_t heading = heading_of(entry);
	char head[ENTRY_SIZE];
	size_t indent;

	if (entry->length == 0)
		return;
	(void)snprintf(head, sizeof(head), "%.*s", (int)heading, entry->text);
	indent = screen_width(head);
	screen_text(screen->stream, head);
	if (entry->kind == KIND_OPTION && indent > screen->columns / 2) {
		indent = INDENT_BELOW;
		(void)fprintf(screen->stream, "\n%*s", (int)indent, "");
	}
	screen_wrap(screen, entry->text + heading, indent);
	entry->length = 0;
	entry->text[0] = '\0';
}

static void add(struct entry *entry, const char *line, size_t length)
{
	int more = snprintf(entry->text + entry->length, sizeof(entry->text) - entry->length,
			    "%s%.*s", entry->length > 0 ? " " : "", (int)length, line);

	if (more > 0)
		entry->length += (size_t)more;
	if (entry->length >= sizeof(entry->text))
		entry->length = sizeof(entry->text) - 1;
}

/* Whether a line that begins with ${lead} blanks goes on with ${entry}. */
static bool goes_on(const struct entry *entry, size_t lead)
{
	return entry->length > 0 && ((entry->kind == KIND_PARAGRAPH && lead == 0) ||
				     (entry->kind == KIND_OPTION && lead > 2));
}

static enum kind kind_of(bool synopsis, size_t lead)
{
	if (synopsis)
		return KIND_SYNOPSIS;
	return lead == 0 ? KIND_PARAGRAPH : KIND_OPTION;
}

void usage_print(FILE *stream, const char *text)
{
	const struct screen screen = screen_of(stream);
	struct entry entry = {.length = 0};
	bool synopsis = true;

	if (fits(&screen, text)) {
		(void)fputs(text, stream);
		return;
	}
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		size_t lead = strspn(text, " ");
		bool more = length > 0 && goes_on(&entry, lead);

		if (!more)
			flush(&screen, &entry);
		if (length == 0)
			(void)fputc('\n', stream);
		synopsis = synopsis && length > 0;
		if (entry.length == 0)
			entry.kind = kind_of(synopsis, lead);
		add(&entry, more ? text + lead : text, more ? length - lead : length);
		text += length;
		text += *text == '\n' ? 1 : 0;
	}
	flush(&screen, &entry);
}
