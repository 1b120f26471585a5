/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CONF_H
#define TWOKEY_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

/* Bytes. The commented file that is shipped has a quarter of it. */
#define CONF_MAX 16384

/*
 * conf_parse(policy, text, length, error):
 * Set the options of ${text}, the format of twokey.conf(5). Return false at the first mistake, with
 * its line; ${policy} is then half set and of no use.
 */
bool conf_parse(struct policy *policy, const char *text, size_t length, struct policy_error *error);

/*
 * conf_load(policy, error):
 * Read the file at policy->conf, or the default one, which may be missing, and set its options. The
 * file must be regular, owned by root or the caller, and writable by nobody else. Return false if
 * it is not, can't be read, or has a mistake.
 */
bool conf_load(struct policy *policy, struct policy_error *error);

/*
 * conf_policy(policy, site, count, arguments, error):
 * The policy of a line in /etc/pam.d with these ${arguments}: the file's options, and the
 * arguments, which win. ${site} is NULL, or where what concerns enrolment goes. Return false at the
 * first mistake.
 */
bool conf_policy(struct policy *policy, struct site *site, int count, const char *const *arguments,
		 struct policy_error *error);

#endif
