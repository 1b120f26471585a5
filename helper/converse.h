/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CONVERSE_H
#define TWOKEY_CONVERSE_H

#include "reason.h"
#include "secret.h"

/*
 * converse_authenticate(user):
 * Verify the password of ${user}, the real user of this process, by the PAM service twokey, whose
 * prompts go to the session. Return REASON_NONE, or the refusal, or the error.
 */
enum reason converse_authenticate(const char *user);

/*
 * converse_answer(answer):
 * The session's next answer, which the caller wipes. Return REASON_NONE or REASON_NO_ANSWER.
 */
enum reason converse_answer(struct secret *answer);

#endif
