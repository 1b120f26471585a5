/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "doctor.h"
#include "policy.h"
#include "store_user.h"
#include "text.h"

#define CHECK "helper"

static bool is_writable(const struct stat *status)
{
	return (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static const char mend[] = "chown " STORE_USER " " HELPER_PATH " && chmod 4755 " HELPER_PATH;

static void check_owner(struct doctor *doctor, const struct stat *status)
{
	uid_t uid;

	if (!doctor_store_user(doctor, CHECK, &uid))
		return;
	if (uid != status->st_uid)
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s belongs to user ID %u, and must belong to '%s'"), HELPER_PATH,
			    (unsigned)status->st_uid, STORE_USER);
	else if (doctor->store_open && doctor->store.owner != status->st_uid)
		doctor_tell(doctor, FINDING_WARNING, CHECK, "chown -R " STORE_USER ": STORE",
			    N_("the store %s is not the helper's: programs that run as their user "
			       "can't use codes"),
			    doctor->store_path);
	else
		doctor_tell(doctor, FINDING_OK, CHECK, NULL,
			    N_("the helper has the rights of '%s' and no others"), STORE_USER);
}

/* Whom it serves by its rights: nobody, the store's user, or - which must not be - root. */
static void check_rights(struct doctor *doctor, const struct stat *status)
{
	bool powerful = (status->st_mode & S_ISUID) != 0;

	if (powerful && status->st_uid == 0)
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend,
			    N_("%s runs as root, and must run as '%s'"), HELPER_PATH, STORE_USER);
	else if (is_writable(status))
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, mend, N_("others may write %s"),
			    HELPER_PATH);
	else if (!powerful)
		doctor_tell(doctor, FINDING_OK, CHECK, NULL,
			    N_("the helper has no rights: programs that run as their user, such "
			       "as screen lockers, can't use codes"));
	else
		check_owner(doctor, status);
}

/* Whoever runs it has its options read as themself, and it reads them as the store's user. */
static void check_conf(struct doctor *doctor)
{
	struct stat status;

	if (stat(POLICY_DEFAULT_CONF, &status) == 0 && (status.st_mode & S_IROTH) == 0)
		doctor_tell(doctor, FINDING_WARNING, CHECK, "chmod 644 " POLICY_DEFAULT_CONF,
			    N_("%s is not readable by all: programs that run as their user, such "
			       "as screen lockers, let nobody in"),
			    POLICY_DEFAULT_CONF);
}

/* Return whether there is one; tell so if there is none, or if that can't be told. */
static bool find_helper(struct doctor *doctor, struct stat *status)
{
	int error = lstat(HELPER_PATH, status) == 0 ? 0 : errno;

	if (error == 0 && S_ISREG(status->st_mode))
		return true;
	if (error == 0 || error == ENOENT)
		doctor_tell(doctor, FINDING_OK, CHECK, NULL,
			    N_("there is no helper: programs that run as their user, such as "
			       "screen lockers, can't use codes"));
	else
		doctor_tell(doctor, FINDING_PROBLEM, CHECK, "ls -l " HELPER_PATH,
			    N_("%s can't be looked at: %s"), HELPER_PATH, strerror(error));
	return false;
}

void doctor_check_helper(struct doctor *doctor)
{
	struct statvfs disk;
	struct stat status;

	if (!find_helper(doctor, &status))
		return;
	if ((status.st_mode & S_ISUID) != 0 && statvfs(HELPER_PATH, &disk) == 0 &&
	    (disk.f_flag & ST_NOSUID) != 0)
		doctor_tell(doctor, FINDING_WARNING, CHECK, "findmnt -T " HELPER_PATH,
			    N_("%s is on a file system that is mounted nosuid: it serves nobody"),
			    HELPER_PATH);
	else
		check_rights(doctor, &status);
	if ((status.st_mode & S_ISUID) != 0)
		check_conf(doctor);
}
