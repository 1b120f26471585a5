/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "doctor_sshd.h"
#include "text.h"

#define EDIT   "${EDITOR:-vi} /etc/ssh/sshd_config && sshd -t && systemctl reload ssh"
#define CONFIG "/etc/ssh/sshd_config"

static bool is(const char *value, const char *wanted)
{
	return strcmp(value, wanted) == 0;
}

/* Whether ${list}, of methods with commas between them, has ${method}, with or without a device. */
static bool has_method(const char *list, size_t length, const char *method)
{
	size_t wanted = strlen(method);

	while (length > 0) {
		size_t one = 0;

		while (one < length && list[one] != ',')
			one++;
		if (one >= wanted && strncmp(list, method, wanted) == 0 &&
		    (one == wanted || list[wanted] == ':'))
			return true;
		one += one < length;
		list += one;
		length -= one;
	}
	return false;
}

/* The first of the lists in AuthenticationMethods that asks PAM for nothing; NULL if none does. */
static const char *list_without_code(const struct doctor *doctor, size_t *length)
{
	const char *list = doctor->sshd.methods;

	while (*list != '\0') {
		*length = strcspn(list, " ");
		if (!has_method(list, *length, "keyboard-interactive") &&
		    !(doctor->sshd_combined && has_method(list, *length, "password")))
			return list;
		list += *length;
		list += strspn(list, " ");
	}
	return NULL;
}

bool doctor_sshd_wants_key(const struct doctor *doctor)
{
	static const char *const keys[] = {"publickey", "gssapi-with-mic", "hostbased"};
	const char *list = doctor->sshd.methods;

	if (!doctor->sshd.known || *list == '\0' || is(list, "any"))
		return false;
	while (*list != '\0') {
		size_t length = strcspn(list, " ");
		bool wants = false;

		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			wants = wants || has_method(list, length, keys[i]);
		if (!wants)
			return false;
		list += length;
		list += strspn(list, " ");
	}
	return true;
}

static void check_methods(struct doctor *doctor)
{
	const struct sshd_settings *sshd = &doctor->sshd;
	bool any = sshd->methods[0] == '\0' || is(sshd->methods, "any");
	const struct {
		const char *value;
		const char *name;
	} others[] = {
		{sshd->public_key, "PubkeyAuthentication"},
		{sshd->gssapi, "GSSAPIAuthentication"},
		{sshd->host_based, "HostbasedAuthentication"},
	};
	bool good = true;
	size_t length;
	const char *list = any ? NULL : list_without_code(doctor, &length);

	for (size_t i = 0; any && i < sizeof(others) / sizeof(*others); i++) {
		if (!is(others[i].value, "yes"))
			continue;
		good = false;
		doctor_tell(doctor, FINDING_WARNING, "sshd-methods", EDIT,
			    N_("'%s yes' lets in without a password or a code: say 'no', or set "
			       "'AuthenticationMethods' with keyboard-interactive in each list"),
			    others[i].name);
	}
	if (list != NULL)
		doctor_tell(doctor, FINDING_PROBLEM, "sshd-methods", EDIT,
			    N_("'AuthenticationMethods' lets in by '%.*s' without a code: put "
			       "',keyboard-interactive' behind it"),
			    (int)length, list);
	else if (good)
		doctor_tell(doctor, FINDING_OK, "sshd-methods", NULL,
			    N_("sshd lets nobody in without asking PAM"));
}

/* By the method 'password' sshd answers every prompt with the one text that it was given. */
static void check_password(struct doctor *doctor)
{
	if (is(doctor->sshd.password, "yes") && !doctor->sshd_combined)
		doctor_tell(doctor, FINDING_PROBLEM, "sshd-password", EDIT,
			    N_("'PasswordAuthentication yes': clients that use it give the "
			       "password for the code too, and each time counts as a wrong code; "
			       "say 'no', keyboard-interactive asks for both"));
	if (is(doctor->sshd.empty_passwords, "yes"))
		doctor_tell(doctor, FINDING_WARNING, "sshd-password", EDIT,
			    N_("'PermitEmptyPasswords yes' is of no use here, and a danger "
			       "elsewhere"));
}

static void check_root_login(struct doctor *doctor)
{
	const char *value = doctor->sshd.permit_root;
	bool enrolled;

	if (!doctor->names_known)
		return;
	enrolled = names_have(&doctor->names, "root");
	if (enrolled && (is(value, "no") || is(value, "forced-commands-only") ||
			 is(value, "without-password") || is(value, "prohibit-password")))
		doctor_tell(doctor, FINDING_WARNING, "sshd-root", NULL,
			    N_("root is enrolled, but 'PermitRootLogin %s' keeps root's password "
			       "and code out"),
			    value);
	else if (is(value, "yes") && !enrolled)
		doctor_tell(doctor, FINDING_WARNING, "sshd-root", "twokey enroll root",
			    N_("'PermitRootLogin yes', and root is not enrolled"));
	else
		doctor_tell(doctor, FINDING_OK, "sshd-root", NULL, "PermitRootLogin %s", value);
}

static void check_pam(struct doctor *doctor)
{
	if (!is(doctor->sshd.use_pam, "yes"))
		doctor_tell(doctor, FINDING_PROBLEM, "sshd-pam", EDIT,
			    N_("'UsePAM no': sshd asks nobody for a code; say 'yes'"));
	else if (!is(doctor->sshd.keyboard_interactive, "yes") && !doctor->sshd_combined)
		doctor_tell(doctor, FINDING_PROBLEM, "sshd-pam", EDIT,
			    N_("'KbdInteractiveAuthentication no': sshd can't ask for a code; say "
			       "'yes'"));
	else
		doctor_tell(doctor, FINDING_OK, "sshd-pam", NULL,
			    N_("sshd asks PAM, and can ask for a code"));
}

/* Settings that only hold for some users or hosts are not among those that sshd -T told. */
static void check_match(struct doctor *doctor)
{
	FILE *stream = fopen(CONFIG, "re");
	char line[1024];
	bool has = false;

	while (stream != NULL && fgets(line, sizeof(line), stream) != NULL)
		has = has || strncasecmp(line + strspn(line, " \t"), "match ", 6) == 0;
	if (stream != NULL)
		(void)fclose(stream);
	if (has)
		doctor_tell(doctor, FINDING_WARNING, "sshd-match",
			    "sshd -T -C user=USER,host=HOST,addr=ADDRESS",
			    N_("%s has 'Match' blocks, which were not looked at"), CONFIG);
}

void doctor_check_sshd(struct doctor *doctor)
{
	if (!doctor->sshd.known || !doctor->sshd_asks)
		return;
	check_pam(doctor);
	check_methods(doctor);
	check_password(doctor);
	check_root_login(doctor);
	check_match(doctor);
}
