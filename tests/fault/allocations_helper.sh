#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each allocation of twokey-helper fails in turn, once, and with all that follow, and each of those who
# ask it: in logins of users who may not open the store, where they enrol themselves, and where they see
# and change what is theirs. STEP=N takes each Nth of those who ask, 1 all. What PAM and its modules allocate where they ask
# for the password is left out: how they bear it is not ours to mend.
. "$(dirname "$0")/lib/starve.sh"
. "$(dirname "$0")/lib/own.sh"

readonly STEP=${STEP-5}
# These have many allocations, and each is a login beside.
readonly OWN_STEP=$((STEP == 1 ? 1 : STEP * 4))

# starve_helper_by DIRECTORY: what begins with rights of its own loads by name alone what lies where
# libraries do, if that is set-user-ID, too. The module starts it with no environment: this has one.
starve_helper_by() {
	install -m 4755 "$starve" "$1/twokey-starve.so" && mv "$HELPER" "$HELPER.real" || die "no helper"
	cat >"$HELPER" <<-END
		#!/bin/sh
		. "$work/starving"
		LD_PRELOAD=twokey-starve.so exec "$HELPER.real"
	END
	chmod 755 "$HELPER"
}

# starved_helper COMMAND...: the helper that it leads to.
starved_helper() {
	echo "export STARVE_FROM_START=1 STARVE_PAM=0 STARVE_AT=$at STARVE_COUNT=$work/count" >"$work/starving"
	"$@"
}

# A helper that a signal ends gives no answer, and logs no reason.
not_lost() {
	[ "$(said_times reason=helper_lost)" = 0 ] || trouble+="the helper is lost; "
}
after_accepted_by_helper() {
	not_lost
	after_accepted
}
after_wrong_by_helper() {
	not_lost
	after_wrong
}
after_enrolled_by_helper() {
	if grep -q "twokey-helper was killed" "$work/output" && [ "$(said_times result=error)" = 0 ]; then
		trouble+="the helper is lost; "
	fi
	after_enrolled_oneself
}

helper_setup
user_stack
pam_twokey "$SERVICE"
new_user
other=$user
new_user
touch "$work/count"
chmod 666 "$work/count"
at_every_allocation "whoever asks the helper" "$STEP" renewed after_accepted login_by_helper
at_every_allocation "whoever asks it, with a wrong code" "$STEP" with_wrong after_wrong login_by_helper
from_start=(STARVE_FROM_START=1 STARVE_ONLY=twokey)
at_every_allocation "status, by oneself" "$OWN_STEP" renewed after_own_status own_status
at_every_allocation "recovery, by oneself" "$OWN_STEP" renewed after_own_recovery own_recovery
at_every_allocation "remove, by oneself" "$OWN_STEP" with_spare after_own_remove own_remove
at_every_allocation "whoever enrols oneself" "$OWN_STEP" not_enrolled after_enrolled_oneself \
	enrol_oneself
starver=starved_helper from_start=()
starve_helper_by "$(dirname "$(ldconfig -p | sed -n 's/.*libpam\.so\.0 .*=> //p' | head -n 1)")"
at_every_allocation "a right code" 1 renewed after_accepted_by_helper login_by_helper
at_every_allocation "a wrong code" 1 with_wrong after_wrong_by_helper login_by_helper
at_every_allocation "a recovery code" 1 with_recovery after_accepted_by_helper login_by_helper
at_every_allocation "enrolled by oneself" 1 not_enrolled after_enrolled_by_helper enrol_oneself

finish
