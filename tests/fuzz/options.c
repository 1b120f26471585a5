/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options, as PAM hands them over and as twokey.conf has them: an input is a line for each
 * option. Both readers must agree about all that can be said in both.
 */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "fuzz.h"
#include "site.h"

#define OPTIONS_MAX 32

static void check_text(const char *text, size_t size)
{
	FUZZ_REQUIRE(memchr(text, '\0', size) != NULL);
}

static void check_policy(const struct policy *policy)
{
	FUZZ_REQUIRE(policy->ask <= ASK_COMBINED);
	FUZZ_REQUIRE(policy->first_pass <= FIRST_PASS_USE);
	FUZZ_REQUIRE(policy->unenrolled <= UNENROLLED_ENROL);
	FUZZ_REQUIRE(policy->unenrolled_until == INT64_MAX ||
		     (policy->unenrolled_until > 0 && policy->unenrolled_until % 86400 == 0));
	FUZZ_REQUIRE(policy->qr <= PROMPT_QR_OFF);
	FUZZ_REQUIRE(policy->limits.max_failures >= 1 && policy->limits.max_failures <= 1000);
	FUZZ_REQUIRE(policy->limits.lock_time >= 1 && policy->limits.lock_time <= LOCK_TIME_MAX);
	FUZZ_REQUIRE(policy->limits.window <= DRIFT_STEPS_MAX);
	check_text(policy->password_prompt, sizeof(policy->password_prompt));
	check_text(policy->code_prompt, sizeof(policy->code_prompt));
	check_text(policy->store, sizeof(policy->store));
	check_text(policy->conf, sizeof(policy->conf));
	FUZZ_REQUIRE(policy->store[0] == '/');
	FUZZ_REQUIRE(policy->conf[0] == '/' || policy->conf[0] == '\0');
}

static void check_error(const struct policy_error *error)
{
	FUZZ_REQUIRE(error->problem != NULL);
	check_text(error->option, sizeof(error->option));
}

/*
 * Whether a line of twokey.conf can say it, too: conf= is an argument's alone, and what concerns
 * enrolment is the file's.
 */
static bool has_conf_line(const char *name, const char *value)
{
	return name[0] != '\0' && name[0] != '#' && strcspn(name, " \t\"") == strlen(name) &&
	       strcmp(name, "conf") != 0 && !site_knows(name) && value != NULL &&
	       strlen(name) + strlen(value) + strlen(" = \"\"") <= POLICY_OPTION_MAX;
}

static void compare_with_conf(const struct policy *before, const char *argument,
			      const struct policy *after, bool good)
{
	char name[2 * POLICY_OPTION_MAX];
	char line[POLICY_OPTION_MAX + 1];
	struct policy policy = *before;
	struct policy_error error;
	char *value;
	int length;

	(void)snprintf(name, sizeof(name), "%s", argument);
	value = strchr(name, '=');
	if (value != NULL)
		*value++ = '\0';
	if (!has_conf_line(name, value))
		return;
	length = snprintf(line, sizeof(line), "%s = \"%s\"", name, value);
	FUZZ_REQUIRE(length > 0 && (size_t)length < sizeof(line));
	FUZZ_REQUIRE(conf_parse(&policy, line, (size_t)length, &error) == good);
	FUZZ_REQUIRE(memcmp(&policy, after, sizeof(policy)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct policy policy, before;
	struct policy_error error;

	policy_defaults(&policy);
	for (size_t i = 0; i < OPTIONS_MAX && input.left > 0; i++) {
		char argument[2 * POLICY_OPTION_MAX];
		bool good;

		(void)fuzz_text(&input, argument, sizeof(argument));
		before = policy;
		good = policy_set_argument(&policy, argument, &error);
		check_policy(&policy);
		if (!good) {
			check_error(&error);
			/* What is refused changes nothing. */
			FUZZ_REQUIRE(memcmp(&policy, &before, sizeof(policy)) == 0);
		}
		compare_with_conf(&before, argument, &policy, good);
	}
	if (!policy_check(&policy, &error))
		check_error(&error);
	return 0;
}
