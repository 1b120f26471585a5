/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P1, one verdict: whatever the user, an attempt opens the same files and locks, reads, writes and
 * syncs one of them. P2, single use: the older slot is written, and synced before anyone learns the
 * verdict. P4, strangers can't lock out: a wrong password touches nobody's file but a decoy.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checksum.h"
#include "store.h"
#include "store_file.h"
#include "trusted.h"

/* The user that the package makes to own the store, so that no helper need be set-user-ID root. */
#define STORE_USER "twokey"

bool store_user(uid_t *uid, gid_t *gid)
{
	struct passwd entry;
	struct passwd *found = NULL;
	char buffer[1024];

	if (getpwnam_r(STORE_USER, &entry, buffer, sizeof(buffer), &found) != 0 || found == NULL)
		return false;
	*uid = found->pw_uid;
	*gid = found->pw_gid;
	return true;
}

static bool is_store_user(uid_t owner)
{
	uid_t uid;
	gid_t gid;

	return store_user(&uid, &gid) && uid == owner;
}

static bool is_trusted(const struct stat *status)
{
	uid_t owner = status->st_uid;

	return S_ISDIR(status->st_mode) && (status->st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
	       (owner == 0 || owner == geteuid() || is_store_user(owner));
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
	struct stat status;

	*store = (struct store){.directory = trusted_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)};
	if (store->directory < 0)
		return open_failed(store);
	if (fstat(store->directory, &status) != 0 || !is_trusted(&status)) {
		errno = 0;
		store_close(store);
		return store_fail(store, "", REASON_STORE_UNTRUSTED);
	}
	store->owner = status.st_uid;
	store->group = status.st_gid;
	return REASON_NONE;
}

void store_close(struct store *store)
{
	if (store->directory >= 0)
		(void)close(store->directory);
	store->directory = -1;
}

/* A user's file and the decoy that stands in for it, opened in the same way for any name. */
struct candidates {
	char user_path[STORE_FILE_MAX + 1];
	char decoy_path[STORE_FILE_MAX + 1];
	int user_fd;
	int decoy_fd;
	enum reason user; /* REASON_NONE, REASON_UNENROLLED, or why it can't be opened */
	enum reason decoy;
	struct store_fault user_fault;
};

static void open_candidates(struct store *store, const char *user, struct candidates *candidates)
{
	bool nameable = file_path_user(user, candidates->user_path);

	candidates->user_fd = -1;
	candidates->user = REASON_UNENROLLED;
	if (nameable)
		candidates->user =
			file_open(store, candidates->user_path, O_RDWR, &candidates->user_fd);
	candidates->user_fault = store->fault;
	file_path_decoy(checksum(user, strlen(user)), candidates->decoy_path);
	candidates->decoy = file_open(store, candidates->decoy_path, O_RDWR, &candidates->decoy_fd);
}

static void close_one(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

/* Keep the file that the attempt is judged against, and close the other. */
static enum reason choose(struct candidates *candidates, struct transaction *transaction)
{
	transaction->enrolled = candidates->user == REASON_NONE;
	if (candidates->user == REASON_UNENROLLED)
		transaction->subject = SUBJECT_DECOY;
	if (transaction->subject == SUBJECT_USER) {
		close_one(candidates->decoy_fd);
		transaction->fd = candidates->user_fd;
		memcpy(transaction->file, candidates->user_path, sizeof(transaction->file));
		transaction->store->fault = candidates->user_fault;
		return candidates->user;
	}
	close_one(candidates->user_fd);
	transaction->fd = candidates->decoy_fd;
	memcpy(transaction->file, candidates->decoy_path, sizeof(transaction->file));
	/* Decoys are made with the first enrolment: without them there is nobody to be told apart.
	 */
	if (candidates->decoy == REASON_UNENROLLED || candidates->decoy == REASON_STORE_MISSING)
		return REASON_NONE;
	return candidates->decoy;
}

static enum reason lock_and_read(struct transaction *transaction, int64_t deadline)
{
	struct store *store = transaction->store;
	enum reason reason;
	int newest;

	if (transaction->fd < 0)
		return REASON_NONE;
	reason = file_lock(store, transaction->file, transaction->fd, deadline);
	if (reason == REASON_NONE)
		reason = file_read(store, transaction->file, transaction->fd, &transaction->record,
				   &transaction->state, &newest);
	if (reason != REASON_NONE)
		return reason;
	if (transaction->state.sequence == UINT64_MAX)
		return store_fail(store, transaction->file, REASON_STATE_EXHAUSTED);
	transaction->slot = 1 - newest;
	return REASON_NONE;
}

enum reason store_begin(struct store *store, const char *user, enum subject subject,
			int64_t deadline, struct transaction *transaction)
{
	struct candidates candidates;
	enum reason reason;

	memset(transaction, 0, sizeof(*transaction));
	transaction->store = store;
	transaction->subject = subject;
	store->fault = (struct store_fault){0};
	size_signal_hold(&transaction->signal);
	open_candidates(store, user, &candidates);
	reason = choose(&candidates, transaction);
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
	/* Unlocked by hand: a child that the host forked meanwhile would keep the lock. */
	if (transaction->fd >= 0) {
		(void)flock(transaction->fd, LOCK_UN);
		(void)close(transaction->fd);
	}
	size_signal_release(&transaction->signal, transaction->store->fault.error == EFBIG);
	explicit_bzero(&transaction->record, sizeof(transaction->record));
	transaction->fd = -1;
}

enum reason store_peek(struct store *store, const char *user, struct record *record, bool *enrolled)
{
	struct transaction transaction = {.store = store, .subject = SUBJECT_USER};
	struct candidates candidates;
	struct state state;
	enum reason reason;
	int slot;

	memset(record, 0, sizeof(*record));
	open_candidates(store, user, &candidates);
	reason = choose(&candidates, &transaction);
	if (reason == REASON_NONE && transaction.fd >= 0)
		reason = file_read(store, transaction.file, transaction.fd, record, &state, &slot);
	close_one(transaction.fd);
	*enrolled = transaction.enrolled;
	return reason == REASON_STATE_DAMAGED ? REASON_NONE : reason;
}
