/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of twokey.conf say; lib/conf.c finds the file, and tells whether to trust it. */
#include <string.h>

#include "conf.h"
#include "text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut blanks off both ends of ${text}, which is the caller's to change. */
static char *trim(char *text)
{
	size_t length;

	while (is_blank(*text))
		text++;
	length = strlen(text);
	while (length > 0 && is_blank(text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* A value in double quotes keeps its blanks: prompts end with one. */
static char *unquote(char *value)
{
	size_t length = strlen(value);

	if (length < 2 || value[0] != '"' || value[length - 1] != '"')
		return value;
	value[length - 1] = '\0';
	return value + 1;
}

static bool set_site(struct policy *policy, const char *name, const char *value,
		     struct policy_error *error)
{
	const char *problem = policy->site != NULL ? site_set(policy->site, name, value) : NULL;

	return problem == NULL || policy_fail(error, name, problem);
}

/* One line of twokey.conf: blank, a comment, or name = value. */
static bool parse_line(struct policy *policy, char *line, struct policy_error *error)
{
	char *name = trim(line);
	char *value = strchr(name, '=');

	if (name[0] == '\0' || name[0] == '#')
		return true;
	if (value == NULL)
		return policy_fail(error, name, N_("the line is not 'name = value'"));
	*value++ = '\0';
	name = trim(name);
	value = unquote(trim(value));
	if (strcmp(name, "conf") == 0)
		return policy_fail(error, name, N_("it is an argument of the module only"));
	if (site_knows(name))
		return set_site(policy, name, value, error);
	return policy_set(policy, name, value, error);
}

static bool parse_text(struct policy *policy, const char *text, size_t length,
		       struct policy_error *error)
{
	char line[POLICY_OPTION_MAX + 1];

	memcpy(line, text, length);
	line[length] = '\0';
	return parse_line(policy, line, error);
}

static bool parse_bytes(struct policy *policy, const char *text, size_t length,
			struct policy_error *error)
{
	/* That is all of the file as it is shipped, and each login reads it. */
	if (length == 0 || text[0] == '#')
		return true;
	if (length > POLICY_OPTION_MAX)
		return policy_fail(error, "", N_("the line is too long"));
	if (memchr(text, '\0', length) != NULL)
		return policy_fail(error, "", N_("the line has a NUL"));
	return parse_text(policy, text, length, error);
}

bool conf_parse(struct policy *policy, const char *text, size_t length, struct policy_error *error)
{
	const char *end = text + length;
	unsigned number = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *line_end = newline != NULL ? newline : end;

		number++;
		if (!parse_bytes(policy, text, (size_t)(line_end - text), error)) {
			error->line = number;
			return false;
		}
		text = newline != NULL ? newline + 1 : end;
	}
	return true;
}
