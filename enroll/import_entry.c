/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "import.h"
#include "message.h"
#include "overview.h"
#include "text.h"

#define ROOM_FIRST 16

/* realloc would leave keys in what it frees. */
static bool enlarge(struct import *import)
{
	size_t room = import->room > 0 ? 2 * import->room : ROOM_FIRST;
	struct import_entry *larger = calloc(room, sizeof(*larger));

	if (larger == NULL)
		return false;
	if (import->count > 0)
		memcpy(larger, import->entries, import->count * sizeof(*larger));
	if (import->entries != NULL)
		explicit_bzero(import->entries, import->count * sizeof(*larger));
	free(import->entries);
	import->entries = larger;
	import->room = room;
	return true;
}

struct import_entry *import_add(struct import *import, const char *user, unsigned line)
{
	struct import_entry *entry;
	char file[USERNAME_FILE_MAX + 1];

	if (!username_to_file(user, file)) {
		import_remark(import, REMARK_REFUSED, line, NULL,
			      N_("the user name is empty or too long"));
		return NULL;
	}
	if (import->count == import->room && !enlarge(import)) {
		import->status = STATUS_SYSTEM;
		import_remark(import, REMARK_REFUSED, line, user, N_("out of memory"));
		return NULL;
	}
	entry = &import->entries[import->count++];
	*entry = (struct import_entry){.line = line, .device = {.digits = 6, .period = 30}};
	memcpy(entry->user, user, strlen(user) + 1);
	return entry;
}

void import_drop(struct import *import)
{
	import->count--;
	explicit_bzero(&import->entries[import->count], sizeof(*import->entries));
}

void import_tell_json(struct import *import, json_t *array, json_t *object)
{
	status_worsen(&import->status, overview_append(array, object));
}

static void remark_json(struct import *import, enum remark remark, unsigned line, const char *user,
			const char *text)
{
	import_tell_json(
		import, import->remarks,
		json_pack("{s:o, s:o, s:s?, s:b, s:s}", "source",
			  import->path != NULL ? overview_text_json(import->path) : json_null(),
			  "line", line > 0 ? json_integer(line) : json_null(), "user", user,
			  "refused", remark == REMARK_REFUSED, "text", text));
}

static void remark_text(const struct import *import, unsigned line, const char *user,
			const char *text)
{
	char path[PRINTABLE_MAX + 1];
	char name[PRINTABLE_MAX + 1];
	char where[PRINTABLE_MAX + 32] = "";

	if (line > 0)
		(void)snprintf(where, sizeof(where), "%s:%u: ", printable(import->path, path),
			       line);
	else if (import->path != NULL)
		(void)snprintf(where, sizeof(where), "%s: ", printable(import->path, path));
	complain("%s%s%s%s", where, user != NULL ? printable(user, name) : "",
		 user != NULL ? ": " : "", text);
}

/* ${text} is what is to be read, in the reader's language or, in JSON, in English. */
static void tell_remark(struct import *import, enum remark remark, unsigned line, const char *user,
			const char *text)
{
	if (remark == REMARK_REFUSED) {
		import->refused++;
		if (import->status < STATUS_REFUSED)
			import->status = STATUS_REFUSED;
	}
	if (import->path == NULL)
		line = 0;
	if (import->options.json)
		remark_json(import, remark, line, user, text);
	else
		remark_text(import, line, user, text);
}

void import_remark(struct import *import, enum remark remark, unsigned line, const char *user,
		   const char *text)
{
	tell_remark(import, remark, line, user, import->options.json ? text : _(text));
}

void import_left_behind(void *context, unsigned line, const char *text)
{
	const struct import_reader *reader = context;

	import_remark(reader->import, REMARK_LEFT_BEHIND, line, reader->user, text);
}

void import_refuse_twin(struct import *import, const struct import_entry *entry, const char *holder,
			unsigned line)
{
	static const char format[] =
		N_("this is the key of device %s, line %u, too: one phone is one device; leave "
		   "one of them out, and 'twokey enroll %s --add --device NAME' makes a key for a "
		   "second phone");
	char name[PRINTABLE_MAX + 1];
	char text[sizeof(name) + 512];

	(void)snprintf(text, sizeof(text), import->options.json ? format : _(format), holder, line,
		       printable(entry->user, name));
	tell_remark(import, REMARK_REFUSED, entry->line, entry->user, text);
}

void import_open_failed(struct import *import, int error)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{EFBIG, N_("the file is too large to be one of these")},
		{EILSEQ, N_("the file has a NUL byte")},
		{EINVAL, N_("it is not a regular file with one link")},
		{ELOOP, N_("a link stands on its path")},
		{EPERM, N_("it belongs neither to the user nor to root")},
	};
	const char *text = strerror(error);

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (texts[i].error == error)
			text = texts[i].text;
	}
	import_remark(import, REMARK_REFUSED, 0, NULL, text);
	import->status = STATUS_SYSTEM;
}
