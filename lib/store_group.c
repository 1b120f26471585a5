/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P7, nothing lost: as in store_change.c a new file is whole and durable before it takes its place.
 * Here many are, by one sync of their file system instead of one each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "store_change.h"
#include "store_file.h"
#include "store_group.h"

static bool set_paths(const char *user, char path[STORE_FILE_MAX + 1],
		      char new_path[STORE_FILE_MAX + 1])
{
	bool good = file_path_user(user, path);

	(void)snprintf(new_path, STORE_FILE_MAX + 1, STORE_NEW "/%s", path + sizeof(STORE_USERS));
	return good;
}

enum reason group_begin(struct store *store)
{
	int64_t deadline = store_deadline() - STORE_PATIENCE + GROUP_PATIENCE;
	enum reason reason = file_lock_wait(store, "", store->directory, deadline);

	return reason == REASON_NONE ? store_clear(store) : reason;
}

enum reason group_has(struct store *store, const char *user, bool *exists)
{
	char path[STORE_FILE_MAX + 1];
	enum reason reason;
	int fd = -1;

	*exists = false;
	if (!file_path_user(user, path))
		return store_fail(store, path, REASON_FILE_UNTRUSTED);
	reason = file_open(store, path, O_RDONLY, &fd);
	if (reason == REASON_UNENROLLED)
		return REASON_NONE;
	*exists = reason == REASON_NONE;
	if (*exists)
		(void)close(fd);
	return reason;
}

enum reason group_put(struct store *store, const char *user, const struct record *record,
		      const struct state *state)
{
	struct state first = *state;
	char path[STORE_FILE_MAX + 1];
	char new_path[STORE_FILE_MAX + 1];

	if (!set_paths(user, path, new_path))
		return store_fail(store, path, REASON_FILE_UNTRUSTED);
	first.sequence = SEQUENCE_FIRST; /* it replaces none */
	return file_create(store, new_path, record, &first, DURABLE_LATER);
}

/* Since Linux 5.8 this tells what could not be written since the directory was opened. */
enum reason group_sync(struct store *store)
{
	if (syncfs(store->directory) == 0)
		return REASON_NONE;
	return store_fail(store, STORE_NEW, REASON_STORE_UNWRITABLE);
}

enum reason group_publish(struct store *store, const char *user)
{
	char path[STORE_FILE_MAX + 1];
	char new_path[STORE_FILE_MAX + 1];

	(void)set_paths(user, path, new_path);
	return file_rename(store, new_path, path);
}

enum reason group_finish(struct store *store)
{
	return store_sync(store, STORE_USERS);
}

void group_end(struct store *store)
{
	(void)flock(store->directory, LOCK_UN);
}
