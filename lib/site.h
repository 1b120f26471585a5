/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SITE_H
#define TWOKEY_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "device.h"

/*
 * What a new enrolment is like at this site where nobody says otherwise: the options of
 * twokey.conf(5) that are not a login's. A login passes over them, right or wrong: what only
 * concerns those who are yet to be enrolled keeps nobody out.
 */
struct site {
	struct device device; /* issuer (empty: the host's name), algorithm, digits, period */
	size_t recovery_codes;
};

/* site_defaults(site): SHA1, 6 digits, 30 seconds, which every app takes; ten recovery codes. */
void site_defaults(struct site *site);

/* site_knows(name): Whether ${name} is one of these options. */
bool site_knows(const char *name);

/*
 * site_set(site, name, value):
 * Set an option that site_knows. Return NULL, or, with ${site} unchanged, a static text that says
 * what is allowed.
 */
const char *site_set(struct site *site, const char *name, const char *value);

/*
 * site_option(index):
 * The name of an option, from 0 on; NULL after the last one.
 */
const char *site_option(size_t index);

#endif
