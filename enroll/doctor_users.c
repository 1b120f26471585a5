/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "doctor.h"
#include "text.h"

void doctor_check_users(struct doctor *doctor)
{
	struct doctor_users missing = {.count = 0};
	enum reason reason;

	if (geteuid() != 0 || doctor->services == 0 || !doctor->names_known)
		return;
	reason = accounts_read(&doctor->accounts);
	if (reason != REASON_NONE) {
		doctor_tell_users(doctor, "users", reason);
		return;
	}
	for (size_t i = 0; i < doctor->accounts.count; i++) {
		if (!names_have(&doctor->names, doctor->accounts.sorted[i].user))
			doctor_users_add(&missing, doctor->accounts.sorted[i].user);
	}
	if (missing.count > 0)
		doctor_tell(doctor, FINDING_WARNING, "users", "twokey list --unenrolled",
			    N_("can log in, and are not enrolled: %s (accounts: %zu)"),
			    missing.text, missing.count);
	else
		doctor_tell(doctor, FINDING_OK, "users", NULL,
			    N_("all accounts that can log in are enrolled (%zu)"),
			    doctor->accounts.count);
	if (doctor->accounts.empty_passwords > 0)
		doctor_tell(
			doctor, FINDING_WARNING, "empty-passwords", "passwd --lock USER",
			N_("accounts with an empty password, which other modules may accept: %zu"),
			doctor->accounts.empty_passwords);
}
