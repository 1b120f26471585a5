/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P6, full disk: a login writes only slots that enrolment wrote before it, in place. P9, bounded:
 * no lock is waited for longer than its deadline. P10, trusted files: what is opened is checked on
 * its descriptor before a byte of it is believed; and a name is made, moved and removed below the
 * descriptor of its checked directory, for the store's owner, who need not be root, could put a
 * link in the place of the directory meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store_file.h"
#include "text.h"
#include "trusted.h"

/* Milliseconds between two looks at a lock: a login holds it for about one. */
#define LOCK_INTERVAL 2

struct image {
	char record[RECORD_SIZE];
	char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];
};

_Static_assert(sizeof(struct image) == FILE_SIZE, "an image is a file, byte for byte");

bool file_path_user(const char *user, char path[STORE_FILE_MAX + 1])
{
	memcpy(path, STORE_USERS "/", sizeof(STORE_USERS));
	return username_to_file(user, path + sizeof(STORE_USERS));
}

void file_path_decoy(uint64_t number, char path[STORE_FILE_MAX + 1])
{
	(void)snprintf(path, STORE_FILE_MAX + 1, STORE_DECOYS "/%02u",
		       (unsigned)(number % STORE_DECOY_COUNT));
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

enum reason store_fail(struct store *store, const char *path, enum reason reason)
{
	size_t length = strnlen(path, STORE_FILE_MAX);

	store->fault.error = errno;
	memcpy(store->fault.file, path, length);
	store->fault.file[length] = '\0';
	return reason_from_errno(store->fault.error, reason);
}

static bool is_trusted(const struct store *store, const struct statx *status)
{
	return S_ISREG(status->stx_mode) && status->stx_nlink == 1 &&
	       status->stx_uid == store->owner && (status->stx_mode & (S_IRWXG | S_IRWXO)) == 0;
}

int file_open_directory(const struct store *store, const char *name)
{
	int fd = trusted_open(store->directory, name, O_RDONLY | O_DIRECTORY);
	struct statx status;

	if (fd < 0 || (trusted_look(fd, "", &status) == 0 && status.stx_uid == store->owner))
		return fd;
	(void)close(fd);
	errno = EPERM;
	return -1;
}

enum reason file_directory_there(struct store *store, const char *name)
{
	struct statx status;

	if (trusted_look(store->directory, name, &status) != 0)
		return store_fail(store, name,
				  errno == ENOENT ? REASON_STORE_MISSING : REASON_STORE_UNREADABLE);
	if (!S_ISDIR(status.stx_mode))
		return store_fail(store, name, REASON_STORE_UNTRUSTED);
	return REASON_NONE;
}

enum reason file_there(struct store *store, const char *path)
{
	struct statx status;

	if (trusted_look(store->directory, path, &status) == 0)
		return REASON_NONE;
	return errno == ENOENT ? REASON_UNENROLLED
			       : store_fail(store, path, REASON_STORE_UNREADABLE);
}

/* ENOENT proves absence only if the directory that would hold the file is there. */
static enum reason absence(struct store *store, const char *path)
{
	char directory[sizeof(STORE_DECOYS)];
	size_t length = strcspn(path, "/");
	enum reason reason;

	memcpy(directory, path, length);
	directory[length] = '\0';
	reason = file_directory_there(store, directory);
	return reason == REASON_NONE ? REASON_UNENROLLED : reason;
}

static enum reason open_failed(struct store *store, const char *path)
{
	switch (errno) {
	case ENOENT:
		return absence(store, path);
	case ELOOP:
	case ENOTDIR:
	case EISDIR:
	case ENXIO:
		return store_fail(store, path, REASON_FILE_UNTRUSTED);
	default:
		return store_fail(store, path, REASON_STORE_UNREADABLE);
	}
}

enum reason file_open(struct store *store, const char *path, int flags, int *fd)
{
	struct statx status;

	*fd = trusted_open(store->directory, path, flags);
	if (*fd < 0)
		return open_failed(store, path);
	if (trusted_look(*fd, "", &status) == 0 && is_trusted(store, &status))
		return REASON_NONE;
	errno = 0;
	(void)close(*fd);
	*fd = -1;
	return store_fail(store, path, REASON_FILE_UNTRUSTED);
}

static int64_t monotonic_milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t store_deadline(void)
{
	return monotonic_milliseconds() + STORE_PATIENCE;
}

/* flock(2) knows no timeout, and an alarm would be the caller's: so look, and look again. */
enum reason file_lock_wait(struct store *store, const char *path, int fd, int64_t deadline)
{
	const struct timespec interval = {.tv_nsec = LOCK_INTERVAL * 1000000L};

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return store_fail(store, path, REASON_STORE_UNREADABLE);
		if (monotonic_milliseconds() >= deadline)
			return store_fail(store, path, REASON_STORE_BUSY);
		(void)nanosleep(&interval, NULL);
	}
	return REASON_NONE;
}

void file_release(int fd)
{
	if (fd < 0)
		return;
	(void)flock(fd, LOCK_UN);
	(void)close(fd);
}

static bool is_same_file(const struct statx *one, const struct statx *other)
{
	return one->stx_ino == other->stx_ino && one->stx_dev_major == other->stx_dev_major &&
	       one->stx_dev_minor == other->stx_dev_minor;
}

enum reason file_lock(struct store *store, const char *path, int fd, int64_t deadline)
{
	enum reason reason = file_lock_wait(store, path, fd, deadline);
	struct statx locked, named;

	if (reason != REASON_NONE)
		return reason;
	if (trusted_look(fd, "", &locked) != 0)
		return store_fail(store, path, REASON_STORE_UNREADABLE);
	if (trusted_look(store->directory, path, &named) != 0 || !is_same_file(&named, &locked))
		return store_fail(store, path, REASON_STORE_CONFLICT);
	return REASON_NONE;
}

/* ${length} is what the record's text takes of the image. */
static enum reason read_record(struct store *store, const char *path, const struct image *image,
			       struct record *record, size_t *length)
{
	size_t whole = record_parse(image->record, record, &store->fault.record);

	errno = 0;
	if (whole == 0)
		return store_fail(store, path, REASON_RECORD_DAMAGED);
	*length = whole;
	if (strcmp(record->file, name_of(path)) == 0)
		return REASON_NONE;
	explicit_bzero(record, sizeof(*record));
	store->fault.record = (struct record_error){
		.line = 2,
		.problem = N_("the record is another user's: it does not name this one")};
	return store_fail(store, path, REASON_RECORD_DAMAGED);
}

enum reason file_read(struct store *store, const char *path, int fd, struct record *record,
		      struct state *state, int *slot)
{
	struct image image;
	ssize_t length = trusted_read(fd, &image, sizeof(image), 0);
	size_t secrets = sizeof(image.record); /* a damaged record ends anywhere */
	enum reason reason;

	if (length < 0) {
		reason = store_fail(store, path, REASON_STORE_UNREADABLE);
	} else if ((size_t)length < sizeof(image.record)) {
		errno = 0;
		store->fault.record = (struct record_error){.problem = N_("the file is cut short")};
		reason = store_fail(store, path, REASON_RECORD_DAMAGED);
	} else {
		reason = read_record(store, path, &image, record, &secrets);
	}
	if (reason == REASON_NONE) {
		/* A slot that was cut off may have been the newer one, so the other tells nothing.
		 */
		*slot = length == sizeof(image) ? state_newest(image.blocks, state) : -1;
		if (*slot < 0)
			reason = store_fail(store, path, REASON_STATE_DAMAGED);
	}
	/* The padding is no secret, nor is the state. */
	explicit_bzero(image.record, secrets);
	return reason;
}

enum reason file_write_slot(struct store *store, const char *path, int fd, int slot,
			    const struct state *state)
{
	char text[STATE_SLOT_SIZE];

	state_format(state, text);
	if (trusted_write(fd, text, sizeof(text),
			  (off_t)RECORD_SIZE + (off_t)slot * STATE_BLOCK_SIZE) != 0)
		return store_fail(store, path, REASON_STORE_UNWRITABLE);
	return REASON_NONE;
}

/* The checked directory that ${path} lies in; -1 with errno. */
static int file_directory(const struct store *store, const char *path)
{
	char name[sizeof(STORE_DECOYS)];
	size_t length = strcspn(path, "/");

	memcpy(name, path, length);
	name[length] = '\0';
	return file_open_directory(store, name);
}

enum reason file_rename(struct store *store, const char *from, const char *to)
{
	int source = file_directory(store, from);
	int target = file_directory(store, to);
	enum reason reason = REASON_NONE;

	if (source < 0 || target < 0 || renameat(source, name_of(from), target, name_of(to)) != 0)
		reason = store_fail(store, to, REASON_STORE_UNWRITABLE);
	if (source >= 0)
		(void)close(source);
	if (target >= 0)
		(void)close(target);
	return reason;
}

enum reason file_unlink(struct store *store, const char *path)
{
	int directory = file_directory(store, path);
	enum reason reason = REASON_NONE;

	if (directory < 0 || unlinkat(directory, name_of(path), 0) != 0)
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
	if (directory >= 0)
		(void)close(directory);
	return reason;
}

enum reason file_take_place(struct store *store, const char *new_path, const char *path)
{
	enum reason reason = file_rename(store, new_path, path);
	struct store_fault fault = store->fault;

	if (reason == REASON_NONE)
		return REASON_NONE;
	(void)file_unlink(store, new_path);
	store->fault = fault;
	return reason;
}

enum reason store_sync(struct store *store, const char *path)
{
	enum reason reason = REASON_NONE;
	int fd = trusted_open(store->directory, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return store_fail(store, path, REASON_STORE_UNWRITABLE);
	if (fsync(fd) != 0)
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
	(void)close(fd);
	return reason;
}

static void format_blocks(const struct state *state, struct image *image)
{
	struct state older = *state;

	older.sequence--;
	memset(image->blocks, '\n', sizeof(image->blocks));
	state_format(&older, image->blocks[0]);
	state_format(state, image->blocks[1]);
}

/* Whoever the umask and the caller's user would give it to: it belongs to the store's owner. */
static int write_new(const struct store *store, int fd, const struct image *image,
		     enum durability durability)
{
	if (fchmod(fd, S_IRUSR | S_IWUSR) != 0)
		return -1;
	if (store->owner != geteuid() && fchown(fd, store->owner, store->group) != 0)
		return -1;
	if (trusted_write(fd, image, sizeof(*image), 0) != 0)
		return -1;
	return durability == DURABLE_NOW ? fsync(fd) : 0;
}

enum reason file_create(struct store *store, const char *path, const struct record *record,
			const struct state *state, enum durability durability)
{
	enum reason reason = REASON_NONE;
	struct image image;
	int directory, fd;

	errno = 0;
	if (!record_format(record, image.record))
		return store_fail(store, path, REASON_RECORD_TOO_LARGE);
	format_blocks(state, &image);
	directory = file_directory(store, path);
	if (directory < 0) {
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
		goto wipe;
	}
	fd = openat(directory, name_of(path), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	if (fd < 0) {
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
		goto close;
	}
	if (write_new(store, fd, &image, durability) != 0) {
		reason = store_fail(store, path, REASON_STORE_UNWRITABLE);
		(void)unlinkat(directory, name_of(path), 0);
	}
	(void)close(fd);
close:
	(void)close(directory);
wipe:
	explicit_bzero(&image, sizeof(image));
	return reason;
}
