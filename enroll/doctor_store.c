/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "doctor.h"
#include "reason.h"
#include "store_change.h"
#include "store_user.h"
#include "text.h"

#define CHECK "store"

/* Whoever could write a directory above the store could put another in its place. */
static bool check_above(struct doctor *doctor, const char *path)
{
	struct stat status;
	char mend[FINDING_SIZE];

	if (lstat(path, &status) != 0)
		return true; /* told with the store itself */
	if (S_ISLNK(status.st_mode)) {
		(void)snprintf(mend, sizeof(mend), "realpath %s", doctor->store_path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s is a link, which the store is never reached by: give 'store=' "
			       "the path without it"),
			    path);
		return false;
	}
	if (status.st_uid != 0) {
		(void)snprintf(mend, sizeof(mend), "chown root: %s", path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s is above the store and belongs to user ID %u, who can replace "
			       "it"),
			    path, (unsigned)status.st_uid);
		return false;
	}
	if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status.st_mode & S_ISVTX) == 0) {
		(void)snprintf(mend, sizeof(mend), "chmod go-w %s", path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s is above the store, and others may write it"), path);
		return false;
	}
	return true;
}

static bool check_path(struct doctor *doctor)
{
	char path[FINDING_SIZE];
	bool good = check_above(doctor, "/");

	for (size_t i = 1; i < sizeof(path) && doctor->store_path[i] != '\0'; i++) {
		if (doctor->store_path[i] != '/')
			continue;
		memcpy(path, doctor->store_path, i);
		path[i] = '\0';
		good = check_above(doctor, path) && good;
	}
	return good;
}

/* One directory of the store: ${name} below it, or itself where that is ".". */
static bool check_directory(struct doctor *doctor, int store, const char *name, uid_t owner)
{
	char path[FINDING_SIZE / 2], mend[FINDING_SIZE];
	struct stat status;

	(void)snprintf(path, sizeof(path), "%s%s%s", doctor->store_path,
		       strcmp(name, ".") == 0 ? "" : "/", strcmp(name, ".") == 0 ? "" : name);
	if (fstatat(store, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode)) {
		(void)snprintf(mend, sizeof(mend), "install -d -m 0700 -o %u %s", (unsigned)owner,
			       path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s must be a directory, and is none"), path);
		return false;
	}
	if (status.st_uid != owner) {
		(void)snprintf(mend, sizeof(mend), "chown -R %u %s", (unsigned)owner, path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s belongs to user ID %u, and must belong to %u"), path,
			    (unsigned)status.st_uid, (unsigned)owner);
		return false;
	}
	if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		(void)snprintf(mend, sizeof(mend), "chmod 0700 %s", path);
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s has mode %04o: it must be 0700, for its owner alone"), path,
			    (unsigned)status.st_mode & 07777u);
		return false;
	}
	return true;
}

bool doctor_store_user(struct doctor *doctor, const char *check, uid_t *uid)
{
	gid_t gid;
	int error = store_user(uid, &gid);

	if (error == ENOENT)
		*uid = 0;
	if (error == 0 || error == ENOENT)
		return true;
	doctor_tell(doctor, FINDING_PROBLEM, check, "ls -l /etc/passwd", "%s: %s",
		    doctor_text(doctor, reason_text(REASON_USERS_UNREADABLE)), strerror(error));
	return false;
}

/* Whom the store must belong to, of root and the store's user: false if that can't be told. */
static bool right_owner(struct doctor *doctor, uid_t owner, uid_t *right)
{
	uid_t uid;

	*right = 0;
	if (owner == 0)
		return true;
	if (!doctor_store_user(doctor, CHECK, &uid))
		return false;
	if (uid == owner)
		*right = owner;
	return true;
}

static bool check_directories(struct doctor *doctor, int store)
{
	static const char *const below[] = {STORE_USERS, STORE_DECOYS, STORE_NEW};
	struct stat status;
	uid_t owner;
	bool good;

	if (fstat(store, &status) != 0 || !right_owner(doctor, status.st_uid, &owner))
		return false;
	good = check_directory(doctor, store, ".", owner);
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		good = check_directory(doctor, store, below[i], owner) && good;
	return good;
}

static void check_disk(struct doctor *doctor, int store)
{
	struct statvfs disk;
	struct statfs kind;
	char mend[FINDING_SIZE];

	if (fstatvfs(store, &disk) != 0 || fstatfs(store, &kind) != 0)
		return;
	(void)snprintf(mend, sizeof(mend), "df -h %s; df -i %s", doctor->store_path,
		       doctor->store_path);
	if (kind.f_type == TMPFS_MAGIC || kind.f_type == RAMFS_MAGIC)
		doctor_tell(doctor, FINDING_PROBLEM, "disk", mend,
			    N_("the store is in memory: after the next boot nobody is enrolled"));
	else if ((disk.f_flag & ST_RDONLY) != 0)
		doctor_tell(doctor, FINDING_PROBLEM, "disk", "mount -o remount,rw /",
			    N_("the store's file system is read-only: nobody gets in, since no "
			       "code can be marked as used"));
	else if (disk.f_bavail == 0 || (disk.f_files > 0 && disk.f_favail == 0))
		doctor_tell(doctor, FINDING_WARNING, "disk", mend,
			    N_("the store's file system is full: who is enrolled gets in, but "
			       "nobody can be enrolled"));
	else
		doctor_tell(doctor, FINDING_OK, "disk", NULL,
			    N_("the store's file system can be written and has room"));
}

/* Without them a stranger's login ends sooner, or otherwise, than a user's. */
static void check_decoys(struct doctor *doctor)
{
	char mend[FINDING_SIZE];
	unsigned bad = 0;

	for (unsigned i = 0; i < STORE_DECOY_COUNT; i++)
		bad += store_read_decoy(&doctor->store, i) != REASON_NONE;
	if (bad == 0)
		return;
	(void)snprintf(mend, sizeof(mend), "rm %s/decoys/*; twokey enroll USER",
		       doctor->store_path);
	doctor_tell(doctor, FINDING_PROBLEM, "decoys", mend,
		    N_("%u of the store's %u decoys are missing or damaged: logins of strangers "
		       "can be told from those of users; the next enrolment makes what is missing"),
		    bad, STORE_DECOY_COUNT);
}

static void open_store(struct doctor *doctor, bool good)
{
	enum reason reason = store_open(doctor->store_path, &doctor->store);

	doctor->store_open = reason == REASON_NONE;
	if (reason != REASON_NONE) {
		if (good)
			doctor_tell(doctor, FINDING_PROBLEM, CHECK, NULL, "%s: %s",
				    doctor->store_path, doctor_text(doctor, reason_text(reason)));
		return;
	}
	reason = names_read(&doctor->store, &doctor->names);
	doctor->names_known = reason == REASON_NONE;
	if (reason == REASON_NONE && good)
		doctor_tell(doctor, FINDING_OK, CHECK, NULL,
			    N_("the store %s is its owner's alone, and all there"),
			    doctor->store_path);
	else if (reason != REASON_NONE && good)
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, NULL, "%s: %s", doctor->store_path,
			    doctor_text(doctor, reason_text(reason)));
	if (reason == REASON_NONE)
		check_decoys(doctor);
}

void doctor_check_store(struct doctor *doctor)
{
	int store = open(doctor->store_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool good;

	if (store < 0 && errno == ENOENT) {
		doctor->names_known = true; /* none */
		doctor_tell(doctor, FINDING_WARNING, CHECK, "twokey enroll USER",
			    N_("there is no store at %s: nobody is enrolled yet"),
			    doctor->store_path);
		return;
	}
	if (store < 0 && errno == EACCES && geteuid() != 0)
		return; /* told already */
	good = check_path(doctor);
	if (store < 0) {
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, NULL,
			    N_("the store at %s can't be opened: %s"), doctor->store_path,
			    strerror(errno));
		return;
	}
	good = check_directories(doctor, store) && good;
	check_disk(doctor, store);
	(void)close(store);
	open_store(doctor, good);
}
