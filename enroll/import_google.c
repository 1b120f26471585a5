/* SPDX-License-Identifier: BSD-2-Clause */
/* The .google_authenticator of one user, or of all from their homes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "google.h"
#include "host_users.h"
#include "import.h"
#include "message.h"

#define FILE_NAME ".google_authenticator"

static void read_user(struct import *import, const char *user, struct source *source)
{
	struct import_reader reader = {import, user};
	const struct import_listener listener = {import_left_behind, &reader};
	struct import_entry *entry = import_add(import, user, 1);
	const char *problem;

	if (entry == NULL)
		return;
	problem = google_read(source, import->now, entry, &listener);
	if (problem == NULL)
		return;
	import_remark(import, REMARK_REFUSED, source->line, user, problem);
	import_drop(import);
}

void import_google(struct import *import, struct source *source)
{
	read_user(import, import->user, source);
}

/* A link may stand on the way to nothing, as in a home of /bin. */
static bool is_nothing(const char *path, int error)
{
	if (error == ELOOP && access(path, F_OK) != 0)
		error = errno;
	return error == ENOENT || error == ENOTDIR;
}

static void read_home(struct import *import, const struct passwd *entry)
{
	struct source source;
	char *path = NULL;
	int error;

	if (asprintf(&path, "%s/" FILE_NAME, entry->pw_dir) < 0)
		path = NULL;
	import->path = path != NULL ? path : FILE_NAME;
	error = path != NULL ? source_open_home(path, entry->pw_uid, &source) : ENOMEM;
	if (error == 0) {
		read_user(import, entry->pw_name, &source);
		source_wipe(&source);
	} else if (path == NULL || !is_nothing(path, error)) {
		import_open_failed(import, error);
	}
	import->path = NULL;
	free(path);
}

void import_google_homes(struct import *import)
{
	const struct passwd *entry;
	struct host_users users;
	enum reason reason;

	host_users_begin(&users);
	while ((entry = host_users_next(&users)) != NULL)
		read_home(import, entry);
	reason = host_users_end(&users);
	if (reason != REASON_NONE)
		status_worsen(&import->status, complain_reason(reason, NULL, NULL, NULL));
}
