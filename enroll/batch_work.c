/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P7, nothing lost, for a person's sheet too, which can't be made a second time: recovery codes are
 * kept as hashes. So a sheet is durable, under a temporary name that tells its record, before the
 * record takes its place; and gets its name after. Whatever kills a run in between, the next one
 * finds a sheet whose record is in the store, and lets it have its name, or one whose record is
 * not, which is nobody's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "checksum.h"
#include "message.h"
#include "qr_file.h"
#include "recovery.h"
#include "store_group.h"
#include "text.h"
#include "uri.h"

/* One user on the way, from line to sheet. Holds secrets: wiped with its group. */
struct job {
	const struct batch_line *line;
	struct batch_result *result;
	struct state state;
	struct enrolment enrolment;
	struct record record;
	bool alive;                     /* still to be enrolled */
	char mark[CHECKSUM_DIGITS + 1]; /* the record's checksum, which no other record has */
};

/* Of one process, which works at one group at a time. */
static struct job jobs[BATCH_GROUP];
static char stream_buffer[1 << 16];

static void fail(struct job *job, const char *problem)
{
	job->alive = false;
	job->result->outcome = BATCH_FAILED;
	(void)snprintf(job->result->problem, sizeof(job->result->problem), "%s", problem);
}

static void fail_reason(struct job *job, enum reason reason)
{
	fail(job, reason_text(reason));
}

static const char *image_ending(const struct batch *batch)
{
	return batch->image == QR_PNG ? "png" : "svg";
}

/* The name while it is made, and for good. Return false if it is too long for a file. */
static bool set_names(const struct job *job, const char *ending, char temporary[BATCH_NAME_SIZE],
		      char name[BATCH_NAME_SIZE])
{
	int length = snprintf(temporary, BATCH_NAME_SIZE, BATCH_TEMPORARY "%s-%s.%s", job->mark,
			      job->record.file, ending);

	(void)snprintf(name, BATCH_NAME_SIZE, "%s.%s", job->record.file, ending);
	return length > 0 && length <= USERNAME_FILE_MAX;
}

static FILE *create(const struct batch *batch, const char *name)
{
	int fd = openat(batch->out, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			S_IRUSR | S_IWUSR);
	FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (stream == NULL && fd >= 0)
		(void)close(fd);
	/* stdio's own buffer would keep the key in memory that is freed. */
	if (stream != NULL)
		(void)setvbuf(stream, stream_buffer, _IOFBF, sizeof(stream_buffer));
	return stream;
}

/* Write one file of the user under its temporary name. */
static bool write_file(const struct batch *batch, struct job *job, const struct sheet *sheet,
		       bool image)
{
	const char *ending = image ? image_ending(batch) : sheet_ending(batch->sheet);
	char temporary[BATCH_NAME_SIZE], name[BATCH_NAME_SIZE];
	struct stat status;
	FILE *stream;
	bool good;

	if (!set_names(job, ending, temporary, name)) {
		fail(job, N_("the user's name is too long for the name of a file"));
		return false;
	}
	if (fstatat(batch->out, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		fail(job, N_("a sheet is there, though the user is not enrolled: move it away"));
		return false;
	}
	stream = create(batch, temporary);
	good = stream != NULL && (image ? qr_write(sheet->qr, batch->image, stream)
					: sheet_write(sheet, batch->sheet, stream)) == 0;
	if (stream != NULL && fclose(stream) != 0)
		good = false;
	explicit_bzero(stream_buffer, sizeof(stream_buffer));
	if (!good)
		fail(job, strerror(errno));
	return good;
}

static void unlink_files(const struct batch *batch, const struct job *job)
{
	char temporary[BATCH_NAME_SIZE], name[BATCH_NAME_SIZE];

	if (set_names(job, sheet_ending(batch->sheet), temporary, name))
		(void)unlinkat(batch->out, temporary, 0);
	if (set_names(job, image_ending(batch), temporary, name))
		(void)unlinkat(batch->out, temporary, 0);
}

static void write_files(const struct batch *batch, struct job *job)
{
	struct sheet sheet = {.user = job->line->user,
			      .device = &job->enrolment.device,
			      .codes = &job->enrolment.codes};
	char uri[URI_MAX + 1];
	struct qr *qr;

	uri_format(sheet.device, 0, uri);
	qr = qr_encode(uri);
	explicit_bzero(uri, sizeof(uri));
	sheet.qr = qr;
	if (qr == NULL)
		fail_reason(job, REASON_NO_MEMORY);
	else if (batch->image == QR_NONE || write_file(batch, job, &sheet, true))
		(void)write_file(batch, job, &sheet, false);
	qr_free(qr);
	if (!job->alive)
		unlink_files(batch, job);
}

/* The record, and by what its sheet is known. */
static enum reason make_record(struct job *job)
{
	struct record *record = &job->record;
	char text[RECORD_SIZE];
	enum reason reason = enrolment_complete(&job->enrolment, job->line->user);

	if (reason != REASON_NONE)
		return reason;
	record->device_count = 1;
	record->devices[0] = job->enrolment.device;
	reason = recovery_replace(record, job->enrolment.codes.items, job->enrolment.codes.count);
	if (reason != REASON_NONE)
		return reason;
	if (!record_format(record, text))
		return REASON_RECORD_TOO_LARGE;
	checksum_text(text, sizeof(text), job->mark);
	job->mark[CHECKSUM_DIGITS] = '\0';
	explicit_bzero(text, sizeof(text));
	return REASON_NONE;
}

static void prepare(struct batch *batch, struct job *job)
{
	const struct batch_line *line = job->line;
	enum reason reason;
	bool exists;

	job->enrolment = batch->defaults;
	job->alive = true;
	(void)username_to_file(line->user, job->record.file);
	if (line->issuer[0] != '\0')
		(void)device_set_issuer(&job->enrolment.device, line->issuer);
	if (line->device[0] != '\0')
		(void)device_set_name(&job->enrolment.device, line->device);
	reason = group_has(&batch->store, line->user, &exists);
	if (reason == REASON_NONE && exists) {
		job->result->outcome = BATCH_PRESENT;
		job->alive = false;
		return;
	}
	if (reason == REASON_NONE)
		reason = make_record(job);
	if (reason != REASON_NONE)
		fail_reason(job, reason);
	else
		write_files(batch, job);
}

static void put(struct batch *batch, struct job *job)
{
	bool exists;
	enum reason reason = group_has(&batch->store, job->line->user, &exists);

	if (reason == REASON_NONE && exists) {
		job->result->outcome = BATCH_PRESENT;
		job->alive = false;
	} else if (reason == REASON_NONE) {
		reason = group_put(&batch->store, job->line->user, &job->record, &job->state);
	}
	/* Named twice in one group, or by two runs: the first has been put. */
	if (reason != REASON_NONE && batch->store.fault.error == EEXIST) {
		job->result->outcome = BATCH_PRESENT;
		job->alive = false;
	} else if (reason != REASON_NONE) {
		fail_reason(job, reason);
	}
	if (!job->alive)
		unlink_files(batch, job);
}

static void fail_all(struct batch *batch, size_t count, enum reason reason)
{
	for (size_t i = 0; i < count; i++) {
		if (!jobs[i].alive)
			continue;
		fail_reason(&jobs[i], reason);
		unlink_files(batch, &jobs[i]);
	}
}

/* Sheets and records, wherever each of them is. */
static enum reason sync_all(struct batch *batch)
{
	struct stat out, store;

	if (fstat(batch->out, &out) != 0 || fstat(batch->store.directory, &store) != 0)
		return REASON_STORE_UNREADABLE;
	if (out.st_dev != store.st_dev && syncfs(batch->out) != 0)
		return REASON_STORE_UNWRITABLE;
	return group_sync(&batch->store);
}

/* The user is enrolled by now: what can't be named is finished by the next run. */
static void name_file(const struct batch *batch, struct job *job, const char *ending)
{
	char temporary[BATCH_NAME_SIZE], name[BATCH_NAME_SIZE];

	(void)set_names(job, ending, temporary, name);
	if (renameat2(batch->out, temporary, batch->out, name, RENAME_NOREPLACE) != 0)
		fail(job, strerror(errno));
}

static void name_files(struct batch *batch, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].alive && batch->image != QR_NONE)
			name_file(batch, &jobs[i], image_ending(batch));
		if (jobs[i].alive)
			name_file(batch, &jobs[i], sheet_ending(batch->sheet));
	}
	if (fsync(batch->out) == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].alive)
			fail(&jobs[i], strerror(errno));
	}
}

static void publish(struct batch *batch, size_t count)
{
	enum reason reason;

	for (size_t i = 0; i < count; i++) {
		if (!jobs[i].alive)
			continue;
		reason = group_publish(&batch->store, jobs[i].line->user);
		if (reason == REASON_NONE)
			continue;
		fail_reason(&jobs[i], reason);
		unlink_files(batch, &jobs[i]);
	}
	reason = group_finish(&batch->store);
	if (reason == REASON_NONE) {
		name_files(batch, count);
		return;
	}
	/* They may be enrolled, so their sheets stay for the next run. */
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].alive)
			fail_reason(&jobs[i], reason);
	}
}

static void commit(struct batch *batch, size_t count)
{
	enum reason reason = group_begin(&batch->store);

	for (size_t i = 0; i < count && reason == REASON_NONE; i++) {
		if (jobs[i].alive)
			put(batch, &jobs[i]);
	}
	if (reason == REASON_NONE)
		reason = sync_all(batch);
	if (reason == REASON_NONE)
		publish(batch, count);
	else
		fail_all(batch, count, reason);
	group_end(&batch->store);
}

void batch_work(struct batch *batch, const struct batch_group *group, struct batch_results *results)
{
	results->count = group->count;
	for (size_t i = 0; i < group->count; i++) {
		results->items[i] = (struct batch_result){.outcome = BATCH_FAILED};
		jobs[i].line = &group->lines[i];
		jobs[i].result = &results->items[i];
		prepare(batch, &jobs[i]);
	}
	commit(batch, group->count);
	for (size_t i = 0; i < group->count; i++) {
		if (!jobs[i].alive)
			continue;
		jobs[i].result->outcome = BATCH_ENROLLED;
		audit(jobs[i].line->user, "device %s enrolled without a first code",
		      jobs[i].enrolment.device.name);
	}
	explicit_bzero(jobs, sizeof(jobs));
}
