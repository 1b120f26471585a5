/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "doctor.h"
#include "host_users.h"
#include "login.h"
#include "recovery.h"
#include "store_change.h"
#include "text.h"

/* Seconds. A phone's clock is set by its network: more than this is not the phone's. */
#define DRIFT_NOTABLE 20

/* Seconds that clocks which are both right may differ by. */
#define TOLERANCE 60

/* Fewer devices agree by chance. */
#define DEVICES_FEWEST 3

/* What is found on the way through the records. */
struct findings {
	struct doctor_users unreadable[REASON_COUNT];
	struct doctor_users unknown; /* to the host */
	struct doctor_users aliased; /* enrolled by another than the account's own name */
	struct doctor_users ahead;   /* last used in the future */
	struct doctor_users without_recovery;
	struct doctor_users drifting;
	char first[REASON_COUNT][USERNAME_FILE_MAX + 1];
	size_t locked;
	int32_t *drifts; /* of devices whose code was accepted */
	size_t drift_count;
	bool out_of_memory;
	struct names host_names; /* whom the host lists; a directory may know more */
	enum reason host;        /* why that can't be told, or REASON_NONE */
};

static void add_drift(struct findings *findings, int32_t drift)
{
	size_t count = findings->drift_count;
	int32_t *drifts = findings->drifts;

	if ((count & (count - 1)) == 0)
		drifts = reallocarray(drifts, count == 0 ? 1 : 2 * count, sizeof(*drifts));
	if (drifts == NULL) {
		findings->out_of_memory = true;
		return;
	}
	findings->drifts = drifts;
	drifts[findings->drift_count++] = drift;
}

static void look_at_devices(struct findings *findings, const char *user,
			    const struct record *record, const struct state *state, int64_t now)
{
	bool drifts = false;
	bool ahead = state->last_success > now + TOLERANCE;

	for (size_t i = 0; i < record->device_count; i++) {
		const struct device_state *device = &state->devices[i];

		ahead = ahead || device->last_used > now + TOLERANCE;
		if (record->devices[i].type != OTP_TOTP || device->last_used == 0)
			continue;
		add_drift(findings, device->drift);
		drifts = drifts || abs(device->drift) > TOLERANCE;
	}
	if (drifts)
		doctor_users_add(&findings->drifting, user);
	if (ahead)
		doctor_users_add(&findings->ahead, user);
}

static void look_at_user(struct doctor *doctor, struct findings *findings, const char *user,
			 int64_t now)
{
	struct record record;
	struct state state;
	enum reason reason = store_read(&doctor->store, user, &record, &state);

	if (reason == REASON_NONE) {
		look_at_devices(findings, user, &record, &state, now);
		findings->locked += state.locked_until > now;
		if (record.recovery_count > 0 && recovery_left(&record, &state) == 0)
			doctor_users_add(&findings->without_recovery, user);
	} else if (reason != REASON_UNENROLLED) { /* removed since the names were read */
		if (findings->unreadable[reason].count == 0)
			(void)snprintf(findings->first[reason], sizeof(findings->first[reason]),
				       "%s", user);
		doctor_users_add(&findings->unreadable[reason], user);
	}
	explicit_bzero(&record, sizeof(record));
}

/* One line that is written over once a second, for who waits at a terminal. */
static bool show_progress(const struct doctor *doctor, size_t done, time_t *shown)
{
	time_t now = time(NULL);

	if (now == *shown || isatty(STDERR_FILENO) != 1)
		return false;
	*shown = now;
	(void)fputc('\r', stderr);
	(void)fprintf(stderr, _("%zu of %zu records"), done, doctor->names.count);
	return true;
}

static void look_at_name(struct findings *findings, const char *user)
{
	bool own;
	int error;

	if (findings->host != REASON_NONE || names_have(&findings->host_names, user))
		return;
	error = account_own_name(user, &own);
	if (error == ENOENT)
		doctor_users_add(&findings->unknown, user);
	else if (error != 0)
		findings->host = REASON_USERS_UNREADABLE;
	else if (!own)
		doctor_users_add(&findings->aliased, user);
}

static void look_at_all(struct doctor *doctor, struct findings *findings, int64_t now)
{
	time_t shown = time(NULL);
	bool any = false;

	findings->host = host_users_names(&findings->host_names);
	for (size_t i = 0; i < doctor->names.count; i++) {
		look_at_user(doctor, findings, doctor->names.sorted[i], now);
		look_at_name(findings, doctor->names.sorted[i]);
		any = show_progress(doctor, i + 1, &shown) || any;
	}
	names_free(&findings->host_names);
	if (any)
		(void)fputs("\r\033[K", stderr);
}

/* The command that mends what ${reason} says of one user, or of each of several. */
static const char *mend_of(const struct doctor *doctor, enum reason reason, const char *user,
			   char mend[FINDING_SIZE])
{
	switch (reason) {
	case REASON_RECORD_DAMAGED:
		(void)snprintf(mend, FINDING_SIZE, "twokey enroll %s --replace", user);
		break;
	case REASON_STATE_DAMAGED:
	case REASON_STATE_EXHAUSTED:
		(void)snprintf(mend, FINDING_SIZE, "twokey unlock %s --rebuild", user);
		break;
	case REASON_FILE_UNTRUSTED:
		(void)snprintf(mend, FINDING_SIZE, "ls -l %s/users/%s", doctor->store_path, user);
		break;
	default:
		return NULL;
	}
	return mend;
}

static bool tell_unreadable(struct doctor *doctor, const struct findings *findings)
{
	char mend[FINDING_SIZE];
	bool any = false;

	for (int i = 0; i < REASON_COUNT; i++) {
		const struct doctor_users *users = &findings->unreadable[i];
		const char *text = reason_text((enum reason)i);

		if (users->count == 0)
			continue;
		any = true;
		doctor_tell(doctor, FINDING_PROBLEM, "records",
			    mend_of(doctor, (enum reason)i,
				    users->count == 1 ? findings->first[i] : "USER", mend),
			    N_("no login for %zu of %zu users: %s: %s"), users->count,
			    doctor->names.count, doctor_text(doctor, text), users->text);
	}
	return any;
}

static int compare_drifts(const void *a, const void *b)
{
	int32_t first = *(const int32_t *)a;
	int32_t second = *(const int32_t *)b;

	return (first > second) - (first < second);
}

static void tell_drift(struct doctor *doctor, struct findings *findings)
{
	int32_t middle;

	if (findings->drift_count == 0)
		return;
	qsort(findings->drifts, findings->drift_count, sizeof(*findings->drifts), compare_drifts);
	middle = findings->drifts[findings->drift_count / 2];
	if (abs(middle) >= DRIFT_NOTABLE && findings->drift_count >= DEVICES_FEWEST)
		doctor_tell(doctor, FINDING_WARNING, "drift", "timedatectl status",
			    N_("the devices agree that this host's clock is wrong, by about %d "
			       "seconds (devices: %zu)"),
			    -middle, findings->drift_count);
	else if (findings->drifting.count > 0)
		doctor_tell(doctor, FINDING_WARNING, "drift", NULL,
			    N_("devices are more than a minute off, and should set their clocks "
			       "by the network: %s (users: %zu)"),
			    findings->drifting.text, findings->drifting.count);
	else
		doctor_tell(doctor, FINDING_OK, "drift", NULL,
			    N_("the clocks of devices differ by %+d to %+d seconds (devices: %zu)"),
			    findings->drifts[0], findings->drifts[findings->drift_count - 1],
			    findings->drift_count);
}

static void tell_lists(struct doctor *doctor, const struct findings *findings)
{
	if (findings->ahead.count > 0)
		doctor_tell(doctor, FINDING_PROBLEM, "clock-behind", "timedatectl status",
			    N_("logged in at a time that is yet to come: %s (users: %zu); the "
			       "clock is behind, or was ahead; once it is right, 'twokey unlock' "
			       "lets them in"),
			    findings->ahead.text, findings->ahead.count);
	if (findings->without_recovery.count > 0)
		doctor_tell(doctor, FINDING_WARNING, "recovery-codes", "twokey recovery USER",
			    N_("recovery codes are used up: %s (users: %zu)"),
			    findings->without_recovery.text, findings->without_recovery.count);
	if (findings->host != REASON_NONE)
		doctor_tell_users(doctor, "unknown-users", findings->host);
	else if (findings->unknown.count > 0)
		doctor_tell(doctor, FINDING_WARNING, "unknown-users", "twokey remove USER",
			    N_("enrolled, and unknown to this host: %s (users: %zu)"),
			    findings->unknown.text, findings->unknown.count);
	if (findings->aliased.count > 0)
		doctor_tell(doctor, FINDING_WARNING, "other-names", "getent passwd USER",
			    N_("enrolled by a name that is not the account's own, by which they "
			       "can log in as well and are not enrolled: %s (users: %zu); enrol "
			       "them by that"),
			    findings->aliased.text, findings->aliased.count);
}

void doctor_check_records(struct doctor *doctor)
{
	struct findings *findings;
	int64_t now;

	if (!doctor->store_open || !doctor->names_known)
		return;
	findings = calloc(1, sizeof(*findings));
	if (findings == NULL || !login_clock(&now)) {
		doctor_tell(doctor, FINDING_PROBLEM, "records", NULL,
			    N_("memory ran out, or the clock can't be read"));
		free(findings);
		return;
	}
	look_at_all(doctor, findings, now);
	if (!tell_unreadable(doctor, findings))
		doctor_tell(doctor, FINDING_OK, "records", NULL,
			    N_("%zu records, all of them whole; %zu locked"), doctor->names.count,
			    findings->locked);
	tell_lists(doctor, findings);
	tell_drift(doctor, findings);
	free(findings->drifts);
	free(findings);
}
