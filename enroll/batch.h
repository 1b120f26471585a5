/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_BATCH_H
#define TWOKEY_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "enrolment.h"
#include "options.h"
#include "qr.h"
#include "sheet.h"
#include "username.h"

/* Users that become durable together: one sync for them all, and a moment's lock of the store. */
#define BATCH_GROUP 256

/* Longer than any line with three names and their quotes. */
#define BATCH_LINE_MAX 2048

/* One user of the list; empty is what the line does not say. */
struct batch_line {
	unsigned number;
	char user[USERNAME_FILE_MAX + 1];
	char issuer[DEVICE_ISSUER_MAX + 1];
	char device[DEVICE_NAME_MAX + 1];
};

struct batch_group {
	size_t count;
	struct batch_line lines[BATCH_GROUP];
};

enum batch_outcome { BATCH_FAILED, BATCH_ENROLLED, BATCH_PRESENT };

struct batch_result {
	enum batch_outcome outcome;
	char problem[160]; /* for BATCH_FAILED */
};

struct batch_results {
	size_t count;
	struct batch_result items[BATCH_GROUP];
};

/* What the options ask for, and where it goes. */
struct batch {
	struct options options;
	struct enrolment defaults; /* of each user, where the line does not say otherwise */
	const char *list_path;
	const char *out_path;
	enum qr_format image; /* QR_PNG, QR_SVG or QR_NONE */
	enum sheet_format sheet;
	bool quiet;
	int out; /* the directory of the sheets, locked */
	struct store store;
};

/* The columns of a list, in the order in which they stand. */
enum batch_column { COLUMN_NONE, COLUMN_USER, COLUMN_ISSUER, COLUMN_DEVICE };
#define BATCH_COLUMNS_MAX 16

struct batch_list {
	FILE *stream;
	unsigned number; /* of the last line */
	bool begun;      /* a line that could be a header was read */
	enum batch_column columns[BATCH_COLUMNS_MAX];
	size_t column_count;
};

enum batch_read { READ_LINE, READ_BAD, READ_END, READ_FAILED };

/*
 * batch_list_next(list, line, problem):
 * The next user of a list: one a line, CSV (RFC 4180) with a header or as user, issuer, device;
 * blank lines and lines that begin with # are passed over. READ_BAD with a static ${problem} for a
 * line that can't be read, READ_END, or READ_FAILED with errno.
 */
enum batch_read batch_list_next(struct batch_list *list, struct batch_line *line,
				const char **problem);

/*
 * batch_out_open(batch):
 * Make and lock the directory of the sheets, and see that nobody else can write there. Return an
 * enum status, after a complaint.
 */
int batch_out_open(struct batch *batch);

/* batch_work(batch, group, results): Enrol a group, and make its sheets. */
void batch_work(struct batch *batch, const struct batch_group *group,
		struct batch_results *results);

/* Names of files in the directory of the sheets. */
#define BATCH_NAME_SIZE 320
#define BATCH_TEMPORARY ".twokey-"

/* What a run tells at its end. */
struct batch_tally {
	size_t enrolled, finished, present, failed;
	bool interrupted;
	bool any;   /* failure was printed as JSON */
	int status; /* STATUS_SYSTEM once something could not be told, or a sheet not be finished */
	double seconds;
};

/*
 * batch_finish(batch, tally):
 * See to what an earlier run left when it was killed: sheets of users whom it enrolled get their
 * names, others are nobody's and go. What fails for one sheet is told, stays for a later run, and
 * worsens ${tally}->status. Return an enum status, after a complaint: STATUS_DONE if all was looked
 * at, without which nobody is to be enrolled.
 */
int batch_finish(struct batch *batch, struct batch_tally *tally);

/* batch_run(batch, list, tally): Enrol the whole list, group by group. Return an enum status. */
int batch_run(struct batch *batch, struct batch_list *list, struct batch_tally *tally);

/* Progress and failures, for a person or as JSON. */
void batch_tell_progress(const struct batch *batch, const struct batch_list *list,
			 const struct batch_tally *tally);
void batch_tell_failure(const struct batch *batch, struct batch_tally *tally,
			const struct batch_line *line, const char *problem);
int batch_tell_end(const struct batch *batch, const struct batch_tally *tally);

/* batch_is_asked(argc, argv): Whether enroll is to read a list. */
bool batch_is_asked(int argc, char **argv);

/* batch_enroll(argc, argv): enroll --batch, as a subcommand of its own. */
int batch_enroll(int argc, char **argv);

#endif
