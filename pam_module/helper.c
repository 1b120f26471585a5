/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed: only the exit statuses that the helper has for its decisions are one. The
 * caller, and so this process, is trusted with nothing: the helper looks at who started it, and
 * reads the options that decide who gets in from twokey.conf itself.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "helper.h"
#include "report.h"
#include "request.h"

/* Seconds: STORE_PATIENCE, and a password's hash. */
#define PATIENCE 10

static bool fill_request(const struct attempt *attempt, enum request_kind kind,
			 struct request *request)
{
	struct origin origin = report_origin(attempt->pamh);
	int length = snprintf(request->user, sizeof(request->user), "%s", attempt->user);

	request->kind = kind;
	request->unenrolled = attempt->policy.unenrolled == UNENROLLED_ALLOW
				      ? REQUEST_UNENROLLED_AS_CONFIGURED
				      : REQUEST_UNENROLLED_DENY;
	request_text(request->service, origin.service);
	request_text(request->rhost, origin.rhost);
	request_text(request->tty, origin.tty);
	request_text(request->ruser, origin.ruser);
	memcpy(request->store, attempt->policy.store, sizeof(request->store));
	if (kind == REQUEST_PASSWORD_CODE)
		request->password = attempt->password;
	if (kind != REQUEST_LOOK)
		request->code = attempt->code;
	return length >= 0 && (size_t)length < sizeof(request->user);
}

/* A pipe that holds the whole request; -1 if there is none. Nobody waits: it fits. */
static int write_request(const struct fields *fields)
{
	int ends[2];
	bool written;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	written = write(ends[1], fields->text, fields->length) == (ssize_t)fields->length;
	(void)close(ends[1]);
	if (written)
		return ends[0];
	(void)close(ends[0]);
	return -1;
}

/* The helper's exit status, or CHILD_NOT_RUN or CHILD_LOST. */
static int ask_helper(const struct attempt *attempt, enum request_kind kind)
{
	char name[] = "twokey-helper";
	char *const argv[] = {name, NULL};
	struct child child = {
		.path = HELPER_PATH, .argv = argv, .output = -1, .patience = PATIENCE};
	struct request request = {.kind = kind};
	struct fields fields = {0};
	int status = CHILD_LOST;

	child.input = -1;
	if (fill_request(attempt, kind, &request) && request_format(&request, &fields))
		child.input = write_request(&fields);
	explicit_bzero(&request, sizeof(request));
	explicit_bzero(&fields, sizeof(fields));
	if (child.input >= 0) {
		status = child_run(&child);
		(void)close(child.input);
	}
	return status;
}

void helper_look(const struct attempt *attempt, bool *enrolled, unsigned *digits)
{
	int answer = ask_helper(attempt, REQUEST_LOOK);

	*enrolled = answer != ANSWER_UNENROLLED_ALLOWED;
	*digits = OTP_DIGITS_MIN;
	if (answer >= ANSWER_DIGITS + OTP_DIGITS_MIN && answer <= ANSWER_DIGITS + OTP_DIGITS_MAX)
		*digits = (unsigned)(answer - ANSWER_DIGITS);
}

enum reason helper_decide(struct attempt *attempt)
{
	bool both = attempt->password_verdict != PASSWORD_NOT_ASKED;
	int answer = ask_helper(attempt, both ? REQUEST_PASSWORD_CODE : REQUEST_CODE);

	switch (answer) {
	case ANSWER_ACCEPTED:
	case ANSWER_UNENROLLED_ALLOWED:
	case ANSWER_REFUSED:
	case ANSWER_FAILED:
		attempt->logged = LOGGED_BY_HELPER;
		break;
	case CHILD_NOT_RUN:
		return REASON_HELPER_MISSING;
	default:
		return REASON_HELPER_LOST;
	}
	if (answer == ANSWER_REFUSED)
		return REASON_WRONG_CODE;
	if (answer == ANSWER_FAILED)
		return REASON_HELPER_LOST;
	if (both)
		attempt->password_verdict = PASSWORD_RIGHT;
	return answer == ANSWER_ACCEPTED ? REASON_CODE_ACCEPTED : REASON_UNENROLLED_ALLOWED;
}
