/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_NOTICE_H
#define TWOKEY_NOTICE_H

#include <security/pam_modules.h>

#include "policy.h"

/*
 * notice_tell(pamh, policy):
 * Tell the user, once after each login with a code, what the record and the state have to say: few
 * recovery codes are left, wrong codes were tried before, the device's clock differs. Nothing where
 * there is nothing to say, or where the store can't be read: a session is nobody's to refuse here.
 */
void notice_tell(pam_handle_t *pamh, const struct policy *policy);

#endif
