#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A clock that is wrong, on either side: no code counts twice, and the log tells by how much.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

# host_clock SECONDS COMMAND...: the host's clock is off by so much.
host_clock() {
	local offset=$1
	shift
	faketime -f "$offset" "$@"
}

login_at() {
	host_clock "$1" "$here/pam_login.py" "$SERVICE" "$user" "$password" "$2"
}

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

pam_twokey "$SERVICE"

new_user
later=$(code 120)
let_in code_accepted "an hour ahead, with the code of then" login_at +3600 "$later"
right=$(code)
kept_out clock_behind "the clock is right again: a fresh code lies in the past" login "$right"
logged "the log tells by how much" "clock_behind_seconds=3[56][0-9]{2}"
kept_out replayed_code "the code of then, at that hour again" login_at +3600 "$later"
check "twokey unlock" twokey unlock "$user"
shown "says that the last code lay in the future" "device phone: .*future"
let_in code_accepted "a code of the next step" login "$(code 1)"

new_user
right=$(code)
let_in code_accepted "now" login "$right"
kept_out replayed_code "the same code" login "$right"
kept_out clock_behind "an hour back, with the code of then" login_at -3600 "$(code -120)"
let_in code_accepted "and forward again" login "$(code 1)"

# A phone whose clock is off by more than the window is told how far, and how to go on.
new_user
kept_out wrong_code "a phone five steps ahead" login "$(code 5)"
logged "the log tells the drift" 'drift_seconds=\+150'
kept_out wrong_code "a phone fifty steps ahead" login "$(code 50)"
check "is told no drift" sh -c "! grep -q drift_seconds $work/said"
pam_twokey "$SERVICE" window=6
let_in code_accepted "five steps ahead with window=6" login "$(code 5)"
pam_twokey "$SERVICE" window=0
new_user
kept_out wrong_code "window=0: two steps ahead" login "$(code 2)"

finish
