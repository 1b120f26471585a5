/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

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

enum reason names_read(struct store *store, struct names *names)
{
	enum reason reason;
	bool failed;

	*names = (struct names){.count = 0};
	names->stream = open_memstream(&names->text, &names->size);
	if (names->stream == NULL)
		return REASON_NO_MEMORY;
	reason = store_list(store, add_name, names);
	failed = ferror(names->stream) != 0;
	if (fclose(names->stream) != 0 || failed)
		return REASON_NO_MEMORY;
	return reason == REASON_NONE ? sort_names(names) : reason;
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
