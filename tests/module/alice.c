/* SPDX-License-Identifier: BSD-2-Clause */
#include "alice.h"

#include <stdlib.h>
#include <string.h>

#include "otp.h"
#include "recovery.h"
#include "store_change.h"
#include "unit.h"

static const struct device phone = {
	.name = "phone", .digits = 6, .period = 30, .key_length = 20, .key = "a phone's key"};
static char recovery_codes[2][RECOVERY_LENGTH + 1] = {"ACDEFHJKMNPQ", "234678234678"};

int alice_enrol(void **state)
{
	static const struct state fresh;
	struct record record = {.file = "alice", .device_count = 1, .devices = {phone}};
	struct store_fault fault;
	struct store store;
	struct change change;

	(void)state;
	host_shadow_readable = true;
	host_clock = host_clock > 0 ? host_clock + 3600 : ALICE_NOW;
	assert_int_equal(recovery_replace(&record, recovery_codes, 2), REASON_NONE);
	assert_int_equal(store_create(getenv("TWOKEY_TEST_STORE"), &fault), REASON_NONE);
	assert_int_equal(store_open(getenv("TWOKEY_TEST_STORE"), &store), REASON_NONE);
	assert_int_equal(change_begin(&store, "alice", &change), REASON_NONE);
	assert_int_equal(change_write(&change, &record, &fresh), REASON_NONE);
	change_end(&change);
	store_close(&store);
	return 0;
}

const char *alice_code(int steps)
{
	static char code[OTP_DIGITS_MAX + 1];

	assert_true(otp_code(&phone, (uint64_t)(host_clock / 30 + steps), code));
	return code;
}

struct host_login alice_try(const char *service, const char *user, const char *first,
			    const char *second, int code, const char *prompts, const char *log)
{
	struct host_login login = {.answers = {first, second}};
	int found = host_login(service, user, &login);

	if (found != code || strcmp(login.prompts, prompts) != 0 || host_log_count != 1 ||
	    strstr(host_log, log) == NULL)
		fail_msg("%s, %s: code %d, %u log lines, the last '%s', prompts '%s'", service,
			 user, found, host_log_count, host_log, login.prompts);
	return login;
}
