/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_MODULE_OPTIONS_H
#define TWOKEY_MODULE_OPTIONS_H

#include <stdbool.h>

#include "policy.h"

/*
 * options_read(policy, site, argc, argv, error):
 * The options of twokey.conf, and of the module's arguments, which win. ${site} is NULL, or where
 * what concerns enrolment goes. Return false at the first mistake.
 */
bool options_read(struct policy *policy, struct site *site, int argc, const char **argv,
		  struct policy_error *error);

#endif
