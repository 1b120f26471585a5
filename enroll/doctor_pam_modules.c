/* SPDX-License-Identifier: BSD-2-Clause */
#include <glob.h>
#include <security/_pam_types.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "doctor_pam.h"
#include "text.h"

/* Where libpam may have been built to look for modules. */
static const char *const directories[] = {
	PAM_MODULE_DIR,        "/lib/security",   "/usr/lib/security",   "/lib64/security",
	"/usr/lib64/security", "/lib/*/security", "/usr/lib/*/security",
};

static bool find_by_path(const char *path, struct stat *status)
{
	glob_t found;
	bool is = false;

	if (glob(path, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc && !is; i++)
		is = stat(found.gl_pathv[i], status) == 0 && S_ISREG(status->st_mode);
	globfree(&found);
	return is;
}

static bool find_file(const char *module, struct stat *status)
{
	char path[PAM_LINE_MAX + 64];

	if (module[0] == '/')
		return stat(module, status) == 0;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directories[i], module);
		if (find_by_path(path, status))
			return true;
	}
	return false;
}

static void check_module(struct doctor_service *service, const struct pam_entry *entry)
{
	int action = entry->actions[PAM_MODULE_UNKNOWN];
	struct stat status;

	if (strchr(entry->module, '$') != NULL) /* $ISA, which libpam replaces */
		return;
	if (!find_file(entry->module, &status)) {
		if (action == PAM_DO_BAD || action == PAM_DO_DIE)
			doctor_service_tell(service, FINDING_PROBLEM, "pam-module", entry,
					    N_("nobody gets in: the module %s is not installed"),
					    entry->module);
	} else if (status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		doctor_service_tell(service, FINDING_PROBLEM, "pam-module", entry,
				    N_("others than root may write the module %s"), entry->module);
	}
}

static void check_stack(struct doctor_service *service, const struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct pam_entry *entry = &stack->entries[i];

		if (entry->module == NULL)
			continue;
		check_module(service, entry);
		if (pam_kind_of(entry) == PAM_KIND_PEER)
			doctor_service_tell(service, FINDING_WARNING, "pam-peers", entry,
					    N_("%s asks for a second key too: users are asked for "
					       "both"),
					    entry->module);
	}
}

void doctor_service_modules(struct doctor_service *service)
{
	check_stack(service, &service->auth);
	check_stack(service, &service->account);
}

/* Whether some module looks at whether the account has expired or is locked. */
static bool has_judge(const struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		if (stack->entries[i].module != NULL &&
		    pam_kind_of(&stack->entries[i]) == PAM_KIND_PASSWORD)
			return true;
	}
	return false;
}

/* libpam takes the phase of 'other' where a service has no line for it. */
static void check_other(struct doctor_service *service)
{
	struct pam_stack other;
	bool there = pam_stack_read(doctor_pam_directories, "other", PAM_PHASE_ACCOUNT, &other);

	if (!there || other.count == 0)
		doctor_service_tell(service, FINDING_PROBLEM, "pam-account", service->entry,
				    N_("nobody gets in: '%s' has no account line, nor has "
				       "'other'; add 'account required pam_unix.so'"),
				    service->name);
	else
		doctor_service_tell(service, FINDING_WARNING, "pam-account", service->entry,
				    N_("'%s' has no account line: the stack of 'other' judges "
				       "accounts; add 'account required pam_unix.so'"),
				    service->name);
	pam_stack_free(&other);
}

void doctor_service_account(struct doctor_service *service)
{
	if (service->account.count == 0)
		check_other(service);
	else if (!has_judge(&service->account))
		doctor_service_tell(service, FINDING_WARNING, "pam-account",
				    &service->account.entries[0],
				    N_("accounts that have expired get in: add 'account required "
				       "pam_unix.so'"));
}
