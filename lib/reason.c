/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stddef.h>

#include "reason.h"
#include "text.h"

static const struct {
	enum reason_class class;
	const char *name;
	const char *text;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = {CLASS_ERROR, "none", N_("no reason was given")},

	[REASON_CODE_ACCEPTED] = {CLASS_SUCCESS, "code_accepted", N_("the code is right")},
	[REASON_RECOVERY_ACCEPTED] = {CLASS_SUCCESS, "recovery_accepted",
				      N_("the recovery code is right, and is spent now")},
	[REASON_UNENROLLED_ALLOWED] = {CLASS_SUCCESS, "unenrolled_allowed",
				       N_("the user is not enrolled, and the policy allows that")},
	[REASON_ENROLMENT_DUE] = {CLASS_SUCCESS, "enrolment_due",
				  N_("the user is not enrolled, and is to be before the session")},
	[REASON_ENROLLED] = {CLASS_SUCCESS, "enrolled", N_("the user is enrolled from now on")},

	[REASON_UNKNOWN_USER] = {CLASS_REFUSED, "unknown_user",
				 N_("there is no such user with a local password")},
	[REASON_WRONG_PASSWORD] = {CLASS_REFUSED, "wrong_password", N_("the password is wrong")},
	[REASON_EMPTY_PASSWORD] = {CLASS_REFUSED, "empty_password",
				   N_("no password was typed, or one of more than 511 bytes; "
				      "neither ever counts")},
	[REASON_LOCKED_PASSWORD] =
		{CLASS_REFUSED, "locked_password",
		 N_("the account's password is locked or empty; set one with passwd")},
	[REASON_PLACEHOLDER_PASSWORD] =
		{CLASS_REFUSED, "placeholder_password",
		 N_("sshd refuses this user and handed over its placeholder instead of what was "
		    "typed; "
		    "see PermitRootLogin, AllowUsers and DenyUsers in sshd_config")},
	[REASON_UNENROLLED] = {CLASS_REFUSED, "unenrolled",
			       N_("the user is not enrolled; run 'twokey enroll'")},
	[REASON_OTHER_NAME] = {CLASS_REFUSED, "other_name",
			       N_("the account's own name is another, by which the user may be "
				  "enrolled; log in by that")},
	[REASON_ENROLLED_MEANWHILE] = {CLASS_REFUSED, "enrolled_meanwhile",
				       N_("the user was enrolled by another login meanwhile")},
	[REASON_NOT_DUE] = {CLASS_REFUSED, "not_due",
			    N_("the program asks to enrol a user whom this login did not let in")},
	[REASON_WRONG_CODE] = {CLASS_REFUSED, "wrong_code", N_("the code is wrong")},
	[REASON_MALFORMED_CODE] = {CLASS_REFUSED, "malformed_code",
				   N_("what was typed is neither a code nor a recovery code")},
	[REASON_REPLAYED_CODE] = {CLASS_REFUSED, "replayed_code",
				  N_("the code was used before, or a newer one was")},
	[REASON_CLOCK_BEHIND] = {CLASS_REFUSED, "clock_behind",
				 N_("the clock is behind the last accepted code; set the clock, or "
				    "run 'twokey unlock' if the clock was wrong then")},
	[REASON_RECOVERY_SPENT] = {CLASS_REFUSED, "recovery_spent",
				   N_("the recovery code was used before")},
	[REASON_LOCKED] = {CLASS_REFUSED, "locked",
			   N_("too many wrong codes; wait, use a recovery code, or run 'twokey "
			      "unlock'")},
	[REASON_NOT_PERMITTED] =
		{CLASS_REFUSED, "not_permitted",
		 N_("neither twokey.conf's self_enroll nor the account lets users do this for "
		    "themselves; root can")},
	[REASON_COUNTER_LOST] =
		{CLASS_REFUSED, "counter_lost",
		 N_("the counter of this key was lost with its state, and with it what was used; "
		    "run 'twokey remove' before the key is enrolled again")},

	[REASON_STORE_MISSING] = {CLASS_ERROR, "store_missing",
				  N_("the store does not exist; 'twokey enroll' makes it")},
	[REASON_STORE_UNTRUSTED] = {CLASS_ERROR, "store_untrusted",
				    N_("the store must be a directory with no link on its path, "
				       "owned by root, mode 0700")},
	[REASON_STORE_UNREADABLE] = {CLASS_ERROR, "store_unreadable",
				     N_("the store can't be read; the caller must be root")},
	[REASON_STORE_UNWRITABLE] =
		{CLASS_ERROR, "store_unwritable",
		 N_("the store can't be written; see the kernel's log for the disk")},
	[REASON_STORE_FULL] = {CLASS_ERROR, "store_full",
			       N_("the store's file system is full; free some space")},
	[REASON_STORE_READ_ONLY] = {CLASS_ERROR, "store_read_only",
				    N_("the store's file system is read-only; remount it")},
	[REASON_STORE_BUSY] =
		{CLASS_ERROR, "store_busy",
		 N_("another process has kept the lock for five seconds; see who has the "
		    "file open with fuser")},
	[REASON_STORE_CONFLICT] = {CLASS_ERROR, "store_conflict",
				   N_("the record kept changing while it was read; try again")},
	[REASON_FILE_UNTRUSTED] = {CLASS_ERROR, "file_untrusted",
				   N_("the file must be a regular file with one link, owned by the "
				      "store's owner, mode 0600")},
	[REASON_FILE_SIZE_LIMIT] =
		{CLASS_ERROR, "file_size_limit",
		 N_("the caller's file size limit forbids the write; see ulimit -f")},
	[REASON_RECORD_DAMAGED] =
		{CLASS_ERROR, "record_damaged",
		 N_("the record can't be read; restore it from a backup, or enrol "
		    "again with 'twokey enroll --replace'")},
	[REASON_RECORD_TOO_LARGE] =
		{CLASS_ERROR, "record_too_large",
		 N_("the record would not fit in 4096 bytes; remove a device, or "
		    "shorten issuer and label")},
	[REASON_STATE_DAMAGED] =
		{CLASS_ERROR, "state_damaged",
		 N_("both copies of the state are damaged; 'twokey unlock --rebuild' "
		    "makes a new one, and the phone stays as it is")},
	[REASON_STATE_EXHAUSTED] = {CLASS_ERROR, "state_exhausted",
				    N_("the state's sequence number is at its end; 'twokey unlock "
				       "--rebuild' starts a new one")},
	[REASON_CLOCK_UNREADABLE] = {CLASS_ERROR, "clock_unreadable",
				     N_("the clock can't be read, or is out of range; set it")},
	[REASON_HASH_FAILED] = {CLASS_ERROR, "hash_failed",
				N_("crypt(3) failed; libcrypt is missing, or memory or a resource "
				   "limit is too low")},
	[REASON_OTP_FAILED] = {CLASS_ERROR, "otp_failed", N_("liboath failed to make a code")},
	[REASON_PASSWORD_UNREADABLE] =
		{CLASS_ERROR, "password_unreadable",
		 N_("the local password hashes can't be read; the caller must "
		    "be root")},
	[REASON_USERS_UNREADABLE] =
		{CLASS_ERROR, "users_unreadable",
		 N_("the host's users can't be read; see /etc/passwd, /etc/shadow and "
		    "/etc/nsswitch.conf")},
	[REASON_RANDOM_FAILED] = {CLASS_ERROR, "random_failed",
				  N_("the kernel gave no random bytes; nothing was written")},
	[REASON_NO_MEMORY] = {CLASS_ERROR, "no_memory",
			      N_("memory ran out, or its limit is too low")},
	[REASON_NO_ANSWER] =
		{CLASS_ERROR, "no_answer",
		 N_("the program that asks had no answer: the user broke off, or it can't "
		    "ask for a code")},
	[REASON_BAD_OPTION] = {CLASS_ERROR, "bad_option",
			       N_("mend the option; until then nobody gets in")},
	[REASON_HELPER_MISSING] =
		{CLASS_ERROR, "helper_missing",
		 N_("this user can't open the store, and twokey-helper can't be run to do it; "
		    "install it, or raise the caller's limits")},
	[REASON_HELPER_LOST] =
		{CLASS_ERROR, "helper_lost",
		 N_("twokey-helper was killed, or gave no answer in ten seconds; see its own "
		    "lines")},
	[REASON_HELPER_POWERLESS] =
		{CLASS_ERROR, "helper_powerless",
		 N_("twokey-helper did not run as the store's user: it must belong to that user, "
		    "mode 4755, without nosuid, and the caller must not forbid it "
		    "(no_new_privs)")},
	[REASON_BAD_REQUEST] =
		{CLASS_ERROR, "bad_request",
		 N_("twokey-helper can't read the request; module and helper must be of one "
		    "release")},
	[REASON_OTHER_USER] = {CLASS_ERROR, "other_user",
			       N_("twokey-helper serves a caller's own user name only")},
	[REASON_OTHER_STORE] =
		{CLASS_ERROR, "other_store",
		 N_("twokey-helper serves the store of twokey.conf only; name it there, not in an "
		    "argument of the module")},
};

enum reason_class reason_class(enum reason reason)
{
	return reasons[reason].class;
}

bool reason_lets_unenrolled(enum reason reason)
{
	return reason == REASON_UNENROLLED_ALLOWED || reason == REASON_ENROLMENT_DUE;
}

const char *reason_name(enum reason reason)
{
	return reasons[reason].name;
}

const char *reason_text(enum reason reason)
{
	return reasons[reason].text;
}

enum reason reason_from_errno(int error, enum reason otherwise)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return REASON_STORE_FULL;
	case EROFS:
		return REASON_STORE_READ_ONLY;
	case EFBIG:
		return REASON_FILE_SIZE_LIMIT;
	default:
		return otherwise;
	}
}
