/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed: an option that is unknown, malformed or contradicts another is an error, never
 * a guess at what was meant.
 */
#include <string.h>

#include "decimal.h"
#include "nearest.h"
#include "policy.h"
#include "span.h"
#include "text.h"

#define SECONDS_A_DAY 86400

/* Guessing 6 digits with a window of 10 steps at a thousand guesses: one in fifty. */
#define MAX_FAILURES_MOST 1000

struct option {
	const char *name;
	bool (*set)(struct policy *policy, const char *value);
	const char *problem;
};

void policy_defaults(struct policy *policy)
{
	*policy = (struct policy){
		.ask = ASK_PASSWORD_CODE,
		.unenrolled = UNENROLLED_DENY,
		.self_enroll = SELF_ENROLL_FIRST,
		.unenrolled_until = INT64_MAX,
		.limits = {.max_failures = 5, .lock_time = 60, .window = 1},
		.store = POLICY_DEFAULT_STORE,
	};
}

/* A flag alone is on; in twokey.conf, where a line has a value, it is yes or no. */
static bool read_flag(bool *flag, const char *value)
{
	bool yes = value == NULL || strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return false;
	*flag = yes;
	return true;
}

static bool read_number(uint64_t *number, const char *value, uint64_t least, uint64_t most)
{
	uint64_t parsed;

	if (value == NULL || !decimal_parse(value, most, &parsed) || parsed < least)
		return false;
	*number = parsed;
	return true;
}

static bool read_text(char *text, size_t size, const char *value)
{
	size_t length = value != NULL ? strlen(value) : 0;

	if (length == 0 || length >= size)
		return false;
	return span_copy(text, size, value, 0, length);
}

/* The index of ${value} in ${names}. */
static bool read_name(size_t *index, const char *value, const char *const *names, size_t count)
{
	for (size_t i = 0; value != NULL && i < count; i++) {
		if (strcmp(names[i], value) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool set_ask(struct policy *policy, const char *value)
{
	static const char *const names[] = {
		[ASK_PASSWORD_CODE] = "password,code",
		[ASK_CODE] = "code",
		[ASK_COMBINED] = "combined",
	};
	size_t index;

	if (!read_name(&index, value, names, sizeof(names) / sizeof(*names)))
		return false;
	policy->ask = (enum ask)index;
	return true;
}

static bool set_self_enroll(struct policy *policy, const char *value)
{
	static const char *const names[] = {
		[SELF_ENROLL_NO] = "no",
		[SELF_ENROLL_FIRST] = "first",
		[SELF_ENROLL_YES] = "yes",
	};
	size_t index;

	if (!read_name(&index, value, names, sizeof(names) / sizeof(*names)))
		return false;
	policy->self_enroll = (enum self_enroll)index;
	return true;
}

static bool set_first_pass(struct policy *policy, const char *value, enum first_pass first_pass)
{
	bool on;

	if (!read_flag(&on, value))
		return false;
	if (on)
		policy->first_pass = first_pass;
	else if (policy->first_pass == first_pass)
		policy->first_pass = FIRST_PASS_IGNORE;
	return true;
}

static bool set_use_first_pass(struct policy *policy, const char *value)
{
	return set_first_pass(policy, value, FIRST_PASS_USE);
}

static bool set_try_first_pass(struct policy *policy, const char *value)
{
	return set_first_pass(policy, value, FIRST_PASS_TRY);
}

static bool set_forward_pass(struct policy *policy, const char *value)
{
	return read_flag(&policy->forward_pass, value);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day)
{
	/* With the year begun in March, a leap day is its last and months have a regular length. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool is_leap_year(uint64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The end of a day given as YYYY-MM-DD, in seconds since 1970, UTC. */
static bool read_date(int64_t *end_of_day, const char *value)
{
	static const uint64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	char text[sizeof("YYYY-MM-DD")] = {0};
	uint64_t year, month, day;

	if (strlen(value) != sizeof(text) - 1 || value[4] != '-' || value[7] != '-')
		return false;
	(void)span_copy(text, sizeof(text), value, 0, sizeof(text) - 1);
	text[4] = text[7] = '\0';
	if (!read_number(&year, text, 1970, 9999) || !read_number(&month, text + 5, 1, 12) ||
	    !read_number(&day, text + 8, 1, 31))
		return false;
	if (day > days[month - 1] + (month == 2 && is_leap_year(year)))
		return false;
	*end_of_day =
		(days_since_epoch((int64_t)year, (int64_t)month, (int64_t)day) + 1) * SECONDS_A_DAY;
	return true;
}

/* "allow", say, or "allow-until:" and a date. */
static bool read_unenrolled(struct policy *policy, const char *value, const char *name,
			    enum unenrolled unenrolled)
{
	static const char until[] = "-until:";
	size_t length = strlen(name);
	int64_t end = INT64_MAX;

	if (strncmp(value, name, length) != 0)
		return false;
	value += length;
	if (*value != '\0' && (strncmp(value, until, sizeof(until) - 1) != 0 ||
			       !read_date(&end, value + sizeof(until) - 1)))
		return false;
	policy->unenrolled = unenrolled;
	policy->unenrolled_until = end;
	return true;
}

static bool set_unenrolled(struct policy *policy, const char *value)
{
	if (value == NULL)
		return false;
	if (strcmp(value, "deny") == 0) {
		policy->unenrolled = UNENROLLED_DENY;
		return true;
	}
	return read_unenrolled(policy, value, "allow", UNENROLLED_ALLOW) ||
	       read_unenrolled(policy, value, "enroll", UNENROLLED_ENROL);
}

static bool set_nullok(struct policy *policy, const char *value)
{
	bool on;

	if (!read_flag(&on, value))
		return false;
	return set_unenrolled(policy, on ? "allow" : "deny");
}

static bool set_max_failures(struct policy *policy, const char *value)
{
	uint64_t number;

	if (!read_number(&number, value, 1, MAX_FAILURES_MOST))
		return false;
	policy->limits.max_failures = (uint32_t)number;
	return true;
}

static bool set_lock_time(struct policy *policy, const char *value)
{
	uint64_t number;

	if (!read_number(&number, value, 1, LOCK_TIME_MAX))
		return false;
	policy->limits.lock_time = (int64_t)number;
	return true;
}

static bool set_window(struct policy *policy, const char *value)
{
	uint64_t number;

	if (!read_number(&number, value, 0, DRIFT_STEPS_MAX))
		return false;
	policy->limits.window = (unsigned)number;
	return true;
}

static bool set_path(char path[POLICY_PATH_MAX + 1], const char *value)
{
	return value != NULL && value[0] == '/' && read_text(path, POLICY_PATH_MAX + 1, value);
}

static bool set_store(struct policy *policy, const char *value)
{
	return set_path(policy->store, value);
}

static bool set_conf(struct policy *policy, const char *value)
{
	return set_path(policy->conf, value);
}

static bool set_password_prompt(struct policy *policy, const char *value)
{
	return read_text(policy->password_prompt, sizeof(policy->password_prompt), value);
}

static bool set_code_prompt(struct policy *policy, const char *value)
{
	return read_text(policy->code_prompt, sizeof(policy->code_prompt), value);
}

static bool set_echo_code(struct policy *policy, const char *value)
{
	return read_flag(&policy->echo_code, value);
}

static bool set_qr(struct policy *policy, const char *value)
{
	static const char *const names[] = {
		[PROMPT_QR_UTF8] = "utf8",
		[PROMPT_QR_ASCII] = "ascii",
		[PROMPT_QR_OFF] = "off",
	};

	for (size_t i = 0; value != NULL && i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], value) == 0) {
			policy->qr = (enum prompt_qr)i;
			return true;
		}
	}
	return false;
}

static bool set_quiet(struct policy *policy, const char *value)
{
	return read_flag(&policy->quiet, value);
}

static bool set_debug(struct policy *policy, const char *value)
{
	return read_flag(&policy->debug, value);
}

#define FLAG_PROBLEM N_("it is a flag: given alone, or =yes, or =no")

static const struct option options[] = {
	{"ask", set_ask, N_("it must be password,code or code or combined")},
	{"use_first_pass", set_use_first_pass, FLAG_PROBLEM},
	{"try_first_pass", set_try_first_pass, FLAG_PROBLEM},
	{"forward_pass", set_forward_pass, FLAG_PROBLEM},
	{"unenrolled", set_unenrolled,
	 N_("it must be deny, allow, enroll, allow-until:YYYY-MM-DD or enroll-until:YYYY-MM-DD")},
	{"nullok", set_nullok, FLAG_PROBLEM},
	{"max_failures", set_max_failures, N_("it must be 1 to 1000 guesses")},
	{"lock_time", set_lock_time, N_("it must be 1 to 86400 seconds")},
	{"window", set_window, N_("it must be 0 to 10 steps")},
	{"self_enroll", set_self_enroll, N_("it must be no, first or yes")},
	{"store", set_store, N_("it must be an absolute path of at most 255 bytes")},
	{"conf", set_conf, N_("it must be an absolute path of at most 255 bytes")},
	{"password_prompt", set_password_prompt, N_("it must be 1 to 127 bytes")},
	{"code_prompt", set_code_prompt, N_("it must be 1 to 127 bytes")},
	{"echo_code", set_echo_code, FLAG_PROBLEM},
	{"qr", set_qr, N_("it must be utf8, ascii or off")},
	{"quiet", set_quiet, FLAG_PROBLEM},
	{"debug", set_debug, FLAG_PROBLEM},
};

#define OPTION_COUNT (sizeof(options) / sizeof(*options))

bool policy_fail(struct policy_error *error, const char *option, const char *problem)
{
	size_t length = strnlen(option, sizeof(error->option) - 1);

	error->source = POLICY_FROM_ARGUMENT;
	error->line = 0;
	memcpy(error->option, option, length);
	error->option[length] = '\0';
	error->problem = problem;
	error->nearest = NULL;
	return false;
}

const char *policy_option(size_t index)
{
	return index < OPTION_COUNT ? options[index].name : NULL;
}

static bool fail_unknown(struct policy_error *error, const char *name)
{
	struct nearest nearest = nearest_begin(name);

	if (site_knows(name))
		return policy_fail(error, name, N_("it is an option of twokey.conf only"));
	for (size_t i = 0; i < OPTION_COUNT; i++)
		nearest_offer(&nearest, options[i].name);
	for (size_t i = 0; site_option(i) != NULL; i++)
		nearest_offer(&nearest, site_option(i));
	(void)policy_fail(error, name, N_("there is no such option; see pam_twokey(8)"));
	error->nearest = nearest.name;
	return false;
}

bool policy_set(struct policy *policy, const char *name, const char *value,
		struct policy_error *error)
{
	/* Most names differ in their first letter already. */
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (options[i].name[0] == name[0] && strcmp(options[i].name, name) == 0)
			return options[i].set(policy, value) ||
			       policy_fail(error, name, options[i].problem);
	}
	return fail_unknown(error, name);
}

bool policy_set_argument(struct policy *policy, const char *argument, struct policy_error *error)
{
	char name[POLICY_OPTION_MAX + 1] = {0};
	char value[POLICY_OPTION_MAX + 1] = {0};
	size_t length = strlen(argument);
	size_t equals = span_find(argument, 0, length, '=');

	if (length > POLICY_OPTION_MAX)
		return policy_fail(error, argument, N_("it is too long for any option"));
	(void)span_copy(name, sizeof(name), argument, 0, equals);
	(void)span_copy(value, sizeof(value), argument, equals + 1, length);
	return policy_set(policy, name, equals < length ? value : NULL, error);
}

bool policy_check(const struct policy *policy, struct policy_error *error)
{
	if (policy->forward_pass && policy->ask != ASK_COMBINED)
		return policy_fail(error, "forward_pass", N_("it goes with ask=combined only"));
	return true;
}

enum unenrolled policy_unenrolled(const struct policy *policy, int64_t now)
{
	return now < policy->unenrolled_until ? policy->unenrolled : UNENROLLED_DENY;
}
