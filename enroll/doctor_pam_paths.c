/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "doctor_pam.h"
#include "doctor_sshd.h"
#include "login.h"
#include "text.h"

/* Whether the module leaves the password to others. */
static bool asks_code_alone(const struct policy *policy)
{
	return policy->ask == ASK_CODE || policy->forward_pass;
}

static struct pam_twokey twokey_of(const struct policy *policy)
{
	int64_t now;

	return (struct pam_twokey){
		.asks_password = !asks_code_alone(policy),
		.abstains = asks_code_alone(policy) && login_clock(&now) &&
			    policy_unenrolled(policy, now) != UNENROLLED_DENY,
	};
}

/* What all ways together say. */
struct summary {
	bool in_with_code;
	bool in_without_password;
	bool in_refused;
	bool in_abstained;
	bool in_with_nothing;
	const struct pam_entry *told_early; /* ends a login by a wrong password before the code */
};

/* A way in that does not lead by the module. What lets root in for being root is left alone. */
static void tell_bypass(struct doctor_service *service, const struct pam_entry *entry)
{
	switch (pam_kind_of(entry)) {
	case PAM_KIND_ROOT:
		return;
	case PAM_KIND_CHOICE:
		doctor_service_tell(service, FINDING_WARNING, "pam-bypass", entry,
				    N_("whom '%s %s' picks is asked for no code"), entry->control,
				    entry->module);
		return;
	case PAM_KIND_PEER:
		doctor_service_tell(service, FINDING_WARNING, "pam-bypass", entry,
				    N_("'%s %s' lets in with another second key alone"),
				    entry->control, entry->module);
		return;
	default:
		doctor_service_tell(
			service, FINDING_PROBLEM, "pam-bypass", entry,
			N_("'%s %s' leads past %s: write 'required' here, or move %s above it"),
			entry->control, entry->module, PAM_TWOKEY, PAM_TWOKEY);
		return;
	}
}

static void look_at_path(struct doctor_service *service, const struct pam_path *path,
			 struct summary *summary)
{
	const struct pam_entry *diverter =
		path->diverter > 0 ? &service->auth.entries[path->diverter - 1] : NULL;

	if (!path->let_in) {
		if (path->twokey == PAM_NOT_ASKED && path->password_refused && diverter != NULL)
			summary->told_early = diverter;
		return;
	}
	switch (path->twokey) {
	case PAM_NOT_ASKED:
		if (diverter != NULL)
			tell_bypass(service, diverter);
		break;
	case PAM_SAID_YES:
		summary->in_with_code = true;
		summary->in_without_password = summary->in_without_password || !path->password;
		break;
	case PAM_SAID_NO:
		summary->in_refused = true;
		break;
	case PAM_ABSTAINED:
		summary->in_abstained = true;
		summary->in_with_nothing = summary->in_with_nothing || !path->password;
		break;
	}
}

/* sshd may have asked for a public key before; whether it must have, its settings tell. */
static bool has_other_key(const struct doctor_service *service)
{
	return strcmp(service->name, "sshd") == 0 && doctor_sshd_wants_key(service->doctor);
}

static void tell_without_password(struct doctor_service *service, const struct summary *summary)
{
	if (summary->in_without_password && !has_other_key(service))
		doctor_service_tell(service, FINDING_PROBLEM, "pam-password", service->entry,
				    N_("the code alone lets in: no module verifies a password; "
				       "leave out 'ask=code'"));
	if (summary->in_with_nothing && !has_other_key(service))
		doctor_service_tell(service, FINDING_PROBLEM, "pam-password", service->entry,
				    N_("who is not enrolled gets in with no key at all"));
}

static void tell_summary(struct doctor_service *service, const struct summary *summary,
			 const struct pam_twokey *twokey)
{
	const struct pam_entry *entry = service->entry;

	if (!summary->in_with_code)
		doctor_service_tell(service, FINDING_PROBLEM, "pam-closed", entry,
				    N_("nobody can get in: with all keys right the stack still "
				       "says no"));
	if (summary->in_refused)
		doctor_service_tell(service, FINDING_PROBLEM, "pam-refusal", entry,
				    N_("who has no code gets in: with '%s' a refusal does not "
				       "count; write 'required'"),
				    entry->control);
	tell_without_password(service, summary);
	if (twokey->abstains && !summary->in_abstained)
		doctor_service_tell(service, FINDING_WARNING, "pam-unenrolled", entry,
				    N_("who is not enrolled is refused all the same: no other "
				       "module of the stack says yes"));
	if (summary->told_early != NULL && !twokey->asks_password)
		doctor_service_tell(service, FINDING_WARNING, "pam-order", summary->told_early,
				    N_("a wrong password is refused here, before the code is asked "
				       "for: whoever guesses learns which key was wrong; write "
				       "'required', or leave both keys to %s"),
				    PAM_TWOKEY);
}

void doctor_service_paths(struct doctor_service *service)
{
	const struct pam_twokey twokey = twokey_of(&service->policy);
	struct pam_paths *paths = calloc(1, sizeof(*paths));
	struct summary summary = {.in_with_code = false};

	if (paths == NULL || !pam_paths_find(&service->auth, &twokey, paths)) {
		doctor_service_tell(service, FINDING_WARNING, "pam-paths", service->entry,
				    N_("the stack has too many ways to follow them all"));
		free(paths);
		return;
	}
	for (size_t i = 0; i < paths->count; i++)
		look_at_path(service, &paths->ends[i], &summary);
	tell_summary(service, &summary, &twokey);
	free(paths);
}
