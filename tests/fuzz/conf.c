/* SPDX-License-Identifier: BSD-2-Clause */
/* twokey.conf: an input is the file. */
#include "conf.h"

#include <string.h>

#include "fuzz.h"

static unsigned lines_of(const uint8_t *data, size_t size)
{
	unsigned lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

/* A comment above it and a missing newline at its end mean nothing. */
static void check_same(const struct policy *defaults, const struct policy *expected,
		       const char *text, size_t size)
{
	static const char comment[] = "  # said = twice\n\n";
	char more[CONF_MAX + sizeof(comment)];
	struct policy_error error;
	struct policy policy = *defaults;

	memcpy(more, comment, sizeof(comment) - 1);
	memcpy(more + sizeof(comment) - 1, text, size);
	size += sizeof(comment) - 1;
	if (more[size - 1] == '\n')
		size--;
	FUZZ_REQUIRE(conf_parse(&policy, more, size, &error));
	FUZZ_REQUIRE(memcmp(&policy, expected, sizeof(policy)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct policy_error error;
	struct policy defaults, policy, again;

	if (size > CONF_MAX)
		size = CONF_MAX;
	policy_defaults(&defaults);
	policy = defaults;
	if (!conf_parse(&policy, text, size, &error)) {
		FUZZ_REQUIRE(error.problem != NULL);
		FUZZ_REQUIRE(error.line >= 1 && error.line <= lines_of(data, size));
		FUZZ_REQUIRE(memchr(error.option, '\0', sizeof(error.option)) != NULL);
		return 0;
	}
	check_same(&defaults, &policy, text, size);
	/* All of it said twice is said once. */
	again = policy;
	FUZZ_REQUIRE(conf_parse(&again, text, size, &error));
	FUZZ_REQUIRE(memcmp(&policy, &again, sizeof(policy)) == 0);
	return 0;
}
