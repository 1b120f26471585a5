/* SPDX-License-Identifier: BSD-2-Clause */
/* otpauth URIs, one a line, as phones and other servers export them. */
#include <errno.h>
#include <string.h>

#include "account.h"
#include "command.h"
#include "import.h"
#include "text.h"
#include "uri.h"

/* As the host calls the user itself: by that name a login looks for a record. */
static int own_name(const char *name, char user[DEVICE_LABEL_MAX + 1])
{
	char buffer[ACCOUNT_SIZE];
	struct passwd entry;
	int error = account_find(name, &entry, buffer);
	size_t length = error == 0 ? strlen(entry.pw_name) : 0;

	if (error == 0 && length <= DEVICE_LABEL_MAX)
		memcpy(user, entry.pw_name, length + 1);
	return error;
}

/*
 * A label is a user, or a user with the host that the app is to show: which of the two, this host's
 * users tell. Return 0, or an errno of account_find if they can't.
 */
static int user_of_label(const char *label, char user[DEVICE_LABEL_MAX + 1])
{
	const char *at = strrchr(label, '@');
	int error;

	memcpy(user, label, strlen(label) + 1);
	error = own_name(label, user);
	if (error == ENOENT && at != NULL) {
		char name[DEVICE_LABEL_MAX + 1];

		memcpy(name, label, strlen(label) + 1);
		name[at - label] = '\0';
		error = own_name(name, user);
	}
	return error == ENOENT ? 0 : error;
}

static void add(struct import *import, unsigned line, const struct device *device, uint64_t counter)
{
	char user[DEVICE_LABEL_MAX + 1];
	struct import_entry *entry;

	if (import->user == NULL && user_of_label(device->label, user) != 0) {
		import_remark(import, REMARK_REFUSED, line, device->label,
			      reason_text(REASON_USERS_UNREADABLE));
		status_worsen(&import->status, STATUS_SYSTEM);
		return;
	}
	entry = import_add(import, import->user != NULL ? import->user : user, line);
	if (entry == NULL)
		return;
	entry->device = *device;
	entry->state.watermark = counter;
}

void import_uri(struct import *import, struct source *source)
{
	struct device device;
	uint64_t counter;
	const char *problem;
	char *line;

	while ((line = source_line(source)) != NULL) {
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (uri_parse(line, &device, &counter, &problem))
			add(import, source->line, &device, counter);
		else
			import_remark(import, REMARK_REFUSED, source->line, import->user, problem);
		explicit_bzero(&device, sizeof(device));
	}
}
