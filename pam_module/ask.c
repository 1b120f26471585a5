/* SPDX-License-Identifier: BSD-2-Clause */
/* P1, one verdict: what is asked, and in which order, is the same for every user. */
#include <stdbool.h>
#include <string.h>

#include "answer.h"
#include "ask.h"
#include "helper.h"
#include "prompt.h"

/*
 * What the record says before anything was typed; the same work for any name. Whose record can't be
 * read gets the usual prompt, and the error with the attempt.
 */
static void peek(struct attempt *attempt, bool *enrolled, unsigned *digits)
{
	struct record record;

	if (attempt->route == ROUTE_HELPER) {
		helper_look(attempt, enrolled, digits);
		return;
	}
	(void)store_peek(&attempt->store, attempt->user, &record, enrolled);
	*digits = record.device_count > 0 ? record.devices[0].digits : OTP_DIGITS_MIN;
	explicit_bzero(&record, sizeof(record));
}

/* The helper has the site's word on it, and has been told this service's. */
static enum reason unenrolled(const struct attempt *attempt)
{
	return attempt->route == ROUTE_HELPER ? REASON_UNENROLLED_ALLOWED
					      : login_unenrolled(&attempt->policy);
}

/* Later modules find the password where they look for it, whatever becomes of this attempt. */
static enum reason hand_on_password(struct attempt *attempt)
{
	if (pam_set_item(attempt->pamh, PAM_AUTHTOK, attempt->password.text) != PAM_SUCCESS)
		return REASON_NO_MEMORY;
	return REASON_NONE;
}

/* A first pass that use_first_pass does not find is an empty answer: it is refused like any other.
 */
static int first_pass_or(struct attempt *attempt, struct secret *secret,
			 int (*prompt)(pam_handle_t *pamh, const struct policy *policy,
				       struct secret *secret))
{
	int result = prompt_first_pass(attempt->pamh, &attempt->policy, secret);

	if (result == PAM_IGNORE)
		return prompt(attempt->pamh, &attempt->policy, secret);
	return PAM_SUCCESS;
}

static enum reason ask_password_and_code(struct attempt *attempt)
{
	enum reason reason;

	if (first_pass_or(attempt, &attempt->password, prompt_for_password) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	reason = hand_on_password(attempt);
	if (reason != REASON_NONE)
		return reason;
	if (prompt_for_code(attempt->pamh, &attempt->policy, &attempt->code) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	return REASON_NONE;
}

/* Whoever need not have a code is not asked for one where a code is all there is to ask. */
static enum reason ask_code(struct attempt *attempt)
{
	bool enrolled = true;
	unsigned digits;
	enum reason reason = REASON_UNENROLLED;

	if (attempt->policy.unenrolled != UNENROLLED_DENY)
		peek(attempt, &enrolled, &digits);
	if (!enrolled)
		reason = unenrolled(attempt);
	if (reason != REASON_UNENROLLED)
		return reason;
	if (first_pass_or(attempt, &attempt->code, prompt_for_code) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	return REASON_NONE;
}

/*
 * The password, directly followed by the code. All of it is the password of who needs no code, and
 * its end is judged like anyone's, so that no time tells who that is.
 */
static enum reason ask_combined(struct attempt *attempt)
{
	struct secret typed = {0};
	bool enrolled;
	unsigned digits;
	size_t password, code;

	peek(attempt, &enrolled, &digits);
	if (first_pass_or(attempt, &typed, prompt_for_combined) != PAM_SUCCESS)
		return REASON_NO_ANSWER;
	attempt->maybe_imported = answer_maybe_imported(typed.text);
	code = answer_split(typed.text, digits);
	password = code;
	if (!enrolled && unenrolled(attempt) != REASON_UNENROLLED)
		password = typed.length;
	(void)secret_set(&attempt->password, typed.text, password);
	(void)secret_set(&attempt->code, typed.text + code, typed.length - code);
	secret_wipe(&typed);
	return hand_on_password(attempt);
}

enum reason ask_user(struct attempt *attempt)
{
	switch (attempt->policy.ask) {
	case ASK_CODE:
		return ask_code(attempt);
	case ASK_COMBINED:
		return ask_combined(attempt);
	case ASK_PASSWORD_CODE:
		break;
	}
	return ask_password_and_code(attempt);
}
