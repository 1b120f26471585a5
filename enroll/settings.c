/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "conf.h"
#include "message.h"
#include "settings.h"
#include "text.h"

/* FILE:LINE: OPTION: what is wrong, as compilers and editors know it. */
static void complain_mistake(const struct policy_error *error)
{
	char place[sizeof(POLICY_DEFAULT_CONF ":4294967295")];
	char option[PRINTABLE_MAX + 1];
	bool named = error->option[0] != '\0';

	(void)snprintf(place, sizeof(place), error->line > 0 ? "%s:%u" : "%s", POLICY_DEFAULT_CONF,
		       error->line);
	complain("%s%s%s: %s", place, named ? ": " : "", printable(error->option, option),
		 _(error->problem));
	if (error->nearest != NULL)
		complain(_("did you mean '%s'?"), error->nearest);
}

const struct settings *settings(void)
{
	static struct settings loaded;
	static bool done;
	struct policy_error error;

	if (done)
		return &loaded;
	done = true;
	policy_defaults(&loaded.policy);
	site_defaults(&loaded.site);
	loaded.policy.site = &loaded.site;
	loaded.good = conf_load(&loaded.policy, &error);
	if (!loaded.good)
		complain_mistake(&error);
	return &loaded;
}
