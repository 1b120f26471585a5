/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "program.h"
#include "text.h"

static const char *const paths[] = {"/usr/sbin/sshd", "/usr/local/sbin/sshd"};

/* One line of sshd -T: "keyword value". */
static void take_line(struct sshd_settings *sshd, const char *line)
{
	const struct {
		const char *keyword;
		char *value;
		size_t size;
	} settings[] = {
		{"usepam", sshd->use_pam, sizeof(sshd->use_pam)},
		{"kbdinteractiveauthentication", sshd->keyboard_interactive,
		 sizeof(sshd->keyboard_interactive)},
		{"challengeresponseauthentication", sshd->keyboard_interactive, /* before 8.7 */
		 sizeof(sshd->keyboard_interactive)},
		{"passwordauthentication", sshd->password, sizeof(sshd->password)},
		{"pubkeyauthentication", sshd->public_key, sizeof(sshd->public_key)},
		{"hostbasedauthentication", sshd->host_based, sizeof(sshd->host_based)},
		{"gssapiauthentication", sshd->gssapi, sizeof(sshd->gssapi)},
		{"permitemptypasswords", sshd->empty_passwords, sizeof(sshd->empty_passwords)},
		{"permitrootlogin", sshd->permit_root, sizeof(sshd->permit_root)},
		{"authenticationmethods", sshd->methods, sizeof(sshd->methods)},
	};
	size_t length = strcspn(line, " ");

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (line[length] == ' ' && strlen(settings[i].keyword) == length &&
		    strncmp(line, settings[i].keyword, length) == 0)
			(void)snprintf(settings[i].value, settings[i].size, "%s",
				       line + length + 1);
	}
}

static void take_settings(struct sshd_settings *sshd, char *text)
{
	char *rest = text;
	const char *line;

	while ((line = strtok_r(rest, "\n", &rest)) != NULL)
		take_line(sshd, line);
	sshd->known = sshd->use_pam[0] != '\0';
}

/* sshd's own words for what is wrong: the last line that it printed. */
static const char *last_line(char *text)
{
	size_t length = strlen(text);
	char *newline;

	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		text[--length] = '\0';
	newline = strrchr(text, '\n');
	return newline != NULL ? newline + 1 : text;
}

void doctor_read_sshd(struct doctor *doctor)
{
	char test[] = "-T";
	char path[64];
	char *const argv[] = {path, test, NULL};
	char *text = malloc(PROGRAM_OUTPUT_MAX + 1);
	size_t i = 0;

	while (i < sizeof(paths) / sizeof(*paths) && access(paths[i], X_OK) != 0)
		i++;
	if (text == NULL || i == sizeof(paths) / sizeof(*paths) || geteuid() != 0) {
		free(text);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s", paths[i]);
	if (program_output(argv, text) == 0)
		take_settings(&doctor->sshd, text);
	if (!doctor->sshd.known)
		doctor_tell(doctor, FINDING_WARNING, "sshd", "sshd -T",
			    N_("what sshd is set to can't be read: %s"), last_line(text));
	free(text);
}
