/* SPDX-License-Identifier: BSD-2-Clause */
/* pam_oath's users file, line by line. */
#include "import.h"
#include "oath.h"
#include "text.h"

static void read_line(struct import *import, unsigned number, char *const fields[OATH_FIELDS])
{
	const char *user = fields[OATH_USER];
	struct import_reader reader = {import, user};
	const struct import_listener listener = {import_left_behind, &reader};
	struct import_entry *entry = import_add(import, user, number);
	const char *problem;

	if (entry == NULL)
		return;
	problem = oath_read(fields, entry, &listener);
	if (problem == NULL)
		return;
	import_remark(import, REMARK_REFUSED, number, user, problem);
	import_drop(import);
}

void import_oath(struct import *import, struct source *source)
{
	char *fields[OATH_FIELDS];
	char *line;

	while ((line = source_line(source)) != NULL) {
		size_t count = oath_split(line, fields);

		if (count >= OATH_FIELDS_LEAST)
			read_line(import, source->line, fields);
		else if (count > 0)
			import_remark(import, REMARK_REFUSED, source->line, NULL,
				      N_("the line lacks type, user, password or key"));
	}
}
