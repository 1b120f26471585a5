/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_IMPORT_H
#define TWOKEY_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enrolment.h"
#include "import_entry.h"
#include "options.h"
#include "source.h"

/* What is to become of it all. Holds keys. */
struct import {
	struct options options;
	const char *format;       /* google, oath, uri or pskc */
	const char *user;         /* --user, or NULL */
	const char *device;       /* --device, or NULL */
	enum enrolment_mode mode; /* ENROLMENT_NEW, ENROLMENT_REPLACE or ENROLMENT_IF_MISSING */
	bool homes;               /* --home */
	bool dry_run;
	const char *path; /* of the source that is being read; NULL behind many of them */
	int64_t now;
	struct import_entry *entries;
	size_t count;
	size_t room;
	size_t imported; /* users */
	size_t refused;  /* users or lines */
	int status;      /* the exit status, as it stands */
	json_t *users;   /* with --json: what was imported, what was said */
	json_t *remarks;
};

/*
 * import_add(import, user, line):
 * A new entry of ${user}, NULL-terminated, a TOTP device of SHA1, 6 digits and 30 seconds. NULL,
 * after a complaint, if nobody of that name can be enrolled or memory ran out. It may move entries.
 */
struct import_entry *import_add(struct import *import, const char *user, unsigned line);

/* import_drop(import): Take the last entry back. */
void import_drop(struct import *import);

/* Whether a user is imported all the same. */
enum remark { REMARK_LEFT_BEHIND, REMARK_REFUSED };

/*
 * import_remark(import, remark, line, user, text):
 * Say what of the source can't be carried over, line by line: ${text}, marked by N_, tells what and
 * why and never a secret. ${line} is 0 and ${user} NULL where there is none.
 */
void import_remark(struct import *import, enum remark remark, unsigned line, const char *user,
		   const char *text);

/* Whose entry is read. */
struct import_reader {
	struct import *import;
	const char *user;
};

/* import_left_behind(context, line, text): A listener's, whose ${context} is a struct
 * import_reader. */
void import_left_behind(void *context, unsigned line, const char *text);

/*
 * import_tell_json(import, array, object):
 * Add ${object}, NULL if it could not be made, to ${array} of ${import}. What can't be told is
 * complained about, and in the exit status.
 */
void import_tell_json(struct import *import, json_t *array, json_t *object);

/* Each reads the text of a source of its format, and adds an entry for each device it finds. */
void import_google(struct import *import, struct source *source);
void import_oath(struct import *import, struct source *source);
void import_uri(struct import *import, struct source *source);
void import_pskc(struct import *import, struct source *source);

/*
 * import_google_homes(import):
 * Read the file of every user that the host lists, from their homes.
 */
void import_google_homes(struct import *import);

/*
 * import_refuse_twin(import, entry, holder, line):
 * Say that the key of ${entry} is that of the user's device ${holder} too, which ${line} tells of.
 */
void import_refuse_twin(struct import *import, const struct import_entry *entry, const char *holder,
			unsigned line);

/* import_open_failed(import, error): Say that the source at import->path can't be read. */
void import_open_failed(struct import *import, int error);

/*
 * import_write(import):
 * Write what was read: one record a user, with all devices that were found. Nothing is written for
 * --dry-run.
 */
void import_write(struct import *import);

#endif
