/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SELF_ENROLL_H
#define TWOKEY_SELF_ENROLL_H

#include "plan.h"

/*
 * self_enroll(plan):
 * Enrol the user of this process, who may not open the store, by twokey-helper; ${plan} is wiped.
 * Return an enum status.
 */
int self_enroll(struct plan *plan);

#endif
