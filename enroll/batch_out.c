/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "checksum.h"
#include "command.h"
#include "message.h"
#include "store_change.h"
#include "store_group.h"
#include "text.h"

/* How often, and how many times, the lock of a run that was just killed is tried. */
#define LOCK_INTERVAL_NS 100000000L
#define LOCK_TRIES       50

/* The processes of a run that was killed end with their group, in a moment. */
static bool lock(int fd)
{
	const struct timespec interval = {.tv_nsec = LOCK_INTERVAL_NS};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&interval, NULL);
	}
	return false;
}

int batch_out_open(struct batch *batch)
{
	const char *path = batch->out_path;
	char shown[PRINTABLE_MAX + 1];
	struct stat status;
	int error = 0;

	if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST)
		error = errno;
	batch->out = error == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (batch->out < 0 || fstat(batch->out, &status) != 0) {
		complain("%s: %s", printable(path, shown), strerror(errno));
		return STATUS_SYSTEM;
	}
	if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		complain(_("%s: the directory must be yours, and writable by nobody else"),
			 printable(path, shown));
		return STATUS_SYSTEM;
	}
	if (lock(batch->out))
		return STATUS_DONE;
	complain(_("%s: another run of twokey writes there"), printable(path, shown));
	return STATUS_SYSTEM;
}

/* A sheet that has no name yet: whose, and of which record. */
struct leftover {
	char mark[CHECKSUM_DIGITS + 1];
	char file[USERNAME_FILE_MAX + 1];
	char user[USERNAME_FILE_MAX + 1];
	const char *ending; /* behind the dot */
};

static bool read_leftover(const char *name, struct leftover *leftover)
{
	size_t prefix = strlen(BATCH_TEMPORARY);
	const char *dot = strrchr(name, '.');
	const char *file = name + prefix + CHECKSUM_DIGITS + 1;

	if (strncmp(name, BATCH_TEMPORARY, prefix) != 0 ||
	    strlen(name) < prefix + CHECKSUM_DIGITS + 2 || file[-1] != '-' || dot < file)
		return false;
	memcpy(leftover->mark, name + prefix, CHECKSUM_DIGITS);
	leftover->mark[CHECKSUM_DIGITS] = '\0';
	memcpy(leftover->file, file, (size_t)(dot - file));
	leftover->file[dot - file] = '\0';
	leftover->ending = dot + 1;
	return username_from_file(leftover->file, leftover->user);
}

/* Whether the record in the store is the one that the sheet was made with. */
static enum reason is_of_record(struct batch *batch, const struct leftover *leftover, bool *same)
{
	struct record record;
	struct state state;
	char text[RECORD_SIZE];
	char mark[CHECKSUM_DIGITS + 1] = "";
	enum reason reason = store_read(&batch->store, leftover->user, &record, &state);

	*same = false;
	if (reason == REASON_NONE && record_format(&record, text))
		checksum_text(text, sizeof(text), mark);
	mark[CHECKSUM_DIGITS] = '\0';
	*same = strcmp(mark, leftover->mark) == 0;
	explicit_bzero(&record, sizeof(record));
	explicit_bzero(text, sizeof(text));
	return reason == REASON_UNENROLLED ? REASON_NONE : reason;
}

/* Tell errno, of the file ${name} in the directory of the sheets, or of itself where that is "". */
static int out_failed(const struct batch *batch, const char *name)
{
	const char *problem = strerror(errno);
	char path[PRINTABLE_MAX + 1], file[PRINTABLE_MAX + 1];

	complain("%s%s%s: %s", printable(batch->out_path, path), name[0] != '\0' ? "/" : "",
		 printable(name, file), problem);
	return STATUS_SYSTEM;
}

static void finish_one(struct batch *batch, const char *name, struct batch_tally *tally)
{
	struct leftover leftover;
	char final[BATCH_NAME_SIZE];
	enum reason reason;
	bool same;

	if (!read_leftover(name, &leftover))
		return;
	reason = is_of_record(batch, &leftover, &same);
	/* What can't be told stays for a run that can. */
	if (reason != REASON_NONE) {
		status_worsen(&tally->status,
			      complain_reason(reason, leftover.user, batch->options.store,
					      &batch->store.fault));
		return;
	}
	if (!same) {
		if (unlinkat(batch->out, name, 0) != 0)
			status_worsen(&tally->status, out_failed(batch, name));
		return;
	}
	(void)snprintf(final, sizeof(final), "%s.%s", leftover.file, leftover.ending);
	if (renameat2(batch->out, name, batch->out, final, RENAME_NOREPLACE) != 0)
		status_worsen(&tally->status, out_failed(batch, final));
	else if (strcmp(leftover.ending, "png") != 0 && strcmp(leftover.ending, "svg") != 0)
		tally->finished++;
}

/* Return false, with errno, if the directory can't be listed to its end. */
static bool finish_each(struct batch *batch, DIR *directory, struct batch_tally *tally)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(directory);
		if (entry != NULL)
			finish_one(batch, entry->d_name, tally);
	} while (entry != NULL);
	return errno == 0;
}

static int finish_all(struct batch *batch, DIR *directory, struct batch_tally *tally)
{
	enum reason reason = group_begin(&batch->store);
	int status = STATUS_DONE;

	if (reason == REASON_NONE && !finish_each(batch, directory, tally))
		status = out_failed(batch, "");
	/* What was published by a run that was killed before it had synced the names. */
	if (reason == REASON_NONE)
		reason = group_finish(&batch->store);
	if (reason == REASON_NONE && fsync(batch->out) != 0)
		status = out_failed(batch, "");
	if (reason != REASON_NONE)
		status = complain_reason(reason, NULL, batch->options.store, &batch->store.fault);
	group_end(&batch->store);
	return status;
}

int batch_finish(struct batch *batch, struct batch_tally *tally)
{
	int fd = openat(batch->out, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	int status;

	if (directory == NULL) {
		status = out_failed(batch, "");
		if (fd >= 0)
			(void)close(fd);
		return status;
	}
	status = finish_all(batch, directory, tally);
	(void)closedir(directory);
	return status;
}
