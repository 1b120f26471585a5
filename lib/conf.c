/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "text.h"
#include "trusted.h"

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

static const char *distrust(const struct statx *status)
{
	if (!S_ISREG(status->stx_mode))
		return N_("it must be a regular file");
	if (status->stx_uid != 0 && status->stx_uid != geteuid())
		return N_("it must be owned by root");
	if ((status->stx_mode & (S_IWGRP | S_IWOTH)) != 0)
		return N_("nobody but its owner may write it; run chmod go-w");
	if (status->stx_size > CONF_MAX)
		return N_("it is larger than 16 KiB");
	return NULL;
}

static bool read_file(struct policy *policy, int fd, struct policy_error *error)
{
	char text[CONF_MAX];
	struct statx status;
	const char *problem;
	ssize_t length;

	if (trusted_look(fd, "", &status) != 0)
		return policy_fail(error, "", N_("it can't be read"));
	problem = distrust(&status);
	if (problem != NULL)
		return policy_fail(error, "", problem);
	length = trusted_read(fd, text, (size_t)status.stx_size, 0);
	if (length < 0)
		return policy_fail(error, "", N_("it can't be read"));
	return conf_parse(policy, text, (size_t)length, error);
}

static bool open_and_read(struct policy *policy, struct policy_error *error)
{
	bool named = policy->conf[0] != '\0';
	int fd = trusted_open(AT_FDCWD, named ? policy->conf : POLICY_DEFAULT_CONF, O_RDONLY);
	bool good;

	if (fd < 0 && errno == ENOENT && !named)
		return true;
	if (fd < 0)
		return policy_fail(error, "",
				   errno == ELOOP ? N_("a link stands on its path")
						  : N_("it is missing or can't be opened"));
	good = read_file(policy, fd, error);
	(void)close(fd);
	return good;
}

bool conf_load(struct policy *policy, struct policy_error *error)
{
	bool good = open_and_read(policy, error);

	if (!good)
		error->source = POLICY_FROM_CONF;
	return good;
}

/* The file first, wherever conf= says it is; then the arguments. */
bool conf_policy(struct policy *policy, struct site *site, int count, const char *const *arguments,
		 struct policy_error *error)
{
	policy_defaults(policy);
	if (site != NULL)
		site_defaults(site);
	policy->site = site;
	for (int i = 0; i < count; i++) {
		if (strncmp(arguments[i], "conf=", strlen("conf=")) == 0 &&
		    !policy_set_argument(policy, arguments[i], error))
			return false;
	}
	if (!conf_load(policy, error))
		return false;
	for (int i = 0; i < count; i++) {
		if (!policy_set_argument(policy, arguments[i], error))
			return false;
	}
	return policy_check(policy, error);
}
