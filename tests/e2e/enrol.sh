#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey enroll, as a person at a terminal does it.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

# at_terminal right|interrupt [OPTION...]: the person enrols $user; see enrol_at_terminal.py.
at_terminal() {
	"$here/enrol_at_terminal.py" "$1" "$user" "${@:2}" >"$work/seen" || die "enrol_at_terminal"
	key=$(seen '["key"]')
	mapfile -t recovery < <(seen '["recovery"]')
	secret "$key" "$(seen '["uri"]')" "${recovery[@]}"
}

seen() {
	json "$1" <"$work/seen"
}

login() {
	pam_login "$SERVICE" "$user" "$password" "$1"
}

pam_twokey "$SERVICE"

new_person
at_terminal interrupt
check "Ctrl-C ends it" test "$(seen '["status"]')" = -2
check_status 1 "nobody is enrolled then" twokey status "$user"
kept_out unenrolled "and the key is worth nothing" login "$(code)"
check "the terminal shows no key any more" test "$(seen "['left'].count('Key:')")" = 0

at_terminal right
check "the right code after a wrong one ends with 0" test "$(seen '["status"]')" = 0
check "the wrong code was called wrong" test "$(seen '["wrong"].count("wrong")')" = 1
check "ten recovery codes are shown" test "${#recovery[@]}" = 10
check "the key is in no scrollback" test "$(seen '["left"].count("Key:")')" = 0
check "the URI is in no scrollback" test "$(seen '["left"].count("otpauth")')" = 0
check "the user is named" test "$(seen "['left'].count('$user is enrolled')")" = 1
check "status agrees" twokey status "$user"
let_in code_accepted "the next code logs in" login "$(code 1)"
let_in recovery_accepted "and so does a recovery code" login "${recovery[9]}"

finish
