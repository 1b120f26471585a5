/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One log line an attempt. It tells the administrator everything (P1) but secrets (P8): nothing
 * here is handed what was typed, a key or a hash.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "logline.h"

/* What a value takes of the line at most: a user name of 1,000 bytes must not hide the reason. */
#define VALUE_MAX 256

void logline_add(struct logline *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->length, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* Whatever a login says in any case goes without the cost of a format. */
static void append(struct logline *line, const char *text)
{
	size_t room = sizeof(line->text) - 1 - line->length;
	size_t length = strnlen(text, room);

	memcpy(line->text + line->length, text, length);
	line->length += length;
	line->text[line->length] = '\0';
}

/* "key=" and a number. */
static void append_number(struct logline *line, const char *key, uint32_t number)
{
	char digits[sizeof("4294967295")];
	char *at = digits + sizeof(digits) - 1;

	*at = '\0';
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	append(line, key);
	append(line, at);
}

static bool is_plain(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '=';
}

/* All of ${text} or, where it does not fit, nothing: never the half of an escape. */
static void append_whole(struct logline *line, const char *text, size_t length)
{
	if (line->length + length >= sizeof(line->text))
		return;
	for (size_t i = 0; i < length; i++)
		line->text[line->length++] = text[i];
	line->text[line->length] = '\0';
}

static void append_byte(struct logline *line, char byte)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char code = (unsigned char)byte;

	if (is_plain(code)) {
		append_whole(line, &byte, 1);
	} else {
		char escaped[] = {'\\', 'x', hex[code >> 4], hex[code & 0x0f]};

		append_whole(line, escaped, sizeof(escaped));
	}
}

void logline_value(struct logline *line, const char *key, const char *value)
{
	size_t start;

	append_whole(line, " ", 1);
	append(line, key);
	append_whole(line, "=", 1);
	start = line->length;
	for (const char *c = value; *c != '\0'; c++) {
		if (line->length - start >= VALUE_MAX) {
			append(line, "...");
			break;
		}
		append_byte(line, *c);
	}
}

static void append_near_miss(struct logline *line, const struct near_miss *near_miss)
{
	switch (near_miss->kind) {
	case NEAR_MISS_CLOCK:
		logline_add(line, " drift_seconds=%+" PRId64, near_miss->distance);
		break;
	case NEAR_MISS_COUNTER:
		logline_add(line, " counter_ahead=%" PRId64, near_miss->distance);
		break;
	case NEAR_MISS_NONE:
		break;
	}
}

static void append_details(struct logline *line, const struct login *login)
{
	logline_value(line, "device", login->device);
	/* An error came before anyone could tell. */
	if (reason_class(login->reason) != CLASS_ERROR)
		append(line, login->enrolled ? " enrolled=yes" : " enrolled=no");
	switch (login->reason) {
	case REASON_RECOVERY_ACCEPTED:
		append_number(line, " recovery_left=", login->recovery_left);
		break;
	case REASON_LOCKED:
		append_number(line, " failures=", login->failures);
		logline_add(line, " locked_seconds=%" PRId64, login->locked_seconds);
		break;
	case REASON_CLOCK_BEHIND:
		logline_add(line, " clock_behind_seconds=%" PRId64, login->clock_behind);
		break;
	case REASON_WRONG_CODE:
		append_number(line, " failures=", login->failures);
		append_near_miss(line, &login->near_miss);
		break;
	default:
		break;
	}
}

static void append_fault(struct logline *line, const char *store, const struct store_fault *fault)
{
	const char *error = strerrorname_np(fault->error);

	logline_value(line, "store", store);
	if (fault->file[0] != '\0')
		logline_value(line, "file", fault->file);
	if (fault->error != 0)
		logline_add(line, " error=%s", error != NULL ? error : "unknown");
	if (fault->record.problem != NULL && fault->record.line > 0)
		logline_add(line, " line=%u", fault->record.line);
	if (fault->record.problem != NULL)
		logline_add(line, " problem=\"%s\"", fault->record.problem);
}

/* Somebody who knows the password lacks the device: that is what an administrator must see. */
static bool is_password_leaked(enum reason reason, enum password password)
{
	return reason_class(reason) == CLASS_REFUSED && reason != REASON_UNENROLLED &&
	       password == PASSWORD_RIGHT;
}

static int priority_of(enum reason reason, enum password password)
{
	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		return LOG_INFO;
	case CLASS_REFUSED:
		return is_password_leaked(reason, password) ? LOG_WARNING : LOG_NOTICE;
	case CLASS_ERROR:
		break;
	}
	return LOG_ERR;
}

static bool concerns_store(enum reason reason)
{
	return reason >= REASON_STORE_MISSING && reason <= REASON_STATE_EXHAUSTED;
}

/* How a line begins, in the words that log watchers know from pam_unix, and its result. */
struct heading {
	const char *outcome;
	const char *result;
};

static struct heading heading_of(enum reason reason, enum password password)
{
	if (reason_lets_unenrolled(reason) && password == PASSWORD_NOT_ASKED)
		return (struct heading){" ignored;", "ignored"};
	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		return (struct heading){" success;", "success"};
	case CLASS_REFUSED:
		return (struct heading){" failure;", "refused"};
	case CLASS_ERROR:
		break;
	}
	return (struct heading){" failure;", "error"};
}

static void append_origin(struct logline *line, const struct origin *origin)
{
	logline_value(line, "rhost", origin->rhost);
	logline_value(line, "tty", origin->tty);
	logline_value(line, "ruser", origin->ruser);
	logline_value(line, "service", origin->service);
}

void logline_option(struct logline *line, const char *conf, const struct policy_error *error)
{
	if (error->source == POLICY_FROM_CONF)
		logline_value(line, "file", conf);
	if (error->line > 0)
		logline_add(line, " line=%u", error->line);
	if (error->option[0] != '\0')
		logline_value(line, "option", error->option);
	if (error->nearest != NULL)
		logline_value(line, "nearest", error->nearest);
	logline_add(line, " problem=\"%s\"", error->problem);
}

void logline_attempt(struct logline *line, const struct account *account)
{
	const struct login *login = account->login;
	struct heading heading = heading_of(login->reason, account->password);

	line->priority = priority_of(login->reason, account->password);
	line->length = 0;
	append(line, account->event);
	append(line, heading.outcome);
	logline_value(line, "user", account->user);
	append_origin(line, &account->origin);
	if (account->caller != NULL)
		logline_add(line, " caller_uid=%u", (unsigned)*account->caller);
	logline_value(line, "result", heading.result);
	logline_value(line, "reason", reason_name(login->reason));
	append_details(line, login);
	if (is_password_leaked(login->reason, account->password))
		append(line, " password=right");
	if (concerns_store(login->reason))
		append_fault(line, account->store, account->fault);
	if (login->reason == REASON_BAD_OPTION && account->option != NULL)
		logline_option(line, account->conf, account->option);
	if (reason_class(login->reason) != CLASS_SUCCESS) {
		append(line, " (");
		append(line, reason_text(login->reason));
		append(line, ")");
	}
}
