/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "library.h"
#include "message.h"
#include "try_pam.h"

bool try_pam_load(struct try_pam *pam)
{
	const struct library_symbol symbols[] = {
		{"pam_start", &pam->start},
		{"pam_set_item", &pam->set_item},
		{"pam_authenticate", &pam->authenticate},
		{"pam_acct_mgmt", &pam->acct_mgmt},
		{"pam_end", &pam->end},
	};

	if (library_load(PAM_SONAME, symbols, sizeof(symbols) / sizeof(*symbols)))
		return true;
	complain("%s: %s", PAM_SONAME, strerror(errno));
	return false;
}
