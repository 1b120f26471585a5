/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "account.h"
#include "host_users.h"

static void stop(struct host_users *users, int error)
{
	users->reason = account_reason(error);
}

void host_users_begin(struct host_users *users)
{
	*users = (struct host_users){.file = fopen(ACCOUNT_FILE, "re")};
	if (users->file == NULL && errno != ENOENT)
		stop(users, errno);
	if (!names_begin(&users->local))
		stop(users, ENOMEM);
	setpwent();
}

/* fgetpwent(3) says by errno alone whether the file came to its end. */
static const struct passwd *next_local(struct host_users *users)
{
	const struct passwd *entry;

	errno = 0;
	entry = fgetpwent(users->file);
	if (entry != NULL) {
		(void)names_add(&users->local, entry->pw_name);
		return entry;
	}
	if (ferror(users->file) != 0 || errno == ENOMEM)
		stop(users, errno);
	(void)fclose(users->file);
	users->file = NULL;
	if (!names_end(&users->local))
		stop(users, ENOMEM);
	return NULL;
}

bool host_users_ended(int error)
{
	return error != ENOMEM && error != EIO && error != EMFILE && error != ENFILE;
}

static const struct passwd *next_elsewhere(struct host_users *users)
{
	const struct passwd *entry;

	do {
		errno = 0;
		entry = getpwent();
	} while (entry != NULL && names_have(&users->local, entry->pw_name));
	if (entry == NULL && !host_users_ended(errno))
		stop(users, errno);
	return entry;
}

static const struct passwd *next(struct host_users *users)
{
	const struct passwd *entry = NULL;

	if (users->reason == REASON_NONE && users->file != NULL)
		entry = next_local(users);
	if (users->reason == REASON_NONE && entry == NULL)
		entry = next_elsewhere(users);
	return entry;
}

const struct passwd *host_users_next(struct host_users *users)
{
	const struct passwd *entry;

	do
		entry = next(users);
	while (entry != NULL && account_is_compat(entry->pw_name));
	return entry;
}

enum reason host_users_end(struct host_users *users)
{
	if (users->file != NULL)
		(void)fclose(users->file);
	endpwent();
	names_free(&users->local);
	return users->reason;
}

enum reason host_users_names(struct names *names)
{
	struct host_users users;
	const struct passwd *entry;
	enum reason reason;

	if (!names_begin(names))
		return REASON_NO_MEMORY;
	host_users_begin(&users);
	while ((entry = host_users_next(&users)) != NULL)
		(void)names_add(names, entry->pw_name);
	reason = host_users_end(&users);
	return names_end(names) || reason != REASON_NONE ? reason : REASON_NO_MEMORY;
}
