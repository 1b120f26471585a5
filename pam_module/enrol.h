/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ENROL_H
#define TWOKEY_ENROL_H

#include <security/pam_modules.h>
#include <stdbool.h>

/*
 * enrol_note_due(pamh):
 * Note that the auth phase has let a user in who has no record, as unenrolled=enroll says, and that
 * the later phases of ${pamh} are to enrol that user. Return false if memory ran out.
 */
bool enrol_note_due(pam_handle_t *pamh);

/* enrol_is_due(pamh): Whether that was noted, and was not done yet. */
bool enrol_is_due(pam_handle_t *pamh);

/*
 * enrol_user(pamh, argc, argv):
 * Enrol the user in the conversation: the QR code and the key, up to three tries at the first code,
 * the recovery codes; only then the record is written. A user who breaks off is as before. Log one
 * line, and return the PAM code of the password phase.
 */
int enrol_user(pam_handle_t *pamh, int argc, const char **argv);

#endif
