/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "conf.h"
#include "options.h"

/* twokey.conf first, wherever conf= says it is; then the arguments, which win. */
bool options_read(struct policy *policy, struct site *site, int argc, const char **argv,
		  struct policy_error *error)
{
	policy_defaults(policy);
	if (site != NULL)
		site_defaults(site);
	policy->site = site;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "conf=", strlen("conf=")) == 0 &&
		    !policy_set_argument(policy, argv[i], error))
			return false;
	}
	if (!conf_load(policy, error))
		return false;
	for (int i = 0; i < argc; i++) {
		if (!policy_set_argument(policy, argv[i], error))
			return false;
	}
	return policy_check(policy, error);
}
