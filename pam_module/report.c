/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <syslog.h>

#include "logline.h"
#include "report.h"

static const char *item(pam_handle_t *pamh, int type)
{
	const void *value = NULL;

	if (pam_get_item(pamh, type, &value) != PAM_SUCCESS || value == NULL)
		return "";
	return value;
}

/*
 * A line of one phase of a stack, headed as pam_syslog(3) heads it; which needs memory three times,
 * and says nothing where there is none.
 */
static void say(pam_handle_t *pamh, const char *phase, const struct logline *line)
{
	syslog(LOG_AUTHPRIV | line->priority, "pam_twokey(%s:%s): %s", item(pamh, PAM_SERVICE),
	       phase, line->text);
}

struct origin report_origin(pam_handle_t *pamh)
{
	return (struct origin){
		.service = item(pamh, PAM_SERVICE),
		.rhost = item(pamh, PAM_RHOST),
		.tty = item(pamh, PAM_TTY),
		.ruser = item(pamh, PAM_RUSER),
	};
}

void report_attempt(pam_handle_t *pamh, const struct policy *policy, const char *user,
		    enum password password, const struct login *login,
		    const struct store_fault *fault)
{
	const struct account account = {
		.event = "authentication",
		.user = user != NULL ? user : "",
		.origin = report_origin(pamh),
		.password = password,
		.login = login,
		.store = policy->store,
		.fault = fault,
	};
	struct logline line;

	logline_attempt(&line, &account);
	say(pamh, "auth", &line);
}

void report_enrolment(pam_handle_t *pamh, const struct policy *policy, const char *user,
		      enum reason reason, const struct store_fault *fault)
{
	const struct login login = {.reason = reason, .enrolled = reason == REASON_ENROLLED};
	const struct account account = {
		.event = "enrolment",
		.user = user != NULL ? user : "",
		.origin = report_origin(pamh),
		.password = PASSWORD_NOT_ASKED,
		.login = &login,
		.store = policy->store,
		.fault = fault,
	};
	struct logline line;

	logline_attempt(&line, &account);
	say(pamh, "chauthtok", &line);
}

void report_option(pam_handle_t *pamh, const char *phase, const struct policy *policy,
		   const struct policy_error *error)
{
	struct logline line = {.priority = LOG_ERR};

	logline_add(&line, "authentication failure;");
	logline_value(&line, "service", item(pamh, PAM_SERVICE));
	logline_add(&line, " result=error reason=%s", reason_name(REASON_BAD_OPTION));
	logline_option(&line, policy->conf[0] != '\0' ? policy->conf : POLICY_DEFAULT_CONF, error);
	logline_add(&line, " (%s)", reason_text(REASON_BAD_OPTION));
	say(pamh, phase, &line);
}

void report_debug(pam_handle_t *pamh, const struct policy *policy)
{
	static const char *const asks[] = {[ASK_PASSWORD_CODE] = "password,code",
					   [ASK_CODE] = "code",
					   [ASK_COMBINED] = "combined"};

	struct logline line;

	if (!policy->debug)
		return;
	line.priority = LOG_DEBUG;
	line.length = 0;
	logline_add(&line,
		    "options: ask=%s first_pass=%d forward_pass=%d unenrolled=%d "
		    "max_failures=%" PRIu32 " lock_time=%" PRId64 " window=%u store=%s",
		    asks[policy->ask], (int)policy->first_pass, policy->forward_pass,
		    (int)policy->unenrolled, policy->limits.max_failures, policy->limits.lock_time,
		    policy->limits.window, policy->store);
	say(pamh, "auth", &line);
}
