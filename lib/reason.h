/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_REASON_H
#define TWOKEY_REASON_H

#include <stdbool.h>

/*
 * Why a login or an operation on the store ended as it did. lib returns these and never logs; the
 * module and the command word them with reason_name and reason_mend.
 */
enum reason {
	REASON_NONE = 0, /* nothing to tell: the step before this one went well */

	/* The user got in. */
	REASON_CODE_ACCEPTED,
	REASON_RECOVERY_ACCEPTED,
	REASON_UNENROLLED_ALLOWED,
	REASON_ENROLMENT_DUE, /* if the later phases enrol the user */
	REASON_ENROLLED,

	/* The user was refused. */
	REASON_UNKNOWN_USER,
	REASON_WRONG_PASSWORD,
	REASON_EMPTY_PASSWORD,
	REASON_LOCKED_PASSWORD,
	REASON_PLACEHOLDER_PASSWORD,
	REASON_UNENROLLED,
	REASON_OTHER_NAME,
	REASON_ENROLLED_MEANWHILE,
	REASON_NOT_DUE,
	REASON_WRONG_CODE,
	REASON_MALFORMED_CODE,
	REASON_REPLAYED_CODE,
	REASON_CLOCK_BEHIND,
	REASON_RECOVERY_SPENT,
	REASON_LOCKED,
	REASON_NOT_PERMITTED,
	REASON_COUNTER_LOST,

	/* Nothing could be decided: the system failed, and so did the login. */
	/* Of the store, from here ... */
	REASON_STORE_MISSING,
	REASON_STORE_UNTRUSTED,
	REASON_STORE_UNREADABLE,
	REASON_STORE_UNWRITABLE,
	REASON_STORE_FULL,
	REASON_STORE_READ_ONLY,
	REASON_STORE_BUSY,
	REASON_STORE_CONFLICT,
	REASON_FILE_UNTRUSTED,
	REASON_FILE_SIZE_LIMIT,
	REASON_RECORD_DAMAGED,
	REASON_RECORD_TOO_LARGE,
	REASON_STATE_DAMAGED,
	REASON_STATE_EXHAUSTED, /* ... to here */
	REASON_CLOCK_UNREADABLE,
	REASON_HASH_FAILED,
	REASON_OTP_FAILED,
	REASON_PASSWORD_UNREADABLE,
	REASON_USERS_UNREADABLE,
	REASON_RANDOM_FAILED,
	REASON_NO_MEMORY,
	REASON_NO_ANSWER,
	REASON_BAD_OPTION,
	REASON_HELPER_MISSING,
	REASON_HELPER_LOST,
	REASON_HELPER_POWERLESS,
	REASON_BAD_REQUEST,
	REASON_OTHER_USER,
	REASON_OTHER_STORE,

	REASON_COUNT
};

/* What a reason means for the one who wants in. */
enum reason_class { CLASS_SUCCESS, CLASS_REFUSED, CLASS_ERROR };

enum reason_class reason_class(enum reason reason);

/* reason_lets_unenrolled(reason): Whether the user gets in for want of a record. */
bool reason_lets_unenrolled(enum reason reason);

/* reason_name(reason): The token that log lines and --json carry, in lower case. Never NULL. */
const char *reason_name(enum reason reason);

/*
 * reason_text(reason):
 * One sentence for an administrator: what is wrong and what mends it, without a full stop. Never
 * NULL; a static string.
 */
const char *reason_text(enum reason reason);

/*
 * reason_from_errno(error, otherwise):
 * The reason for a system call on the store that failed with ${error}; ${otherwise} for an errno
 * that says nothing more exact.
 */
enum reason reason_from_errno(int error, enum reason otherwise);

#endif
