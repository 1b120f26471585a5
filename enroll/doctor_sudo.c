/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "doctor_pam.h"
#include "text.h"

/* Two names by which one program asks PAM: 'su -' is su-l, and 'sudo -i' is sudo-i. */
static const struct {
	const char *one;
	const char *other;
} twins[] = {{"sudo", "sudo-i"}, {"su", "su-l"}};

static void check_twin(struct doctor *doctor, const char *with, const char *without)
{
	char mend[FINDING_SIZE];

	if (!doctor_pam_asks(with) || doctor_pam_asks(without) || !doctor_pam_has(without))
		return;
	(void)snprintf(mend, sizeof(mend), "${EDITOR:-vi} /etc/pam.d/%s", without);
	doctor_tell(doctor, FINDING_PROBLEM, "twins", mend,
		    N_("the service '%s' asks for a code, and '%s' does not: the same program uses "
		       "both"),
		    with, without);
}

/* Text behind a '#' says nothing, but for the user IDs that sudoers(5) writes so. */
static bool asks_nobody(const char *line)
{
	const char *comment = strchr(line, '#');
	const char *tag = strstr(line, "NOPASSWD");

	if (tag == NULL)
		tag = strstr(line, "!authenticate");
	return tag != NULL && (comment == NULL || tag < comment);
}

/* What is said of sudo's settings. */
struct sudoers {
	struct doctor *doctor;
	bool good;   /* all were looked at, and ask */
	bool barred; /* one could not be looked at, and that was told */
};

/* What is not there, or is a directory among the files, sudo passes over as well. */
static void tell_error(struct sudoers *sudoers, const char *path, int error)
{
	bool root = geteuid() == 0;

	if (error == ENOENT || error == EISDIR)
		return;
	sudoers->good = false;
	/* Only root can look at any of them: others are told so once. */
	if (root || !sudoers->barred)
		doctor_tell(sudoers->doctor, FINDING_WARNING, "sudoers",
			    root ? "visudo -c" : "sudo twokey doctor",
			    N_("%s can't be looked at: %s"), path, strerror(error));
	sudoers->barred = true;
}

static void tell_line(struct sudoers *sudoers, const char *path, unsigned number)
{
	char mend[FINDING_SIZE];

	sudoers->good = false;
	(void)snprintf(mend, sizeof(mend), "visudo -f %s", path);
	doctor_tell(sudoers->doctor, FINDING_WARNING, "sudoers", mend,
		    N_("%s:%u: with NOPASSWD or !authenticate sudo asks neither for a "
		       "password nor for a code"),
		    path, number);
}

static void check_file(struct sudoers *sudoers, const char *path)
{
	FILE *stream = fopen(path, "re");
	char line[4096];
	unsigned number = 0;

	if (stream == NULL) {
		tell_error(sudoers, path, errno);
		return;
	}
	while (fgets(line, sizeof(line), stream) != NULL) {
		number++;
		if (asks_nobody(line))
			tell_line(sudoers, path, number);
	}
	if (ferror(stream) != 0)
		tell_error(sudoers, path, errno);
	(void)fclose(stream);
}

static int is_no_dot_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Not with glob(3), which takes an end for the end, error or not. */
static void check_directory(struct sudoers *sudoers, const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_no_dot_file, alphasort);

	if (count < 0) {
		tell_error(sudoers, directory, errno);
		return;
	}
	for (int i = 0; i < count; i++) {
		char path[FINDING_SIZE / 2];

		(void)snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		check_file(sudoers, path);
		free(entries[i]);
	}
	free(entries);
}

void doctor_check_sudo(struct doctor *doctor)
{
	struct sudoers sudoers = {.doctor = doctor, .good = true};

	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++) {
		check_twin(doctor, twins[i].one, twins[i].other);
		check_twin(doctor, twins[i].other, twins[i].one);
	}
	if (!doctor_pam_asks("sudo"))
		return;
	check_file(&sudoers, "/etc/sudoers");
	check_directory(&sudoers, "/etc/sudoers.d");
	if (sudoers.good)
		doctor_tell(doctor, FINDING_OK, "sudoers", NULL,
			    N_("sudo asks for a code whatever the command"));
}
