/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PLAN_TELL_H
#define TWOKEY_PLAN_TELL_H

#include <stdbool.h>

#include "enrolment.h"
#include "judge.h"
#include "plan.h"

/*
 * plan_refuse(plan, standing):
 * Say what about the user's record stands against the plan. Return an enum status.
 */
int plan_refuse(const struct plan *plan, enum enrolment_standing standing);

/*
 * plan_tell_wrong_code(near_miss):
 * Say what is wrong with the first code. Return whether one more may be asked for: a person
 * mistypes, a script does not try again.
 */
bool plan_tell_wrong_code(const struct near_miss *near_miss);

/* plan_tell_result(plan): Print what was enrolled. Return an enum status. */
int plan_tell_result(const struct plan *plan);

#endif
