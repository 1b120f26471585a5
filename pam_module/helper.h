/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HELPER_H
#define TWOKEY_HELPER_H

#include <stdbool.h>

#include "attempt.h"
#include "reason.h"

/*
 * helper_look(attempt, enrolled, digits):
 * What store_peek tells, asked of twokey-helper. Where it has no answer the user counts as
 * enrolled, with codes of the usual length: the error comes with the attempt.
 */
void helper_look(const struct attempt *attempt, bool *enrolled, unsigned *digits);

/*
 * helper_decide(attempt):
 * Let twokey-helper verify what was typed and decide, as login_decide would. attempt->logged says
 * whether it has written the log line; without its decision the reason is an error.
 */
enum reason helper_decide(struct attempt *attempt);

#endif
