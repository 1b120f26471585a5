/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_MODULE_OPTIONS_H
#define TWOKEY_MODULE_OPTIONS_H

#include <stdbool.h>

#include "policy.h"

/*
 * options_read(policy, argc, argv, error):
 * The options of twokey.conf, and of the module's arguments, which win. Return false at the first
 * mistake.
 */
bool options_read(struct policy *policy, int argc, const char **argv, struct policy_error *error);

#endif
