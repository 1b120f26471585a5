/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TRY_PAM_H
#define TWOKEY_TRY_PAM_H

#include <stdbool.h>

#include <security/pam_appl.h>

/* What 'twokey try' calls of libpam, each as its header declares it. */
struct try_pam {
	__typeof__(pam_start) *start;
	__typeof__(pam_set_item) *set_item;
	__typeof__(pam_authenticate) *authenticate;
	__typeof__(pam_acct_mgmt) *acct_mgmt;
	__typeof__(pam_end) *end;
};

/*
 * try_pam_load(pam):
 * Load libpam, for the modules of the stack to find, too. Return false, after a message, if that
 * can't be done.
 */
bool try_pam_load(struct try_pam *pam);

#endif
