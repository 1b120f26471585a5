/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of twokey.conf say; lib/conf.c finds the file, and tells whether to trust it. */
#include <string.h>

#include "conf.h"
#include "span.h"
#include "text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Leave out the blanks at both ends of a span. */
static void trim(const char *text, size_t *at, size_t *end)
{
	while (*at < *end && is_blank(text[*at]))
		(*at)++;
	while (*end > *at && is_blank(text[*end - 1]))
		(*end)--;
}

/* A value in double quotes keeps its blanks: prompts end with one. */
static void unquote(const char *text, size_t *at, size_t *end)
{
	if (*at + 1 >= *end || text[*at] != '"' || text[*end - 1] != '"')
		return;
	(*at)++;
	(*end)--;
}

static bool set_site(struct policy *policy, const char *name, const char *value,
		     struct policy_error *error)
{
	const char *problem = policy->site != NULL ? site_set(policy->site, name, value) : NULL;

	return problem == NULL || policy_fail(error, name, problem);
}

/* What is neither blank nor a comment: name = value. */
static bool parse_option(struct policy *policy, const char *text, size_t at, size_t end,
			 struct policy_error *error)
{
	char name[POLICY_OPTION_MAX + 1] = {0};
	char value[POLICY_OPTION_MAX + 1] = {0};
	size_t equals = span_find(text, at, end, '=');
	size_t name_end = equals;
	size_t value_at = equals + 1;

	trim(text, &at, &name_end);
	(void)span_copy(name, sizeof(name), text, at, name_end);
	if (equals >= end)
		return policy_fail(error, name, N_("the line is not 'name = value'"));
	trim(text, &value_at, &end);
	unquote(text, &value_at, &end);
	(void)span_copy(value, sizeof(value), text, value_at, end);
	if (strcmp(name, "conf") == 0)
		return policy_fail(error, name, N_("it is an argument of the module only"));
	if (site_knows(name))
		return set_site(policy, name, value, error);
	return policy_set(policy, name, value, error);
}

static bool parse_line(struct policy *policy, const char *text, size_t at, size_t end,
		       struct policy_error *error)
{
	/* That is all of the file as it is shipped, and each login reads it. */
	if (at >= end || text[at] == '#')
		return true;
	if (end - at > POLICY_OPTION_MAX)
		return policy_fail(error, "", N_("the line is too long"));
	if (span_find(text, at, end, '\0') < end)
		return policy_fail(error, "", N_("the line has a NUL"));
	trim(text, &at, &end);
	return at >= end || text[at] == '#' || parse_option(policy, text, at, end, error);
}

bool conf_parse(struct policy *policy, const char *text, size_t length, struct policy_error *error)
{
	unsigned number = 0;

	for (size_t at = 0, end; at < length; at = end + 1) {
		end = span_find(text, at, length, '\n');
		number++;
		if (!parse_line(policy, text, at, end, error)) {
			error->line = number;
			return false;
		}
	}
	return true;
}
