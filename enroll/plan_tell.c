/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codes_show.h"
#include "command.h"
#include "message.h"
#include "overview.h"
#include "plan_tell.h"
#include "text.h"

int plan_refuse(const struct plan *plan, enum enrolment_standing standing)
{
	static const char *const problems[] = {
		[ENROLMENT_EXISTS] =
			N_("is enrolled already; see --add, --replace and --if-missing"),
		[ENROLMENT_MISSING] = N_("is not enrolled; leave --add out"),
		[ENROLMENT_DEVICE_EXISTS] = N_("has a device of this name already; see --device"),
		[ENROLMENT_TOO_MANY] = N_("has 8 devices already; see 'twokey remove --device'"),
	};
	char name[PRINTABLE_MAX + 1];

	if (standing == ENROLMENT_EXISTS && plan->enrolment.mode == ENROLMENT_IF_MISSING)
		return STATUS_DONE;
	(void)printable(plan->options.user, name);
	if (standing == ENROLMENT_KEY_EXISTS)
		complain(_("%s has this key already, as device %s: one phone is one device, and a "
			   "second phone needs a key of its own, which 'twokey enroll %s --add "
			   "--device NAME' makes"),
			 name, plan->enrolment.key_holder, name);
	else
		complain("%s %s", name, _(problems[standing]));
	return STATUS_REFUSED;
}

bool plan_tell_wrong_code(const struct near_miss *near_miss)
{
	if (near_miss->kind == NEAR_MISS_CLOCK)
		complain(_("the code is right for a clock that differs by %+lld seconds: set the "
			   "device's clock, or this host's"),
			 (long long)near_miss->distance);
	else
		complain(_("the code is wrong; nothing was written yet"));
	return isatty(STDIN_FILENO) == 1;
}

static json_t *result_json(const struct plan *plan)
{
	const struct device *device = &plan->enrolment.device;
	char key[DEVICE_KEY_BASE32_MAX + 1];
	json_t *json;

	device_key_text(device, key);
	json = json_pack(
		"{s:s, s:s, s:s, s:s, s:i, s:o, s:s, s:s, s:o}", "user", plan->options.user,
		"device", device->name, "type", otp_type_name(device->type), "algorithm",
		otp_algorithm_name(device->algorithm), "digits", (int)device->digits, "period",
		device->type == OTP_TOTP ? json_integer(device->period) : json_null(), "secret",
		key, "uri", plan->uri, "recovery_codes", codes_json(&plan->enrolment.codes));
	explicit_bzero(key, sizeof(key));
	return json;
}

int plan_tell_result(const struct plan *plan)
{
	char name[PRINTABLE_MAX + 1];

	if (plan->options.json)
		return overview_print_json(result_json(plan));
	codes_print(&plan->enrolment.codes, stdout);
	say(stdout, _("%s is enrolled with device %s."), printable(plan->options.user, name),
	    plan->enrolment.device.name);
	return STATUS_DONE;
}
