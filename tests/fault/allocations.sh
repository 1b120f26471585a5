#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each allocation of a login, libpam's, liboath's and libcrypt's among them, of an enrolment at one, and of
# each command fails in turn, once, and with all that follow: no crash, no success that is not on disk, and
# all is well when there is memory again. STEP=N takes each Nth in the commands, in an enrolment at a login
# and in some ways of asking, 1 all.
. "$(dirname "$0")/lib/starve.sh"
. "$(dirname "$0")/lib/taken.sh"

readonly STEP=${STEP-5}
# What draws the key allocates much for it.
readonly SHOWN_STEP=$((STEP == 1 ? 1 : STEP * 3))

# The other ways of asking.
combined_login() {
	"$@" "$driver" "$SERVICE-combined" "$user" "$password$typed"
}
code_login() {
	"$@" "$driver" "$SERVICE-code" "$user" "$typed"
}

# It may fail by libpam's doing.
after_session() {
	told_at_last "$work/output"
	still_spent
}

starved_enroll() {
	"$@" twokey enroll "$user" --no-confirm --qr none
}
starved_replace() {
	"$@" twokey enroll "$user" --no-confirm --qr none --replace
}

starved_add() {
	"$@" twokey enroll "$user" --add --device spare --no-confirm --qr none --recovery-codes 0 \
		--secret-stdin <"$work/new_key"
}
# Told that it failed, the administrator does it again.
after_enroll() {
	[ "$status" != 0 ] || is_enrolled 0
	aside command_replace env >/dev/null || trouble+="can't be enrolled again; "
	new_code_gets_in
}
after_replace() {
	is_enrolled 0
	no_litter
	[ "$status" != 0 ] || wants "the old phone" "$(result "$right")" 7
}
after_add() {
	[ "$status" != 0 ] || new_code_gets_in
	wants "the old phone" "$(result "$right")" 0
	no_litter
}
after_verify() {
	[ "$status" = 0 ] || result "$typed" >/dev/null
	wants "the code, once spent" "$(result "$typed")" 7
	wants "the next code" "$(result "$next")" 0
}
after_rebuild() {
	is_enrolled 0
	wants "the code, once spent" "$(result "$right")" 7
	wants "the next code" "$(result "$next")" 0
}
after_remove() {
	[ "$status" != 0 ] || is_enrolled 1
}
# One phone of two: what is known of the other one stays.
after_remove_device() {
	local phones
	phones="$(result "$right") $(new_phone)"
	[[ $phones = "7 0" || $status != 0 && $phones = "0 0" ]] || trouble+="both phones: $phones; "
	no_litter
}
after_unlock() {
	[ "$status" != 0 ] || wants "failures" "$(state_of failures)" 0
	is_enrolled 0
}
after_recovery() {
	[ "$status" != 0 ] || wants "the old recovery code" "$(result "${recovery[0]}")" 7
	wants "the phone" "$(result "$right")" 0
}

pam_twokey "$SERVICE"
pam_twokey "$SERVICE-combined" ask=combined
pam_twokey "$SERVICE-code" ask=code
pam_enrolling "$SERVICE-enrol"
pam_telling "$SERVICE-session"
new_user
other=$user
new_user
at_every_allocation "a right code" 1 renewed after_accepted typed_login
at_every_allocation "a wrong code" 1 with_wrong after_wrong typed_login
at_every_allocation "a recovery code" 1 with_recovery after_accepted typed_login
at_every_allocation "a session" 1 with_news after_session open_session
at_every_allocation "ask=combined" "$STEP" renewed after_accepted combined_login
at_every_allocation "ask=code" "$STEP" renewed after_accepted code_login
at_every_allocation "an enrolment at a login" "$STEP" not_enrolled after_enrolled_at_login enrol_at_login
from_start=(STARVE_FROM_START=1)
at_every_allocation "enroll" "$STEP" not_enrolled after_enroll starved_enroll
at_every_allocation "enroll --replace" "$STEP" renewed after_replace starved_replace
at_every_allocation "enroll --add" "$STEP" renewed after_add starved_add
at_every_allocation "enroll, with a first code" "$SHOWN_STEP" typed_first after_confirmed enroll_confirmed
for format in png svg; do
	whole_image "$format"
	at_every_allocation "enroll --qr $format=FILE" "$SHOWN_STEP" without_image after_image "enroll_$format"
done
at_every_allocation "verify" "$STEP" typed_renewed after_verify verify_code
at_every_allocation "remove" "$STEP" renewed after_remove command_remove
at_every_allocation "remove --device" "$STEP" with_spare after_remove_device command_remove_device
at_every_allocation "unlock" "$STEP" locked_out after_unlock command_unlock
at_every_allocation "unlock --rebuild" "$STEP" spent after_rebuild command_rebuild
at_every_allocation "recovery" "$STEP" renewed after_recovery command_recovery

finish
