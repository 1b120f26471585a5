/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_REQUEST_H
#define TWOKEY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "fields.h"
#include "policy.h"
#include "secret.h"
#include "username.h"

/* What is logged of a caller's own word; logline_value cuts it anyway. */
#define REQUEST_TEXT_MAX 255

/* What twokey-helper is asked for. */
enum request_kind {
	REQUEST_LOOK,          /* what to ask the user for: no secret in, none out */
	REQUEST_CODE,          /* one login, by the code alone */
	REQUEST_PASSWORD_CODE, /* one login, by both */
	REQUEST_ENROL,         /* from here on: a session with the user, by the command */
	REQUEST_STATUS,
	REQUEST_RECOVERY,
	REQUEST_REMOVE,
};

/* Whether a user without a record may pass where twokey.conf allows it: a caller may be stricter.
 */
enum request_unenrolled { REQUEST_UNENROLLED_DENY, REQUEST_UNENROLLED_AS_CONFIGURED };

/*
 * A request to twokey-helper. All of it is the caller's word, and the caller is nobody: what
 * decides who gets in is not in here. Holds secrets: whoever fills one wipes it.
 */
struct request {
	enum request_kind kind;
	char user[USERNAME_FILE_MAX + 1];
	char service[REQUEST_TEXT_MAX + 1]; /* these four for the log alone */
	char rhost[REQUEST_TEXT_MAX + 1];
	char tty[REQUEST_TEXT_MAX + 1];
	char ruser[REQUEST_TEXT_MAX + 1];
	char store[POLICY_PATH_MAX +
		   1]; /* which the caller means, to be compared, not to be opened */
	enum request_unenrolled unenrolled;
	struct secret password;
	struct secret code;
};

/*
 * The exit status that answers a request. None is 0, 1 or 127: a program that ends without a
 * decision, or is not there, lets nobody in.
 */
enum request_answer {
	ANSWER_ACCEPTED = 40,
	ANSWER_REFUSED = 41,
	ANSWER_UNENROLLED_ALLOWED = 42,
	ANSWER_FAILED = 43, /* an error, which the helper has logged */
	ANSWER_DIGITS = 50, /* REQUEST_LOOK: 50 + the digits of the first device's codes */
};

/*
 * request_format(request, fields):
 * Write ${request} as a message; the caller wipes it. Return false if it does not fit.
 */
bool request_format(const struct request *request, struct fields *fields);

/*
 * request_parse(fields, request):
 * Read a message. Return false, with ${request} wiped, for anything that request_format never
 * makes. Total: any bytes have an answer.
 */
bool request_parse(struct fields *fields, struct request *request);

/* request_text(text, value): Copy a caller's own word, cut to what a request holds. */
void request_text(char text[REQUEST_TEXT_MAX + 1], const char *value);

#endif
