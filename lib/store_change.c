/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P7, nothing lost: a record is written to a file of its own, synced, and takes the old one's place
 * by one rename, which is synced in turn. Whoever changes a record holds the lock of the store, so
 * that changes don't meet, and that of the user's file, so that no login writes to what is
 * replaced.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_change.h"
#include "store_decoy.h"
#include "store_file.h"
#include "store_user.h"
#include "trusted.h"

enum reason store_each(struct store *store, const char *path,
		       bool (*visit)(struct store *store, const char *name, void *context),
		       void *context)
{
	int fd = trusted_open(store->directory, path, O_RDONLY | O_DIRECTORY);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	enum reason reason = REASON_NONE;
	struct dirent *entry;
	bool more = true;

	if (directory == NULL) {
		reason = store_fail(store, path, REASON_STORE_UNREADABLE);
		if (fd >= 0)
			(void)close(fd);
		return reason;
	}
	while (more) {
		errno = 0;
		entry = readdir(directory);
		more = entry != NULL &&
		       (entry->d_name[0] == '.' || visit(store, entry->d_name, context));
		if (entry == NULL && errno != 0)
			reason = store_fail(store, path, REASON_STORE_UNREADABLE);
	}
	(void)closedir(directory);
	return reason;
}

/* The lock of all who change records: one for the store, kept on its directory. */
static enum reason lock_store(struct store *store)
{
	return file_lock_wait(store, "", store->directory, store_deadline());
}

/* Ours in another's store: whoever made it was ended before it was given away. */
static void remove_half_made(const struct store *store, const char *path)
{
	struct statx status;

	if (store->owner != geteuid() && trusted_look(store->directory, path, &status) == 0 &&
	    status.stx_uid == geteuid())
		(void)unlinkat(store->directory, path, AT_REMOVEDIR); /* if it is empty */
}

static enum reason make_directory(struct store *store, const char *path)
{
	enum reason reason = REASON_NONE;
	struct statx status;
	int fd;

	remove_half_made(store, path);
	if (mkdirat(store->directory, path, S_IRWXU) != 0)
		return errno == EEXIST ? REASON_NONE
				       : store_fail(store, path, REASON_STORE_UNWRITABLE);
	/* Nothing but what we made is given away, whatever stands there by now. */
	fd = trusted_open(store->directory, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return store_fail(store, path, REASON_STORE_UNWRITABLE);
	if (trusted_look(fd, "", &status) != 0 || status.stx_uid != geteuid() ||
	    fchmod(fd, S_IRWXU) != 0 ||
	    (store->owner != geteuid() && fchown(fd, store->owner, store->group) != 0))
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
	(void)close(fd);
	return reason;
}

static bool remove_litter(struct store *store, const char *name, void *context)
{
	struct store_fault fault = store->fault;
	char path[STORE_FILE_MAX + 1];

	(void)context;
	(void)snprintf(path, sizeof(path), STORE_NEW "/%s", name);
	(void)file_unlink(store, path);
	store->fault = fault;
	return true;
}

/* What a killed change left. The lock of the store says that nobody is at it any more. */
enum reason store_clear(struct store *store)
{
	return store_each(store, STORE_NEW, remove_litter, NULL);
}

/* One user is enough. */
static bool note_user(struct store *store, const char *name, void *context)
{
	(void)store;
	(void)name;
	*(bool *)context = true;
	return false;
}

static enum reason fill_store(struct store *store)
{
	static const char *const directories[] = {STORE_USERS, STORE_NEW, STORE_DECOYS};
	enum reason reason = REASON_NONE;
	bool made = false, synced = false;

	/* First the store's own name: whoever finds users/ there may rely on that. */
	if (faccessat(store->directory, STORE_USERS, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		reason = store_sync(store, "..");
	if (reason != REASON_NONE)
		return reason;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		reason = make_directory(store, directories[i]);
		if (reason != REASON_NONE)
			return reason;
	}
	reason = decoys_make(store, &made);
	if (reason == REASON_NONE && !made)
		reason = store_each(store, STORE_USERS, note_user, &synced);
	/* Nobody was enrolled before all of this had been synced once. */
	if (synced)
		return reason;
	if (reason == REASON_NONE)
		reason = store_sync(store, STORE_DECOYS);
	if (reason == REASON_NONE && fsync(store->directory) != 0)
		reason = store_fail(store, "", REASON_STORE_UNWRITABLE);
	return reason;
}

/* A store that root makes belongs to the store's user from the start, where there is one. */
static enum reason give_away(struct store *store)
{
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0 || store->owner != 0)
		return REASON_NONE;
	errno = store_user(&uid, &gid);
	if (errno == ENOENT)
		return REASON_NONE;
	if (errno != 0)
		return store_fail(store, "", REASON_USERS_UNREADABLE);
	if (fchown(store->directory, uid, gid) != 0)
		return store_fail(store, "", REASON_STORE_UNWRITABLE);
	store->owner = uid;
	store->group = gid;
	return REASON_NONE;
}

enum reason store_create(const char *path, struct store_fault *fault)
{
	struct store store = {.directory = -1};
	enum reason reason;
	bool made = mkdir(path, S_IRWXU) == 0;

	if (!made && errno != EEXIST) {
		reason = store_fail(&store, "", REASON_STORE_UNWRITABLE);
		*fault = store.fault;
		return reason;
	}
	reason = store_open(path, &store);
	if (reason == REASON_NONE && made)
		reason = give_away(&store);
	/* What is there when the next run comes is given to nobody. */
	if (reason != REASON_NONE && made)
		(void)rmdir(path);
	if (reason == REASON_NONE)
		reason = lock_store(&store);
	if (reason == REASON_NONE)
		reason = fill_store(&store);
	*fault = store.fault;
	(void)flock(store.directory, LOCK_UN);
	store_close(&store);
	return reason;
}

/* Read what is there; logins that wait for the lock meanwhile find the file replaced. */
static enum reason open_present(struct change *change)
{
	struct store *store = change->store;
	enum reason reason = file_open(store, change->file, O_RDWR, &change->fd);
	int slot;

	if (reason == REASON_UNENROLLED)
		return REASON_NONE;
	change->exists = reason == REASON_NONE;
	if (reason == REASON_NONE)
		reason = file_lock(store, change->file, change->fd, store_deadline());
	if (reason != REASON_NONE)
		return reason;
	reason = file_read(store, change->file, change->fd, &change->record, &change->state, &slot);
	if (reason != REASON_RECORD_DAMAGED && reason != REASON_STATE_DAMAGED)
		return reason;
	change->damage = reason;
	return REASON_NONE;
}

enum reason change_begin(struct store *store, const char *user, struct change *change)
{
	enum reason reason;

	memset(change, 0, sizeof(*change));
	change->store = store;
	change->fd = -1;
	store->fault = (struct store_fault){0};
	if (!file_path_user(user, change->file))
		return store_fail(store, change->file, REASON_FILE_UNTRUSTED);
	(void)snprintf(change->new_file, sizeof(change->new_file), STORE_NEW "/%s",
		       change->file + sizeof(STORE_USERS));
	reason = lock_store(store);
	if (reason == REASON_NONE)
		reason = store_clear(store);
	if (reason == REASON_NONE)
		reason = open_present(change);
	if (reason == REASON_NONE && store->met != NULL &&
	    !record_same(store->met, &change->record))
		reason = store_fail(store, change->file, REASON_STORE_CONFLICT);
	return reason;
}

/* Where the mark stays, or a power loss brings it back, the name is synced once more. */
static void take_mark(struct change *change, int fd, const struct state *marked)
{
	struct store_fault fault = change->store->fault;
	struct state first = *marked;

	first.sequence = SEQUENCE_FIRST;
	(void)file_write_slot(change->store, change->file, fd, 0, &first);
	change->store->fault = fault;
}

enum reason change_write(struct change *change, const struct record *record,
			 const struct state *state)
{
	struct store *store = change->store;
	struct state marked = *state;
	enum reason reason;
	int fd = -1;

	marked.sequence = SEQUENCE_UNNAMED;
	reason = file_create(store, change->new_file, record, &marked, DURABLE_NOW);
	/* Locked until its name is durable, and known to be: see SEQUENCE_UNNAMED. */
	if (reason == REASON_NONE)
		reason = file_open(store, change->new_file, O_RDWR, &fd);
	if (reason == REASON_NONE)
		reason = file_lock_wait(store, change->new_file, fd, store_deadline());
	if (reason == REASON_NONE)
		reason = file_take_place(store, change->new_file, change->file);
	if (reason == REASON_NONE)
		reason = store_sync(store, STORE_USERS);
	if (reason == REASON_NONE)
		take_mark(change, fd, &marked);
	file_release(fd);
	return reason;
}

enum reason change_remove(struct change *change)
{
	enum reason reason = file_unlink(change->store, change->file);

	if (reason != REASON_NONE)
		return reason;
	return store_sync(change->store, STORE_USERS);
}

void change_end(struct change *change)
{
	file_release(change->fd);
	(void)flock(change->store->directory, LOCK_UN);
	explicit_bzero(&change->record, sizeof(change->record));
}

static enum reason read_unlocked(struct store *store, const char *path, struct record *record,
				 struct state *state)
{
	int fd, slot;
	enum reason reason = file_open(store, path, O_RDONLY, &fd);

	if (reason != REASON_NONE)
		return reason;
	reason = file_read(store, path, fd, record, state, &slot);
	(void)close(fd);
	return reason;
}

static enum reason read_locked(struct store *store, const char *path, struct record *record,
			       struct state *state)
{
	enum reason reason = REASON_STORE_CONFLICT;
	int64_t deadline = store_deadline();
	int fd, slot;

	while (reason == REASON_STORE_CONFLICT) {
		reason = file_open(store, path, O_RDONLY, &fd);
		if (reason != REASON_NONE)
			return reason;
		reason = file_lock(store, path, fd, deadline);
		if (reason == REASON_NONE)
			reason = file_read(store, path, fd, record, state, &slot);
		file_release(fd);
	}
	return reason;
}

/*
 * A look holds up no login: a slot that is being written does not fit its checksum, and the other
 * one is whole. Only where neither is, the lock tells whether that stays so.
 */
enum reason store_read(struct store *store, const char *user, struct record *record,
		       struct state *state)
{
	char path[STORE_FILE_MAX + 1];
	enum reason reason;

	memset(record, 0, sizeof(*record));
	store->fault = (struct store_fault){0};
	if (!file_path_user(user, path))
		return REASON_UNENROLLED;
	reason = read_unlocked(store, path, record, state);
	if (reason == REASON_STATE_DAMAGED)
		reason = read_locked(store, path, record, state);
	return reason;
}

enum reason store_read_decoy(struct store *store, unsigned number)
{
	char path[STORE_FILE_MAX + 1];
	struct record record;
	struct state state;
	enum reason reason;

	file_path_decoy(number, path);
	reason = read_unlocked(store, path, &record, &state);
	explicit_bzero(&record, sizeof(record));
	return reason;
}

struct listing {
	bool (*visit)(const char *user, void *context);
	void *context;
};

static bool list_name(struct store *store, const char *name, void *context)
{
	const struct listing *listing = context;
	char user[USERNAME_FILE_MAX + 1];

	(void)store;
	/* What no user name leads to was not put there by twokey. */
	return !username_from_file(name, user) || listing->visit(user, listing->context);
}

enum reason store_list(struct store *store, bool (*visit)(const char *user, void *context),
		       void *context)
{
	struct listing listing = {visit, context};

	return store_each(store, STORE_USERS, list_name, &listing);
}
