/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include "codes.h"
#include "decimal.h"
#include "record.h"
#include "site.h"
#include "text.h"

static bool set_issuer(struct site *site, const char *value)
{
	return device_set_issuer(&site->device, value);
}

static bool set_algorithm(struct site *site, const char *value)
{
	return device_set_algorithm(&site->device, value);
}

static bool set_digits(struct site *site, const char *value)
{
	return device_set_digits(&site->device, value);
}

static bool set_period(struct site *site, const char *value)
{
	return device_set_period(&site->device, value);
}

static bool set_recovery_codes(struct site *site, const char *value)
{
	uint64_t count;

	if (!decimal_parse(value, RECORD_RECOVERY_MAX, &count))
		return false;
	site->recovery_codes = (size_t)count;
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct site *site, const char *value);
	const char *problem;
} options[] = {
	{"issuer", set_issuer, N_("it must be 1 to 64 bytes without a colon")},
	{"algorithm", set_algorithm, N_("it must be SHA1, SHA256 or SHA512")},
	{"digits", set_digits, N_("it must be 6, 7 or 8")},
	{"period", set_period, N_("it must be 10 to 300 seconds")},
	{"recovery_codes", set_recovery_codes, N_("it must be 0 to 16 codes")},
};

#define OPTION_COUNT (sizeof(options) / sizeof(*options))

void site_defaults(struct site *site)
{
	*site = (struct site){.device = {.name = "phone", .digits = 6, .period = 30},
			      .recovery_codes = CODES_DEFAULT};
}

static size_t find(const char *name)
{
	size_t i = 0;

	while (i < OPTION_COUNT && strcmp(options[i].name, name) != 0)
		i++;
	return i;
}

bool site_knows(const char *name)
{
	return find(name) < OPTION_COUNT;
}

const char *site_set(struct site *site, const char *name, const char *value)
{
	size_t i = find(name);

	if (i >= OPTION_COUNT)
		return N_("there is no such option; see pam_twokey(8)");
	return options[i].set(site, value) ? NULL : options[i].problem;
}

const char *site_option(size_t index)
{
	return index < OPTION_COUNT ? options[index].name : NULL;
}
