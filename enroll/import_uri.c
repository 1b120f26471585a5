/* SPDX-License-Identifier: BSD-2-Clause */
/* otpauth URIs, one a line, as phones and other servers export them. */
#include <errno.h>
#include <string.h>

#include "account.h"
#include "command.h"
#include "import.h"
#include "text.h"
#include "uri.h"

/*
 * A label is a user, or a user with the host that the app is to show: which of the two, this host's
 * users tell. Return 0, or an errno of account_find if they can't.
 */
static int user_of_label(const char *label, char user[DEVICE_LABEL_MAX + 1])
{
	char buffer[ACCOUNT_SIZE];
	size_t length = strlen(label);
	const char *at = strrchr(label, '@');
	struct passwd entry;
	int error;

	memcpy(user, label, length + 1);
	error = at != NULL ? account_find(label, &entry, buffer) : 0;
	if (error != ENOENT)
		return error;
	user[at - label] = '\0';
	error = account_find(user, &entry, buffer);
	if (error != ENOENT)
		return error;
	memcpy(user, label, length + 1);
	return 0;
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
