/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "text.h"
#include "trusted.h"

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
