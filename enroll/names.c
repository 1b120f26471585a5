/* SPDX-License-Identifier: BSD-2-Clause */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "memory_text.h"
#include "names.h"
#include "store_change.h"

static bool add_name(const char *user, void *context)
{
	struct names *names = context;

	names->count++;
	return fwrite(user, strlen(user) + 1, 1, names->stream) == 1;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum reason sort_names(struct names *names)
{
	char *name = names->text;

	names->sorted = calloc(names->count + 1, sizeof(*names->sorted));
	if (names->sorted == NULL)
		return REASON_NO_MEMORY;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = name;
		name += strlen(name) + 1;
	}
	qsort(names->sorted, names->count, sizeof(*names->sorted), compare_names);
	return REASON_NONE;
}

static enum reason begin(struct names *names)
{
	*names = (struct names){.count = 0};
	names->stream = open_memstream(&names->text, &names->size);
	return names->stream != NULL ? REASON_NONE : REASON_NO_MEMORY;
}

/* Without memory for all of them there are none. */
static enum reason end(struct names *names)
{
	enum reason reason = REASON_NO_MEMORY;

	if (memory_text_close(names->stream, &names->text))
		reason = sort_names(names);
	if (reason != REASON_NONE)
		names->count = 0;
	return reason;
}

enum reason names_read(struct store *store, struct names *names)
{
	enum reason reason = begin(names);
	enum reason ended;

	if (reason != REASON_NONE)
		return reason;
	reason = store_list(store, add_name, names);
	ended = end(names);
	return reason != REASON_NONE ? reason : ended;
}

enum reason names_read_host(struct names *names)
{
	enum reason reason = begin(names);
	const struct passwd *entry;
	enum reason ended;
	bool good;

	if (reason != REASON_NONE)
		return reason;
	setpwent();
	while ((entry = accounts_next(&good)) != NULL)
		(void)add_name(entry->pw_name, names);
	endpwent();
	ended = end(names);
	return good ? ended : REASON_NO_MEMORY;
}

bool names_have(const struct names *names, const char *user)
{
	return names->count > 0 && bsearch(&user, names->sorted, names->count,
					   sizeof(*names->sorted), compare_names) != NULL;
}

void names_free(struct names *names)
{
	free(names->sorted);
	free(names->text);
	*names = (struct names){.count = 0};
}
