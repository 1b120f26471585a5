/* SPDX-License-Identifier: BSD-2-Clause */
#include <glob.h>
#include <stdio.h>
#include <string.h>

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

static bool check_sudoers(struct doctor *doctor, const char *path)
{
	FILE *stream = fopen(path, "re");
	char line[4096];
	unsigned number = 0;
	bool found = false;

	while (stream != NULL && fgets(line, sizeof(line), stream) != NULL) {
		char mend[FINDING_SIZE];

		number++;
		if (!asks_nobody(line))
			continue;
		found = true;
		(void)snprintf(mend, sizeof(mend), "visudo -f %s", path);
		doctor_tell(doctor, FINDING_WARNING, "sudoers", mend,
			    N_("%s:%u: with NOPASSWD or !authenticate sudo asks neither for a "
			       "password nor for a code"),
			    path, number);
	}
	if (stream != NULL)
		(void)fclose(stream);
	return found;
}

void doctor_check_sudo(struct doctor *doctor)
{
	glob_t files;
	bool found;

	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++) {
		check_twin(doctor, twins[i].one, twins[i].other);
		check_twin(doctor, twins[i].other, twins[i].one);
	}
	if (!doctor_pam_asks("sudo"))
		return;
	found = check_sudoers(doctor, "/etc/sudoers");
	if (glob("/etc/sudoers.d/[!.]*", 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			found = check_sudoers(doctor, files.gl_pathv[i]) || found;
		globfree(&files);
	}
	if (!found)
		doctor_tell(doctor, FINDING_OK, "sudoers", NULL,
			    N_("sudo asks for a code whatever the command"));
}
