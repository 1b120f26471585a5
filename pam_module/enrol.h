/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ENROL_H
#define TWOKEY_ENROL_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "reason.h"

/*
 * enrol_note(pamh, user, reason):
 * Note how an attempt of ${user} ended, for the later phases of ${pamh}. After
 * REASON_ENROLMENT_DUE they are to enrol that user, and nobody else. An attempt that fails after
 * such a one takes that back: nobody is enrolled, and nobody goes further. Another user who gets in
 * begins anew. ${user} is NULL if PAM has none. Return false if memory ran out.
 */
bool enrol_note(pam_handle_t *pamh, const char *user, enum reason reason);

/* enrol_is_due(pamh): Whether an enrolment was noted as due, and was not made yet. */
bool enrol_is_due(pam_handle_t *pamh);

/*
 * enrol_user(pamh, argc, argv):
 * Enrol the user in the conversation: the QR code and the key, up to three tries at the first code,
 * the recovery codes; only then the record is written. A user who breaks off is as before. Log one
 * line, and return the PAM code of the password phase.
 */
int enrol_user(pam_handle_t *pamh, int argc, const char **argv);

#endif
