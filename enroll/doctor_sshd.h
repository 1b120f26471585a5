/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DOCTOR_SSHD_H
#define TWOKEY_DOCTOR_SSHD_H

#include <stdbool.h>

#include "doctor.h"

/*
 * doctor_sshd_wants_key(doctor):
 * Whether sshd, by 'AuthenticationMethods', lets nobody in without another method than asking PAM:
 * a public key, for one.
 */
bool doctor_sshd_wants_key(const struct doctor *doctor);

#endif
