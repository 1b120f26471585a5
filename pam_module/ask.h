/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ASK_H
#define TWOKEY_ASK_H

#include "attempt.h"
#include "reason.h"

/*
 * ask_user(attempt):
 * Ask for what the policy's option ask says, by the application's conversation, into
 * attempt->password and code; the password is handed on in PAM_AUTHTOK. Return REASON_NONE;
 * REASON_UNENROLLED_ALLOWED or REASON_ENROLMENT_DUE if there is nothing to ask for; or why there is
 * no answer.
 */
enum reason ask_user(struct attempt *attempt);

#endif
