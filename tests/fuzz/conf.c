/* SPDX-License-Identifier: BSD-2-Clause */
/* twokey.conf: an input is the file. */
#include "conf.h"

#include <string.h>

#include "fuzz.h"
#include "record.h"

/* All that the file says: what logins are like, and new enrolments. */
struct settings {
	struct policy policy;
	struct site site;
};

static bool parse(struct settings *settings, const char *text, size_t size,
		  struct policy_error *error)
{
	bool good;

	settings->policy.site = &settings->site;
	good = conf_parse(&settings->policy, text, size, error);
	/* So that settings are the same wherever they lie. */
	settings->policy.site = NULL;
	return good;
}

static unsigned lines_of(const uint8_t *data, size_t size)
{
	unsigned lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

/* Right or wrong, a file leaves what an enrolment can be made of; it says nothing of the rest. */
static void check_site(const struct site *site)
{
	struct site defaults;
	struct device device = site->device;

	site_defaults(&defaults);
	FUZZ_REQUIRE(device.algorithm <= OTP_SHA512);
	FUZZ_REQUIRE(device.key_length == 0);
	device.key_length = DEVICE_KEY_MIN;
	fuzz_check_device(&device);
	FUZZ_REQUIRE(device.type == defaults.device.type);
	FUZZ_REQUIRE(strcmp(device.name, defaults.device.name) == 0);
	FUZZ_REQUIRE(strchr(device.issuer, ':') == NULL);
	FUZZ_REQUIRE(site->recovery_codes <= RECORD_RECOVERY_MAX);
}

/* A comment above it and a missing newline at its end mean nothing. */
static void check_same(const struct settings *defaults, const struct settings *expected,
		       const char *text, size_t size)
{
	static const char comment[] = "  # said = twice\n\n";
	char more[CONF_MAX + sizeof(comment)];
	struct policy_error error;
	struct settings settings = *defaults;

	memcpy(more, comment, sizeof(comment) - 1);
	memcpy(more + sizeof(comment) - 1, text, size);
	size += sizeof(comment) - 1;
	if (more[size - 1] == '\n')
		size--;
	FUZZ_REQUIRE(parse(&settings, more, size, &error));
	FUZZ_REQUIRE(memcmp(&settings, expected, sizeof(settings)) == 0);
}

/* Whether a value for enrolments is wrong, and not the line: none of them can be empty. */
static bool is_of_site(const struct policy_error *mistake)
{
	struct site site;

	site_defaults(&site);
	return site_knows(mistake->option) &&
	       site_set(&site, mistake->option, "") == mistake->problem;
}

/* A login passes over what concerns enrolment, right or wrong, and over nothing else. */
static void check_login(const struct policy *defaults, const struct policy *expected,
			const struct policy_error *mistake, const char *text, size_t size)
{
	struct policy_error error;
	struct policy policy = *defaults;
	bool good = conf_parse(&policy, text, size, &error);

	if (mistake == NULL) {
		FUZZ_REQUIRE(good);
		FUZZ_REQUIRE(memcmp(&policy, expected, sizeof(policy)) == 0);
	} else if (is_of_site(mistake)) {
		FUZZ_REQUIRE(good || error.line > mistake->line);
	} else {
		FUZZ_REQUIRE(!good && error.line == mistake->line);
		FUZZ_REQUIRE(strcmp(error.option, mistake->option) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct policy_error error;
	struct settings defaults, settings, again;

	if (size > CONF_MAX)
		size = CONF_MAX;
	memset(&defaults, 0, sizeof(defaults));
	policy_defaults(&defaults.policy);
	site_defaults(&defaults.site);
	settings = defaults;
	if (!parse(&settings, text, size, &error)) {
		FUZZ_REQUIRE(error.problem != NULL);
		FUZZ_REQUIRE(error.line >= 1 && error.line <= lines_of(data, size));
		FUZZ_REQUIRE(memchr(error.option, '\0', sizeof(error.option)) != NULL);
		check_site(&settings.site);
		check_login(&defaults.policy, &settings.policy, &error, text, size);
		return 0;
	}
	check_site(&settings.site);
	check_login(&defaults.policy, &settings.policy, NULL, text, size);
	check_same(&defaults, &settings, text, size);
	/* All of it said twice is said once. */
	again = settings;
	FUZZ_REQUIRE(parse(&again, text, size, &error));
	FUZZ_REQUIRE(memcmp(&settings, &again, sizeof(settings)) == 0);
	return 0;
}
