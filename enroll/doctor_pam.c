/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "doctor_pam.h"
#include "memory_text.h"
#include "text.h"

const char *const doctor_pam_directories[] = {"/etc/pam.d", "/usr/lib/pam.d", NULL};

static bool was_seen(struct doctor_seen *seen, const char *text)
{
	uint64_t sum = checksum(text, strlen(text));

	for (size_t i = 0; i < seen->count; i++) {
		if (seen->checksums[i] == sum)
			return true;
	}
	if (seen->count < DOCTOR_SEEN_MOST)
		seen->checksums[seen->count++] = sum;
	return false;
}

void doctor_service_tell(struct doctor_service *service, enum finding finding, const char *check,
			 const struct pam_entry *entry, const char *format, ...)
{
	char text[FINDING_SIZE / 2], whole[FINDING_SIZE], mend[FINDING_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), service->doctor->json ? format : _(format), arguments);
	va_end(arguments);
	service->good = service->good && finding == FINDING_OK;
	(void)snprintf(whole, sizeof(whole), "%s:%u: %s", entry->file, entry->line, text);
	if (was_seen(service->seen, whole))
		return;
	(void)snprintf(mend, sizeof(mend), "${EDITOR:-vi} +%u %s", entry->line, entry->file);
	doctor_tell(service->doctor, finding, check, mend, "%s", whole);
}

const struct pam_entry *doctor_pam_module(const struct pam_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		if (pam_kind_of(&stack->entries[i]) == PAM_KIND_TWOKEY)
			return &stack->entries[i];
	}
	return NULL;
}

bool doctor_pam_asks(const char *service)
{
	struct pam_stack stack;
	bool asks = pam_stack_read(doctor_pam_directories, service, PAM_PHASE_AUTH, &stack) &&
		    doctor_pam_module(&stack) != NULL;

	pam_stack_free(&stack);
	return asks;
}

bool doctor_pam_has(const char *service)
{
	struct pam_stack stack;
	bool has = pam_stack_read(doctor_pam_directories, service, PAM_PHASE_AUTH, &stack);

	pam_stack_free(&stack);
	return has;
}

static void check_mistakes(struct doctor_service *service, const struct pam_stack *stack)
{
	struct pam_entry place = {.line = stack->line};

	if (stack->problem == NULL)
		return;
	memcpy(place.file, stack->file, sizeof(place.file));
	doctor_service_tell(service, FINDING_PROBLEM, "pam-file", &place, "%s",
			    doctor_text(service->doctor, stack->problem));
}

static void tell_good(const struct doctor_service *service)
{
	static const char *const asks[] = {
		[ASK_PASSWORD_CODE] = N_("password and code"),
		[ASK_CODE] = N_("a code"),
		[ASK_COMBINED] = N_("password and code in one"),
	};

	if (service->good)
		doctor_tell(service->doctor, FINDING_OK, "pam", NULL,
			    N_("the service '%s' asks for %s, and nothing leads past it"),
			    service->name, doctor_text(service->doctor, asks[service->policy.ask]));
}

static void check_asking(struct doctor_service *service)
{
	struct doctor *doctor = service->doctor;
	bool sshd = strcmp(service->name, "sshd") == 0;

	doctor->services++;
	check_mistakes(service, &service->auth);
	check_mistakes(service, &service->account);
	doctor->sshd_asks = doctor->sshd_asks || sshd;
	if (!doctor_service_options(service))
		return;
	if (sshd)
		doctor->sshd_combined = service->policy.ask == ASK_COMBINED;
	doctor_service_paths(service);
	doctor_service_account(service);
	doctor_service_modules(service);
	tell_good(service);
}

/*
 * But for enrolment at a login a line in another phase does nothing, and whoever wrote it believes
 * that it does.
 */
static void check_other_phase(struct doctor_service *service, enum pam_phase phase)
{
	struct pam_stack stack;
	const struct pam_entry *entry = NULL;

	if (pam_stack_read(doctor_pam_directories, service->name, phase, &stack))
		entry = doctor_pam_module(&stack);
	if (entry != NULL &&
	    (service->entry == NULL || service->policy.unenrolled != UNENROLLED_ENROL))
		doctor_service_tell(service, FINDING_WARNING, "pam-phase", entry,
				    N_("%s has no say in the phase '%s': nobody is asked for a "
				       "code by this line"),
				    PAM_TWOKEY, pam_phase_name(phase));
	pam_stack_free(&stack);
}

static void check_service(struct doctor *doctor, struct doctor_seen *seen, const char *name)
{
	struct doctor_service service = {
		.doctor = doctor, .seen = seen, .name = name, .good = true};

	if (pam_stack_read(doctor_pam_directories, name, PAM_PHASE_AUTH, &service.auth)) {
		(void)pam_stack_read(doctor_pam_directories, name, PAM_PHASE_ACCOUNT,
				     &service.account);
		service.entry = doctor_pam_module(&service.auth);
		if (service.entry != NULL)
			check_asking(&service);
		check_other_phase(&service, PAM_PHASE_ACCOUNT);
		check_other_phase(&service, PAM_PHASE_PASSWORD);
		pam_stack_free(&service.account);
	} else if (service.auth.error != 0) {
		doctor->services_known = false;
		doctor_tell(doctor, FINDING_PROBLEM, "pam-file", NULL,
			    N_("the service '%s' can't be read: %s"), name,
			    strerror(service.auth.error));
	}
	pam_stack_free(&service.auth);
}

/* Names of files, each with its NUL. */
struct files {
	FILE *stream;
	char *text;
	size_t size;
};

static bool files_have(const struct files *files, const char *name)
{
	for (const char *at = files->text; at < files->text + files->size; at += strlen(at) + 1) {
		const char *slash = strrchr(at, '/');

		if (strcmp(slash != NULL ? slash + 1 : at, name) == 0)
			return true;
	}
	return false;
}

static void add_included(const char *name, struct files *included)
{
	for (unsigned phase = 0; phase < PAM_PHASES; phase++) {
		struct pam_stack stack;

		if (pam_stack_read(doctor_pam_directories, name, (enum pam_phase)phase, &stack))
			(void)fwrite(stack.included, stack.included_size, 1, included->stream);
		pam_stack_free(&stack);
	}
}

/* What dpkg and editors leave beside a file is no service. */
static int is_service(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[0] != '.' && strchr(name, '~') == NULL && strstr(name, ".dpkg-") == NULL;
}

/* Return false if memory ran out. */
static bool read_included(struct dirent **entries, int count, struct files *included)
{
	included->stream = open_memstream(&included->text, &included->size);
	if (included->stream == NULL)
		return false;
	for (int i = 0; i < count; i++)
		add_included(entries[i]->d_name, included);
	return memory_text_close(included->stream, &included->text);
}

static void check_services(struct doctor *doctor, struct dirent **entries, int count)
{
	struct files included = {.text = NULL};
	struct doctor_seen *seen = calloc(1, sizeof(*seen));

	if (seen == NULL || !read_included(entries, count, &included)) {
		doctor->services_known = false;
		doctor_tell(doctor, FINDING_PROBLEM, "pam", NULL, N_("memory ran out"));
	}
	for (int i = 0; seen != NULL && included.text != NULL && i < count; i++) {
		if (!files_have(&included, entries[i]->d_name))
			check_service(doctor, seen, entries[i]->d_name);
	}
	free(included.text);
	free(seen);
}

static void tell_unlisted(struct doctor *doctor, const char *directory, int error)
{
	char mend[FINDING_SIZE];

	if (error == ENOENT)
		return;
	doctor->services_known = false;
	(void)snprintf(mend, sizeof(mend), "ls -l %s", directory);
	doctor_tell(doctor, FINDING_PROBLEM, "pam", mend, N_("%s can't be looked at: %s"),
		    directory, strerror(error));
}

static void check_directory(struct doctor *doctor, const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_service, alphasort);

	if (count < 0) {
		tell_unlisted(doctor, directory, errno);
		return;
	}
	check_services(doctor, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

void doctor_check_pam(struct doctor *doctor)
{
	doctor->services_known = true;
	for (size_t i = 0; doctor_pam_directories[i] != NULL; i++)
		check_directory(doctor, doctor_pam_directories[i]);
	if (doctor->services == 0 && doctor->services_known)
		doctor_tell(doctor, FINDING_WARNING, "pam", "man pam_twokey",
			    N_("no service in /etc/pam.d asks for a code yet"));
}
