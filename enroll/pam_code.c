/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/_pam_types.h>
#include <stddef.h>

#include "pam_code.h"
#include "text.h"

struct code {
	const char *name;
	const char *text; /* NULL where the log alone can say more */
};

#define KEY_REFUSED N_("a key was wrong, or the stack lets nobody in like this")

static const struct code codes[] = {
	[PAM_SUCCESS] = {"PAM_SUCCESS", NULL},
	[PAM_OPEN_ERR] = {"PAM_OPEN_ERR", N_("a module of the stack can't be loaded")},
	[PAM_SYMBOL_ERR] = {"PAM_SYMBOL_ERR", N_("a module of the stack can't be loaded")},
	[PAM_SERVICE_ERR] = {"PAM_SERVICE_ERR", N_("an option of a module is wrong")},
	[PAM_SYSTEM_ERR] = {"PAM_SYSTEM_ERR", N_("a module failed")},
	[PAM_BUF_ERR] = {"PAM_BUF_ERR", N_("memory ran out")},
	[PAM_PERM_DENIED] = {"PAM_PERM_DENIED", N_("the stack says no to this user")},
	[PAM_AUTH_ERR] = {"PAM_AUTH_ERR", KEY_REFUSED},
	[PAM_CRED_INSUFFICIENT] = {"PAM_CRED_INSUFFICIENT",
				   N_("a module may not read what it needs")},
	[PAM_AUTHINFO_UNAVAIL] = {"PAM_AUTHINFO_UNAVAIL",
				  N_("what the keys are compared with can't be used")},
	[PAM_USER_UNKNOWN] = {"PAM_USER_UNKNOWN", N_("a module does not know the user")},
	[PAM_MAXTRIES] = {"PAM_MAXTRIES", N_("there were too many attempts")},
	[PAM_NEW_AUTHTOK_REQD] = {"PAM_NEW_AUTHTOK_REQD",
				  N_("a new password, or an enrolment, is asked for first")},
	[PAM_ACCT_EXPIRED] = {"PAM_ACCT_EXPIRED", N_("the account has expired")},
	[PAM_SESSION_ERR] = {"PAM_SESSION_ERR", NULL},
	[PAM_CRED_UNAVAIL] = {"PAM_CRED_UNAVAIL", NULL},
	[PAM_CRED_EXPIRED] = {"PAM_CRED_EXPIRED", NULL},
	[PAM_CRED_ERR] = {"PAM_CRED_ERR", NULL},
	[PAM_NO_MODULE_DATA] = {"PAM_NO_MODULE_DATA", NULL},
	[PAM_CONV_ERR] = {"PAM_CONV_ERR", N_("a prompt had no answer")},
	[PAM_AUTHTOK_ERR] = {"PAM_AUTHTOK_ERR", NULL},
	[PAM_AUTHTOK_RECOVERY_ERR] = {"PAM_AUTHTOK_RECOVERY_ERR", NULL},
	[PAM_AUTHTOK_LOCK_BUSY] = {"PAM_AUTHTOK_LOCK_BUSY", NULL},
	[PAM_AUTHTOK_DISABLE_AGING] = {"PAM_AUTHTOK_DISABLE_AGING", NULL},
	[PAM_TRY_AGAIN] = {"PAM_TRY_AGAIN", NULL},
	[PAM_IGNORE] = {"PAM_IGNORE", NULL},
	[PAM_ABORT] = {"PAM_ABORT", N_("a module broke off")},
	[PAM_AUTHTOK_EXPIRED] = {"PAM_AUTHTOK_EXPIRED", N_("the password has expired")},
	[PAM_MODULE_UNKNOWN] = {"PAM_MODULE_UNKNOWN",
				N_("a module of the stack is missing; 'twokey doctor' names it")},
	[PAM_BAD_ITEM] = {"PAM_BAD_ITEM", NULL},
	[PAM_CONV_AGAIN] = {"PAM_CONV_AGAIN", NULL},
	[PAM_INCOMPLETE] = {"PAM_INCOMPLETE", NULL},
};

#define CODE_COUNT ((int)(sizeof(codes) / sizeof(*codes)))

const char *pam_code_name(int code)
{
	return code >= 0 && code < CODE_COUNT ? codes[code].name : "PAM_?";
}

const char *pam_code_text(int code)
{
	if (code < 0 || code >= CODE_COUNT || codes[code].text == NULL)
		return N_("see the log lines above");
	return codes[code].text;
}
