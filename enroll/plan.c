/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "codes_show.h"
#include "decimal.h"
#include "judge.h"
#include "message.h"
#include "plan.h"
#include "text.h"

enum {
	OPTION_DEVICE = 1,
	OPTION_ISSUER,
	OPTION_LABEL,
	OPTION_ALGORITHM,
	OPTION_DIGITS,
	OPTION_PERIOD,
	OPTION_HOTP,
	OPTION_COUNTER,
	OPTION_SECRET_STDIN,
	OPTION_RECOVERY_CODES,
	OPTION_QR,
	OPTION_NO_CONFIRM,
	OPTION_ADD,
	OPTION_REPLACE,
	OPTION_IF_MISSING,
};

const struct option plan_options[] = {
	{"device", required_argument, NULL, OPTION_DEVICE},
	{"issuer", required_argument, NULL, OPTION_ISSUER},
	{"label", required_argument, NULL, OPTION_LABEL},
	{"algorithm", required_argument, NULL, OPTION_ALGORITHM},
	{"digits", required_argument, NULL, OPTION_DIGITS},
	{"period", required_argument, NULL, OPTION_PERIOD},
	{"hotp", no_argument, NULL, OPTION_HOTP},
	{"counter", required_argument, NULL, OPTION_COUNTER},
	{"secret-stdin", no_argument, NULL, OPTION_SECRET_STDIN},
	{"recovery-codes", required_argument, NULL, OPTION_RECOVERY_CODES},
	{"qr", required_argument, NULL, OPTION_QR},
	{"no-confirm", no_argument, NULL, OPTION_NO_CONFIRM},
	{"add", no_argument, NULL, OPTION_ADD},
	{"replace", no_argument, NULL, OPTION_REPLACE},
	{"if-missing", no_argument, NULL, OPTION_IF_MISSING},
	{0},
};

/* The options that are a value of the device, with what they allow. */
static const struct {
	int option;
	bool (*set)(struct device *device, const char *value);
	const char *problem;
} device_options[] = {
	{OPTION_DEVICE, device_set_name, N_("--device must be 1 to 32 letters, digits, or . _ -")},
	{OPTION_ISSUER, device_set_issuer, N_("--issuer must be 1 to 64 bytes without a colon")},
	{OPTION_LABEL, device_set_label, N_("--label must be 1 to 128 bytes without a colon")},
	{OPTION_ALGORITHM, device_set_algorithm, N_("--algorithm must be SHA1, SHA256 or SHA512")},
	{OPTION_DIGITS, device_set_digits, N_("--digits must be 6, 7 or 8")},
	{OPTION_PERIOD, device_set_period, N_("--period must be 10 to 300 seconds")},
};

static bool take_mode(struct enrolment *enrolment, enum enrolment_mode mode)
{
	if (enrolment->mode != ENROLMENT_NEW && enrolment->mode != mode) {
		complain(_("only one of --add, --replace and --if-missing can be given"));
		return false;
	}
	enrolment->mode = mode;
	return true;
}

static bool take_counter(struct enrolment *enrolment, const char *value)
{
	if (decimal_parse(value, HOTP_COUNTER_MAX, &enrolment->state.watermark))
		return true;
	complain(_("--counter must be 0 to %u"), HOTP_COUNTER_MAX);
	return false;
}

static bool take_qr(struct qr_option *qr, const char *value)
{
	if (qr_option_parse(value, qr))
		return true;
	complain(_("--qr must be utf8, ascii, none, png=FILE or svg=FILE"));
	return false;
}

static bool take_device_value(struct device *device, int option, const char *value)
{
	for (size_t i = 0; i < sizeof(device_options) / sizeof(*device_options); i++) {
		if (device_options[i].option != option)
			continue;
		if (device_options[i].set(device, value))
			return true;
		complain("%s", _(device_options[i].problem));
	}
	return false;
}

bool plan_take(int option, const char *value, void *context)
{
	struct plan *plan = context;
	struct enrolment *enrolment = &plan->enrolment;

	switch (option) {
	case OPTION_HOTP:
		enrolment->device.type = OTP_HOTP;
		return true;
	case OPTION_COUNTER:
		return take_counter(enrolment, value);
	case OPTION_SECRET_STDIN:
		plan->key_source = KEY_FROM_STDIN;
		return true;
	case OPTION_RECOVERY_CODES:
		return codes_parse_count(value, &enrolment->codes);
	case OPTION_QR:
		return take_qr(&plan->qr, value);
	case OPTION_NO_CONFIRM:
		plan->confirmation = CONFIRMATION_LEFT_OUT;
		return true;
	case OPTION_ADD:
		return take_mode(enrolment, ENROLMENT_ADD);
	case OPTION_REPLACE:
		return take_mode(enrolment, ENROLMENT_REPLACE);
	case OPTION_IF_MISSING:
		return take_mode(enrolment, ENROLMENT_IF_MISSING);
	default:
		return take_device_value(&enrolment->device, option, value);
	}
}
