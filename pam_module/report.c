/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One log line an attempt. It tells the administrator everything (P1) but secrets (P8): nothing
 * here is handed what was typed, a key or a hash.
 */
#include <inttypes.h>
#include <security/pam_ext.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "report.h"

/* RFC 5424 section 6.1: a syslog receiver takes at least 2048 bytes. */
#define LINE_SIZE 1800

/* What a value takes of the line at most: a user name of 1,000 bytes must not hide the reason. */
#define VALUE_MAX 256

struct line {
	char text[LINE_SIZE];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void append(struct line *line, const char *format, ...)
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

static void append_byte(struct line *line, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	bool plain = byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '=';
	char escaped[] = {'\\', 'x', hex[byte >> 4], hex[byte & 0x0f]};
	size_t length = plain ? 1 : sizeof(escaped);

	if (line->length + length >= sizeof(line->text))
		return;
	memcpy(line->text + line->length, plain ? (const char *)&byte : escaped, length);
	line->length += length;
	line->text[line->length] = '\0';
}

/*
 * A value that comes from outside: whatever could end the value or the line, or talk to a terminal,
 * is written as \xHH.
 */
static void append_value(struct line *line, const char *key, const char *value)
{
	size_t start;

	append(line, " %s=", key);
	start = line->length;
	for (const char *c = value; *c != '\0'; c++) {
		if (line->length - start >= VALUE_MAX) {
			append(line, "...");
			break;
		}
		append_byte(line, (unsigned char)*c);
	}
}

static void append_item(struct line *line, pam_handle_t *pamh, const char *key, int item)
{
	const void *value = NULL;

	if (pam_get_item(pamh, item, &value) != PAM_SUCCESS || value == NULL)
		value = "";
	append_value(line, key, value);
}

static void append_near_miss(struct line *line, const struct near_miss *near_miss)
{
	switch (near_miss->kind) {
	case NEAR_MISS_CLOCK:
		append(line, " drift_seconds=%+" PRId64, near_miss->distance);
		break;
	case NEAR_MISS_COUNTER:
		append(line, " counter_ahead=%" PRId64, near_miss->distance);
		break;
	case NEAR_MISS_NONE:
		break;
	}
}

static void append_details(struct line *line, const struct login *login)
{
	append_value(line, "device", login->device);
	/* An error came before anyone could tell. */
	if (reason_class(login->reason) != CLASS_ERROR)
		append(line, " enrolled=%s", login->enrolled ? "yes" : "no");
	switch (login->reason) {
	case REASON_RECOVERY_ACCEPTED:
		append(line, " recovery_left=%u", login->recovery_left);
		break;
	case REASON_LOCKED:
		append(line, " failures=%" PRIu32 " locked_seconds=%" PRId64, login->failures,
		       login->locked_seconds);
		break;
	case REASON_CLOCK_BEHIND:
		append(line, " clock_behind_seconds=%" PRId64, login->clock_behind);
		break;
	case REASON_WRONG_CODE:
		append(line, " failures=%" PRIu32, login->failures);
		append_near_miss(line, &login->near_miss);
		break;
	default:
		break;
	}
}

static void append_fault(struct line *line, const struct policy *policy,
			 const struct store_fault *fault)
{
	const char *error = strerrorname_np(fault->error);

	append_value(line, "store", policy->store);
	if (fault->file[0] != '\0')
		append_value(line, "file", fault->file);
	if (fault->error != 0)
		append(line, " error=%s", error != NULL ? error : "unknown");
	if (fault->record.problem != NULL && fault->record.line > 0)
		append(line, " line=%u", fault->record.line);
	if (fault->record.problem != NULL)
		append(line, " problem=\"%s\"", fault->record.problem);
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
	if (reason == REASON_UNENROLLED_ALLOWED && password == PASSWORD_NOT_ASKED)
		return (struct heading){"ignored", "ignored"};
	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		return (struct heading){"success", "success"};
	case CLASS_REFUSED:
		return (struct heading){"failure", "refused"};
	case CLASS_ERROR:
		break;
	}
	return (struct heading){"failure", "error"};
}

void report_attempt(pam_handle_t *pamh, const struct policy *policy, const char *user,
		    enum password password, const struct login *login,
		    const struct store_fault *fault)
{
	struct heading heading = heading_of(login->reason, password);
	enum reason_class class = reason_class(login->reason);
	struct line line = {.length = 0};

	append(&line, "authentication %s;", heading.outcome);
	append_value(&line, "user", user != NULL ? user : "");
	append_item(&line, pamh, "rhost", PAM_RHOST);
	append_item(&line, pamh, "tty", PAM_TTY);
	append_item(&line, pamh, "ruser", PAM_RUSER);
	append_item(&line, pamh, "service", PAM_SERVICE);
	append(&line, " result=%s reason=%s", heading.result, reason_name(login->reason));
	append_details(&line, login);
	if (is_password_leaked(login->reason, password))
		append(&line, " password=right");
	if (concerns_store(login->reason))
		append_fault(&line, policy, fault);
	if (class != CLASS_SUCCESS)
		append(&line, " (%s)", reason_text(login->reason));
	pam_syslog(pamh, priority_of(login->reason, password), "%s", line.text);
}

void report_option(pam_handle_t *pamh, const struct policy *policy,
		   const struct policy_error *error)
{
	struct line line = {.length = 0};

	append(&line, "authentication failure;");
	append_item(&line, pamh, "service", PAM_SERVICE);
	append(&line, " result=error reason=%s", reason_name(REASON_BAD_OPTION));
	if (error->source == POLICY_FROM_CONF)
		append_value(&line, "file",
			     policy->conf[0] != '\0' ? policy->conf : POLICY_DEFAULT_CONF);
	if (error->line > 0)
		append(&line, " line=%u", error->line);
	if (error->option[0] != '\0')
		append_value(&line, "option", error->option);
	append(&line, " problem=\"%s\" (%s)", error->problem, reason_text(REASON_BAD_OPTION));
	pam_syslog(pamh, LOG_ERR, "%s", line.text);
}

void report_debug(pam_handle_t *pamh, const struct policy *policy)
{
	static const char *const asks[] = {[ASK_PASSWORD_CODE] = "password,code",
					   [ASK_CODE] = "code",
					   [ASK_COMBINED] = "combined"};

	if (!policy->debug)
		return;
	pam_syslog(pamh, LOG_DEBUG,
		   "options: ask=%s first_pass=%d forward_pass=%d unenrolled=%d "
		   "max_failures=%" PRIu32 " lock_time=%" PRId64 " window=%u store=%s",
		   asks[policy->ask], (int)policy->first_pass, policy->forward_pass,
		   (int)policy->unenrolled, policy->limits.max_failures, policy->limits.lock_time,
		   policy->limits.window, policy->store);
}
