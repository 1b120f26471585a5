/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ALICE_H
#define TWOKEY_ALICE_H

#include <stdint.h>

#include "host.h"

#define ALICE_NOW INT64_C(1764000000)

/*
 * alice_enrol(state):
 * A cmocka setup: alice anew, with a phone and the recovery codes ACDE-FHJK-MNPQ and
 * 2346-7823-4678, at an hour of her own, so that no code of one test is known to another.
 */
int alice_enrol(void **state);

/* alice_code(steps): Her phone's code so many steps from now; overwritten by the next call. */
const char *alice_code(int steps);

/*
 * alice_try(service, user, first, second, code, prompts, log):
 * One login with up to two answers. It must end with ${code}, one log line that has ${log}, and
 * these prompts, or the test fails.
 */
struct host_login alice_try(const char *service, const char *user, const char *first,
			    const char *second, int code, const char *prompts, const char *log);

#endif
