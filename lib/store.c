/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P1, one verdict: whatever the user, an attempt looks the same names up, and opens, locks, reads,
 * writes and syncs one file. P2, single use: the older slot is written, and synced before anyone
 * learns the verdict. P4, strangers can't lock out: a wrong password touches nobody's file but a
 * decoy.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checksum.h"
#include "store.h"
#include "store_file.h"
#include "store_user.h"
#include "trusted.h"

/*
 * Whether root installed the helper to run as ${owner}: who may be that may own the store. To look
 * at one file costs a login less than to look through all local accounts.
 */
static bool is_helper_user(uid_t owner)
{
	struct statx status;

	return trusted_look(AT_FDCWD, HELPER_PATH, &status) == 0 && S_ISREG(status.stx_mode) &&
	       (status.stx_mode & S_ISUID) != 0 && status.stx_uid == owner;
}

/* Whether ${owner} may own a store; errno tells why that can't be looked up. */
static enum reason check_owner(uid_t owner)
{
	uid_t uid;
	gid_t gid;

	if (owner == 0 || owner == geteuid() || is_helper_user(owner))
		return REASON_NONE;
	errno = store_user(&uid, &gid);
	if (errno == 0 && uid == owner)
		return REASON_NONE;
	if (errno != 0 && errno != ENOENT)
		return REASON_USERS_UNREADABLE;
	errno = 0;
	return REASON_STORE_UNTRUSTED;
}

static enum reason check_directory(int directory, struct statx *status)
{
	if (trusted_look(directory, "", status) != 0)
		return REASON_STORE_UNTRUSTED;
	errno = 0;
	if (!S_ISDIR(status->stx_mode) || (status->stx_mode & (S_IRWXG | S_IRWXO)) != 0)
		return REASON_STORE_UNTRUSTED;
	return check_owner(status->stx_uid);
}

static enum reason open_failed(struct store *store)
{
	switch (errno) {
	case ENOENT:
		return store_fail(store, "", REASON_STORE_MISSING);
	case ELOOP:
	case ENOTDIR:
		return store_fail(store, "", REASON_STORE_UNTRUSTED);
	default:
		return store_fail(store, "", REASON_STORE_UNREADABLE);
	}
}

enum reason store_open(const char *path, struct store *store)
{
	struct statx status;
	enum reason reason;

	*store = (struct store){.directory = trusted_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)};
	if (store->directory < 0)
		return open_failed(store);
	reason = check_directory(store->directory, &status);
	if (reason != REASON_NONE) {
		reason = store_fail(store, "", reason);
		store_close(store);
		return reason;
	}
	store->owner = status.stx_uid;
	store->group = status.stx_gid;
	return REASON_NONE;
}

void store_close(struct store *store)
{
	if (store->directory >= 0)
		(void)close(store->directory);
	store->directory = -1;
}

/*
 * Whether ${user} has a file, whose path is left in transaction->file. What the name leads to is
 * looked at only when it is opened.
 */
static enum reason look_up(struct transaction *transaction, const char *user)
{
	struct store *store = transaction->store;
	bool nameable = file_path_user(user, transaction->file);
	enum reason reason = file_directory_there(store, STORE_USERS);

	if (reason == REASON_NONE)
		reason = nameable ? file_there(store, transaction->file) : REASON_UNENROLLED;
	transaction->enrolled = reason == REASON_NONE;
	return reason;
}

/* Open the file that the attempt is judged against: one, by the same calls for any name. */
static enum reason open_file(struct transaction *transaction, const char *user)
{
	struct store *store = transaction->store;
	enum reason reason = look_up(transaction, user);

	if (reason == REASON_UNENROLLED)
		transaction->subject = SUBJECT_DECOY;
	else if (reason != REASON_NONE)
		return reason;
	if (transaction->subject == SUBJECT_DECOY)
		file_path_decoy(checksum(user, strlen(user)), transaction->file);
	reason = file_open(store, transaction->file, O_RDWR, &transaction->fd);
	if (transaction->subject == SUBJECT_USER)
		/* It was there a moment ago. */
		return reason == REASON_UNENROLLED ? REASON_STORE_CONFLICT : reason;
	/* Decoys are made with the first enrolment: without them there is nobody to be told apart.
	 */
	if (reason == REASON_UNENROLLED || reason == REASON_STORE_MISSING)
		return REASON_NONE;
	return reason;
}

/*
 * Nobody waits for a decoy: whoever runs su with wrong passwords, and stops it, holds as many of
 * their locks as they like, and would learn from the wait which passwords of others are wrong. Two
 * who write to a decoy at once hurt nobody.
 */
static enum reason lock(struct transaction *transaction, int64_t deadline)
{
	struct store *store = transaction->store;
	enum reason reason;

	if (transaction->subject == SUBJECT_USER)
		return file_lock(store, transaction->file, transaction->fd, deadline);
	reason = file_lock(store, transaction->file, transaction->fd, 0);
	if (reason != REASON_STORE_BUSY)
		return reason;
	store->fault = (struct store_fault){0};
	return REASON_NONE;
}

static enum reason lock_and_read(struct transaction *transaction, int64_t deadline)
{
	struct store *store = transaction->store;
	enum reason reason;
	int newest;

	if (transaction->fd < 0)
		return REASON_NONE;
	reason = lock(transaction, deadline);
	if (reason == REASON_NONE)
		reason = file_read(store, transaction->file, transaction->fd, &transaction->record,
				   &transaction->state, &newest);
	if (reason != REASON_NONE)
		return reason;
	if (transaction->state.sequence == UINT64_MAX)
		return store_fail(store, transaction->file, REASON_STATE_EXHAUSTED);
	transaction->slot = 1 - newest;
	/* Whoever put it there was killed before they took the mark. */
	if (transaction->state.sequence == SEQUENCE_UNNAMED)
		return store_sync(store, STORE_USERS);
	return REASON_NONE;
}

enum reason store_begin(struct store *store, const char *user, enum subject subject,
			int64_t deadline, struct transaction *transaction)
{
	enum reason reason;

	transaction->store = store;
	transaction->subject = subject;
	transaction->fd = -1;
	transaction->enrolled = false;
	transaction->file[0] = '\0';
	transaction->state = (struct state){0};
	record_none(&transaction->record);
	store->fault = (struct store_fault){0};
	undisturbed_begin(&transaction->undisturbed);
	reason = open_file(transaction, user);
	if (reason == REASON_NONE)
		reason = lock_and_read(transaction, deadline);
	return reason;
}

/* Charge and commit write one slot, the older, so that the newer stays what is durable. */
static enum reason write_slot(struct transaction *transaction, const struct state *state)
{
	struct state next = *state;

	next.sequence = transaction->state.sequence + 1;
	return file_write_slot(transaction->store, transaction->file, transaction->fd,
			       transaction->slot, &next);
}

enum reason store_charge(struct transaction *transaction, const struct state *state)
{
	if (transaction->fd < 0)
		return REASON_NONE;
	return write_slot(transaction, state);
}

enum reason store_commit(struct transaction *transaction, const struct state *state)
{
	enum reason reason;

	if (transaction->fd < 0)
		return REASON_NONE;
	reason = write_slot(transaction, state);
	if (reason == REASON_NONE && fdatasync(transaction->fd) != 0)
		reason = store_fail(transaction->store, transaction->file, REASON_STORE_UNWRITABLE);
	return reason;
}

void store_end(struct transaction *transaction)
{
	file_release(transaction->fd);
	record_wipe(&transaction->record);
	undisturbed_end(&transaction->undisturbed, transaction->store->fault.error == EFBIG);
	transaction->fd = -1;
}

enum reason store_peek(struct store *store, const char *user, struct record *record, bool *enrolled)
{
	struct transaction transaction = {.store = store, .subject = SUBJECT_USER, .fd = -1};
	struct state state;
	enum reason reason;
	int slot;

	memset(record, 0, sizeof(*record));
	reason = open_file(&transaction, user);
	if (reason == REASON_NONE && transaction.fd >= 0)
		reason = file_read(store, transaction.file, transaction.fd, record, &state, &slot);
	if (transaction.fd >= 0)
		(void)close(transaction.fd);
	if (reason == REASON_STATE_DAMAGED)
		reason = REASON_NONE;
	*enrolled = reason != REASON_NONE || transaction.enrolled;
	return reason;
}
