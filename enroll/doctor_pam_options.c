/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "doctor_pam.h"
#include "login.h"
#include "text.h"

static void tell_mistake(struct doctor_service *service, const struct pam_entry *entry,
			 const struct policy *policy, const struct policy_error *error)
{
	const char *conf = policy->conf[0] != '\0' ? policy->conf : POLICY_DEFAULT_CONF;
	const char *problem = doctor_text(service->doctor, error->problem);

	if (error->source == POLICY_FROM_CONF)
		doctor_service_tell(service, FINDING_PROBLEM, "pam-options", entry,
				    N_("nobody gets in: %s:%u: '%s': %s"), conf, error->line,
				    error->option, problem);
	else
		doctor_service_tell(service, FINDING_PROBLEM, "pam-options", entry,
				    N_("nobody gets in: option '%s': %s"), error->option, problem);
}

static void check_store(struct doctor_service *service)
{
	struct doctor *doctor = service->doctor;

	if (strcmp(service->policy.store, doctor->store_path) != 0) {
		char mend[FINDING_SIZE];

		(void)snprintf(mend, sizeof(mend), "twokey doctor --store %s",
			       service->policy.store);
		doctor_tell(doctor, FINDING_WARNING, "pam-store", mend,
			    N_("the service '%s' has its users in %s; what is said here of users "
			       "is of %s"),
			    service->name, service->policy.store, doctor->store_path);
		service->good = false;
	} else if (!doctor->store_open && geteuid() == 0) {
		doctor_tell(doctor, FINDING_PROBLEM, "pam-store", "twokey enroll USER",
			    N_("the service '%s' lets nobody in: its store can't be used"),
			    service->name);
		service->good = false;
	}
}

/* Who is let in to be enrolled is enrolled by the module's lines in two more phases. */
static bool has_line(const struct doctor_service *service, enum pam_phase phase)
{
	struct pam_stack stack;
	bool has = pam_stack_read(doctor_pam_directories, service->name, phase, &stack) &&
		   doctor_pam_module(&stack) != NULL;

	pam_stack_free(&stack);
	return has;
}

static void check_enrolment(struct doctor_service *service)
{
	if (!has_line(service, PAM_PHASE_ACCOUNT) || !has_line(service, PAM_PHASE_PASSWORD))
		doctor_service_tell(service, FINDING_PROBLEM, "pam-unenrolled", service->entry,
				    N_("'unenrolled=enroll' without a line of %s in the phases "
				       "'account' and 'password': who is not enrolled gets in "
				       "without a code, and stays so"),
				    PAM_TWOKEY);
}

static void check_unenrolled(struct doctor_service *service)
{
	int64_t now;

	if (!login_clock(&now))
		return;
	switch (policy_unenrolled(&service->policy, now)) {
	case UNENROLLED_DENY:
		return;
	case UNENROLLED_ENROL:
		check_enrolment(service);
		return;
	case UNENROLLED_ALLOW:
		break;
	}
	if (service->policy.unenrolled_until == INT64_MAX)
		doctor_service_tell(service, FINDING_WARNING, "pam-unenrolled", service->entry,
				    N_("'unenrolled=allow' or 'nullok': who is not enrolled needs "
				       "no code; 'allow-until:DATE' ends by itself"));
	else
		doctor_service_tell(
			service, FINDING_WARNING, "pam-unenrolled", service->entry,
			N_("'unenrolled=allow-until' is not over (days left: %lld): who "
			   "is not enrolled needs no code"),
			(long long)(service->policy.unenrolled_until - now) / 86400 + 1);
}

bool doctor_service_options(struct doctor_service *service)
{
	bool good = true;

	for (size_t i = 0; i < service->auth.count; i++) {
		const struct pam_entry *entry = &service->auth.entries[i];
		struct policy_error error;
		struct policy policy;

		if (pam_kind_of(entry) != PAM_KIND_TWOKEY)
			continue;
		if (!conf_policy(&policy, NULL, entry->argument_count, entry->arguments, &error)) {
			tell_mistake(service, entry, &policy, &error);
			good = false;
		}
		if (entry == service->entry)
			service->policy = policy;
	}
	if (good) {
		check_store(service);
		check_unenrolled(service);
	}
	return good;
}
