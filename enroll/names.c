/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "memory_text.h"
#include "names.h"
#include "store_change.h"

bool names_begin(struct names *names)
{
	*names = (struct names){.count = 0};
	names->stream = open_memstream(&names->text, &names->size);
	return names->stream != NULL;
}

bool names_add(struct names *names, const char *user)
{
	names->count++;
	return fwrite(user, strlen(user) + 1, 1, names->stream) == 1;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool sort(struct names *names)
{
	char *name = names->text;

	names->sorted = calloc(names->count + 1, sizeof(*names->sorted));
	if (names->sorted == NULL)
		return false;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = name;
		name += strlen(name) + 1;
	}
	qsort(names->sorted, names->count, sizeof(*names->sorted), compare_names);
	return true;
}

bool names_end(struct names *names)
{
	bool good = memory_text_close(names->stream, &names->text) && sort(names);

	names->stream = NULL;
	if (!good)
		names->count = 0;
	return good;
}

static bool add_listed(const char *user, void *context)
{
	return names_add(context, user);
}

enum reason names_read(struct store *store, struct names *names)
{
	enum reason reason;

	if (!names_begin(names))
		return REASON_NO_MEMORY;
	reason = store_list(store, add_listed, names);
	return names_end(names) || reason != REASON_NONE ? reason : REASON_NO_MEMORY;
}

bool names_have(const struct names *names, const char *user)
{
	return names->count > 0 && bsearch(&user, names->sorted, names->count,
					   sizeof(*names->sorted), compare_names) != NULL;
}

void names_free(struct names *names)
{
	if (names->stream != NULL)
		(void)fclose(names->stream);
	free(names->sorted);
	free(names->text);
	*names = (struct names){.count = 0};
}
