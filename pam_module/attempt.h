/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ATTEMPT_H
#define TWOKEY_ATTEMPT_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "login.h"
#include "policy.h"
#include "secret.h"
#include "store.h"

/* Who works on the store: this process, or twokey-helper where this user may not open it. */
enum route { ROUTE_STORE, ROUTE_HELPER };

/* Whether the attempt's one log line is written already, by the helper. */
enum logged { LOGGED_NOT_YET, LOGGED_BY_HELPER };

/* One attempt from its prompts to its log line. */
struct attempt {
	pam_handle_t *pamh;
	struct policy policy;
	enum route route;
	struct store store;
	const char *user; /* libpam's */
	struct secret password;
	struct secret code;
	bool maybe_imported; /* as in struct credentials */
	enum password password_verdict;
	struct login login;
	enum logged logged;
};

#endif
