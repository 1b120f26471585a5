/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_text.h"
#include "pam_stack.h"
#include "text.h"

/* A file that is being read, and those that include it: libpam reads them the same way. */
struct reader {
	FILE *stream;
	char file[PAM_PATH_MAX + 1];
	unsigned line;
	unsigned level;
};

struct readers {
	const char *const *directories;
	struct reader open[PAM_DEPTH_MAX];
	size_t depth;
	enum pam_phase phase;
	struct pam_stack *stack;
	FILE *included;
};

static void fail(struct readers *readers, const struct reader *reader, const char *problem)
{
	struct pam_stack *stack = readers->stack;

	if (stack->problem != NULL)
		return;
	stack->problem = problem;
	stack->line = reader->line;
	memcpy(stack->file, reader->file, sizeof(stack->file));
}

/* A file that is not there, or is a directory, is no error: libpam looks further, too. */
static void note_error(struct readers *readers, int error)
{
	if (readers->stack->error == 0 && error != ENOENT && error != EISDIR)
		readers->stack->error = error;
}

static bool open_file(struct readers *readers, const char *name, unsigned level)
{
	struct reader *reader = &readers->open[readers->depth];

	*reader = (struct reader){.level = level};
	for (size_t i = 0; readers->directories[i] != NULL && reader->stream == NULL; i++) {
		int length = snprintf(reader->file, sizeof(reader->file), "%s%s%s",
				      name[0] == '/' ? "" : readers->directories[i],
				      name[0] == '/' ? "" : "/", name);

		if (length > 0 && (size_t)length < sizeof(reader->file))
			reader->stream = fopen(reader->file, "re");
		if (reader->stream == NULL && readers->depth == 0)
			note_error(readers, errno);
	}
	if (reader->stream == NULL)
		return false;
	readers->depth++;
	return true;
}

static void close_file(struct readers *readers)
{
	readers->depth--;
	(void)fclose(readers->open[readers->depth].stream);
	readers->open[readers->depth].stream = NULL;
}

/* Those that a mistake has left open. */
static void close_files(struct readers *readers)
{
	for (size_t i = 0; i < PAM_DEPTH_MAX; i++) {
		if (readers->open[i].stream != NULL)
			(void)fclose(readers->open[i].stream);
	}
}

/* Take comment, newline and trailing blanks off; return whether the next line continues this one.
 */
static bool trim(char *text)
{
	size_t length;

	text[strcspn(text, "#\n")] = '\0';
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	text[length] = '\0';
	if (length == 0 || text[length - 1] != '\\')
		return false;
	text[length - 1] = ' ';
	return true;
}

/* The next line that says something, with those that continue it. */
static bool read_line(struct readers *readers, struct reader *reader, char text[PAM_LINE_MAX])
{
	size_t length = 0;

	text[0] = '\0';
	while (fgets(text + length, (int)(PAM_LINE_MAX - length), reader->stream) != NULL) {
		bool whole = strchr(text + length, '\n') != NULL || feof(reader->stream) != 0;
		bool continues = trim(text + length);

		reader->line++;
		length = strlen(text);
		if (!whole || length + 1 >= PAM_LINE_MAX) {
			fail(readers, reader, N_("the line is too long"));
			return false;
		}
		if (!continues && text[strspn(text, " \t")] != '\0')
			return true;
		if (!continues)
			length = 0;
	}
	if (ferror(reader->stream) != 0) {
		note_error(readers, errno);
		return false;
	}
	return length > 0 && text[strspn(text, " \t")] != '\0';
}

/* Room for one entry more. */
static struct pam_entry *new_entry(struct readers *readers, const struct reader *reader)
{
	struct pam_stack *stack = readers->stack;
	struct pam_entry *entry = &stack->entries[stack->count];

	memset(entry, 0, sizeof(*entry));
	memcpy(entry->file, reader->file, sizeof(entry->file));
	entry->level = reader->level;
	return entry;
}

static void include(struct readers *readers, const struct reader *reader, struct pam_entry *entry,
		    enum pam_line kind)
{
	char name[PAM_LINE_MAX];
	unsigned level = reader->level;

	(void)snprintf(name, sizeof(name), "%s", entry->module);
	(void)fwrite(name, strlen(name) + 1, 1, readers->included);
	if (kind == PAM_LINE_SUBSTACK) {
		entry->module = NULL;
		readers->stack->count++;
		level++;
	}
	if (readers->depth == PAM_DEPTH_MAX)
		fail(readers, reader, N_("files include each other too deeply"));
	else if (!open_file(readers, name, level))
		fail(readers, reader, N_("the file that it includes can't be read"));
}

static void take_line(struct readers *readers, const struct reader *reader, struct pam_entry *entry)
{
	const char *problem = NULL;
	unsigned phase = PAM_PHASES;
	enum pam_line kind = pam_line_read(entry, &phase, &problem);

	entry->line = reader->line;
	if (kind == PAM_LINE_WRONG)
		fail(readers, reader, problem);
	else if (phase != PAM_PHASES && phase != (unsigned)readers->phase)
		return;
	else if (kind == PAM_LINE_MODULE)
		readers->stack->count++;
	else
		include(readers, reader, entry, kind);
}

static void read_files(struct readers *readers)
{
	while (readers->depth > 0) {
		struct reader *reader = &readers->open[readers->depth - 1];
		struct pam_entry *entry = new_entry(readers, reader);

		if (!read_line(readers, reader, entry->text)) {
			close_file(readers);
			continue;
		}
		take_line(readers, reader, entry);
		if (readers->stack->count + 1 == PAM_ENTRIES_MOST) {
			fail(readers, reader, N_("the stack has more than 255 modules"));
			break;
		}
	}
}

bool pam_stack_read(const char *const *directories, const char *service, enum pam_phase phase,
		    struct pam_stack *stack)
{
	struct readers readers = {.directories = directories, .phase = phase, .stack = stack};
	bool good;

	*stack = (struct pam_stack){.count = 0};
	stack->entries = calloc(PAM_ENTRIES_MOST, sizeof(*stack->entries));
	readers.included = open_memstream(&stack->included, &stack->included_size);
	if (stack->entries == NULL || readers.included == NULL)
		note_error(&readers, ENOMEM);
	good = stack->entries != NULL && readers.included != NULL &&
	       open_file(&readers, service, 0);
	if (good)
		read_files(&readers);
	close_files(&readers);
	if (readers.included != NULL && !memory_text_close(readers.included, &stack->included))
		note_error(&readers, ENOMEM);
	return good && stack->error == 0;
}

void pam_stack_free(struct pam_stack *stack)
{
	free(stack->entries);
	free(stack->included);
	*stack = (struct pam_stack){.count = 0};
}
