/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_ANSWER_H
#define TWOKEY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* HOTP values have at least six digits (RFC 4226 section 4, R4); liboath makes at most eight. */
#define OTP_DIGITS_MIN 6
#define OTP_DIGITS_MAX 8

/*
 * A recovery code: 12 of 25 letters and digits, 55.7 bits, shown as XXXX-XXXX-XXXX. Of characters
 * that look alike on paper none (0 O, 1 I L, 5 S) or one (2 Z, 6 G, 8 B, V U) is in the alphabet.
 */
#define RECOVERY_ALPHABET "2346789ACDEFHJKMNPQRTVWXY"
#define RECOVERY_LENGTH   12
#define RECOVERY_GROUP    4
#define RECOVERY_SHOWN    (RECOVERY_LENGTH + RECOVERY_LENGTH / RECOVERY_GROUP - 1)

/*
 * The recovery codes of pam_google_authenticator are eight digits, 26.6 bits. Where they were
 * imported they are told from one-time codes by what the record has; like those, and unlike our
 * own, they can be guessed, so that a lock holds for them too.
 */
#define RECOVERY_IMPORTED_LENGTH 8

/* What the typed text can be, told by its form alone. */
enum answer_form { ANSWER_MALFORMED, ANSWER_OTP, ANSWER_RECOVERY };

/* A typed code, stripped of what people add to it. Whoever fills one wipes it. */
struct answer {
	enum answer_form form;
	size_t length;
	char text[RECOVERY_LENGTH + 1]; /* digits, or a recovery code in upper case */
	bool maybe_imported; /* whether it is to cost what an imported recovery code does */
};

/*
 * answer_read(typed, answer):
 * Take spaces and dashes out of ${typed}, lower case to upper, and tell the form: six to eight
 * digits are a one-time code, RECOVERY_LENGTH of RECOVERY_ALPHABET a recovery code, anything else
 * is malformed and empty. Total: any string has an answer.
 */
void answer_read(const char *typed, struct answer *answer);

/*
 * answer_split(typed, digits):
 * Where the code begins in a password directly followed by a code: the last ${digits} characters,
 * or a recovery code typed with its two dashes. Return the password's length in bytes; the whole
 * length if ${typed} is too short to hold a code.
 */
size_t answer_split(const char *typed, unsigned digits);

/*
 * answer_maybe_imported(typed):
 * Whether some user's code behind a password, as ${typed} has both, would be one of
 * RECOVERY_IMPORTED_LENGTH digits: so that each user's is to cost the same.
 */
bool answer_maybe_imported(const char *typed);

#endif
