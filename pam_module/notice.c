/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "notice.h"
#include "recovery.h"
#include "store.h"
#include "text.h"

/* Recovery codes left, below which it is time for new ones. */
#define RECOVERY_FEW 3

#define TIME_SIZE    32

static bool tell_failures(pam_handle_t *pamh, const struct state *state)
{
	char when[TIME_SIZE] = "";
	time_t then = (time_t)state->last_failure;
	struct tm broken_down;

	if (state->earlier_failures == 0)
		return true;
	if (gmtime_r(&then, &broken_down) != NULL)
		(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", &broken_down);
	return pam_info(pamh,
			P_("%" PRIu32 " wrong code was tried before this login, on %s%s%s.",
			   "%" PRIu32
			   " wrong codes were tried before this login, the last on %s%s%s.",
			   state->earlier_failures),
			state->earlier_failures, when,
			state->last_origin[0] != '\0' ? _(" from ") : "",
			state->last_origin) == PAM_SUCCESS;
}

static bool tell_recovery(pam_handle_t *pamh, const struct record *record,
			  const struct state *state)
{
	unsigned left = recovery_left(record, state);

	if (record->recovery_count == 0 || left >= RECOVERY_FEW)
		return true;
	return pam_info(pamh,
			P_("You have %u recovery code left: ask for new ones.",
			   "You have %u recovery codes left: ask for new ones.", left),
			left) == PAM_SUCCESS;
}

/* Of the devices that this login may have been with: one that was not used tells nothing new. */
static bool tell_drift(pam_handle_t *pamh, const struct record *record, const struct state *state)
{
	bool taken = true;

	for (size_t i = 0; i < record->device_count && taken; i++) {
		const struct device *device = &record->devices[i];
		int drift = state->devices[i].drift;

		if (device->type != OTP_TOTP ||
		    state->devices[i].last_used != state->last_success ||
		    (unsigned)abs(drift) < device->period)
			continue;
		taken = pam_info(pamh,
				 drift > 0 ? _("The clock of your device %s is about %d seconds "
					       "ahead: set it by the network.")
					   : _("The clock of your device %s is about %d seconds "
					       "behind: set it by the network."),
				 device->name, abs(drift)) == PAM_SUCCESS;
	}
	return taken;
}

/*
 * Not synced, and not before all was said: if power loss, a kill or want of memory takes the mark
 * away, the user is told twice. What a login has changed meanwhile is not told yet.
 */
static void mark(struct store *store, const char *user, uint64_t sequence)
{
	struct transaction transaction;
	enum reason reason = store_begin(store, user, SUBJECT_USER, store_deadline(), &transaction);
	struct state state = transaction.state;

	state.told = true;
	if (reason == REASON_NONE && transaction.enrolled && state.sequence == sequence)
		(void)store_charge(&transaction, &state);
	store_end(&transaction);
}

static void tell(pam_handle_t *pamh, struct store *store, const char *user)
{
	struct transaction transaction;
	enum reason reason = store_begin(store, user, SUBJECT_USER, store_deadline(), &transaction);
	struct record record = transaction.record;
	struct state state = transaction.state;
	bool news = reason == REASON_NONE && transaction.enrolled && !state.told &&
		    state.last_success > 0;

	/* The lock is not held while a terminal is written to. */
	store_end(&transaction);
	if (news && tell_failures(pamh, &state) && tell_recovery(pamh, &record, &state) &&
	    tell_drift(pamh, &record, &state))
		mark(store, user, state.sequence);
	explicit_bzero(&record, sizeof(record));
}

void notice_tell(pam_handle_t *pamh, const struct policy *policy)
{
	const char *user = NULL;
	struct store store;

	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || user == NULL ||
	    store_open(policy->store, &store) != REASON_NONE)
		return;
	tell(pamh, &store, user);
	store_close(&store);
}
