/* SPDX-License-Identifier: BSD-2-Clause */
#include "pam_paths.h"

static const struct {
	const char *module;
	enum pam_kind kind;
} kinds[] = {
	{PAM_TWOKEY, PAM_KIND_TWOKEY},
	{"pam_duo.so", PAM_KIND_PEER},
	{"pam_google_authenticator.so", PAM_KIND_PEER},
	{"pam_oath.so", PAM_KIND_PEER},
	{"pam_otpw.so", PAM_KIND_PEER},
	{"pam_u2f.so", PAM_KIND_PEER},
	{"pam_yubico.so", PAM_KIND_PEER},
	{"pam_privacyidea.so", PAM_KIND_PEER},
	{"pam_access.so", PAM_KIND_CHOICE},
	{"pam_faillock.so", PAM_KIND_CHOICE},
	{"pam_group.so", PAM_KIND_OTHER},
	{"pam_listfile.so", PAM_KIND_CHOICE},
	{"pam_localuser.so", PAM_KIND_CHOICE},
	{"pam_nologin.so", PAM_KIND_CHOICE},
	{"pam_securetty.so", PAM_KIND_CHOICE},
	{"pam_shells.so", PAM_KIND_CHOICE},
	{"pam_succeed_if.so", PAM_KIND_CHOICE},
	{"pam_time.so", PAM_KIND_CHOICE},
	{"pam_timestamp.so", PAM_KIND_CHOICE},
	{"pam_usertype.so", PAM_KIND_CHOICE},
	{"pam_wheel.so", PAM_KIND_CHOICE},
	{"pam_rootok.so", PAM_KIND_ROOT},
	{"pam_permit.so", PAM_KIND_PERMIT},
	{"pam_deny.so", PAM_KIND_DENY},
	{"pam_cap.so", PAM_KIND_OTHER},
	{"pam_echo.so", PAM_KIND_OTHER},
	{"pam_env.so", PAM_KIND_OTHER},
	{"pam_faildelay.so", PAM_KIND_OTHER},
	{"pam_issue.so", PAM_KIND_OTHER},
	{"pam_keyinit.so", PAM_KIND_OTHER},
	{"pam_loginuid.so", PAM_KIND_OTHER},
	{"pam_motd.so", PAM_KIND_OTHER},
	{"pam_selinux.so", PAM_KIND_OTHER},
	{"pam_warn.so", PAM_KIND_OTHER},
	{"pam_ecryptfs.so", PAM_KIND_OTHER},
	{"pam_gnome_keyring.so", PAM_KIND_OTHER},
	{"pam_kwallet5.so", PAM_KIND_OTHER},
	{"pam_mount.so", PAM_KIND_OTHER},
};

enum pam_kind pam_kind_of(const struct pam_entry *entry)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (pam_module_is(entry, kinds[i].module))
			return kinds[i].kind;
	}
	return PAM_KIND_PASSWORD;
}
