#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The module among others: which asks, which takes what another has asked for, in every phase.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

login() {
	pam_login "$SERVICE" "$user" "$@"
}

prompted() {
	check "$1: the prompts" test "$(grep '^prompt' "$work/before")" = "$2"
}

# keep: what the last login printed, for 'prompted' after another check.
keep() {
	cp "$work/output" "$work/before"
}

readonly PASSWORD_ONCE="prompt off Password: "
readonly BOTH="$PASSWORD_ONCE"$'\n'"prompt off Verification code: "

new_user
right=$(code)
stack "required pam_unix.so nodelay" "required pam_twokey.so use_first_pass"
kept_out wrong_password "use_first_pass: wrong password" login "not $password" "$right"
kept_out wrong_code "use_first_pass: wrong code" login "$password" "$(wrong_code)"
let_in code_accepted "use_first_pass after pam_unix" login "$password" "$right"
keep
prompted "use_first_pass after pam_unix" "$BOTH"
kept_out replayed_code "use_first_pass: again" login "$password" "$right"

new_user
right=$(code)
stack "required pam_unix.so nodelay" "required pam_twokey.so try_first_pass"
kept_out wrong_password "try_first_pass: wrong password" login "not $password" "$right"
let_in code_accepted "try_first_pass after pam_unix" login "$password" "$right"
keep
prompted "try_first_pass after pam_unix" "$BOTH"
stack "required pam_twokey.so try_first_pass"
let_in code_accepted "try_first_pass with nothing before it asks" login "$password" "$(code 1)"
keep
prompted "try_first_pass with nothing before it asks" "$BOTH"

new_user
stack "required pam_twokey.so use_first_pass"
right=$(code)
kept_out empty_password "use_first_pass with nothing before it" login "$right"
stack "required pam_twokey.so"
let_in code_accepted "the same code without use_first_pass" login "$password" "$right"

# The password that the module asked for is there for the next one.
new_user
right=$(code)
stack "required pam_twokey.so" "required pam_unix.so nodelay use_first_pass"
let_in code_accepted "pam_unix use_first_pass after the module" login "$password" "$right"
keep
prompted "pam_unix use_first_pass after the module" "$BOTH"

new_user
right=$(code)
stack "required pam_twokey.so ask=combined forward_pass" \
	"required pam_unix.so nodelay use_first_pass"
kept_out wrong_code "forward_pass: wrong code" login "$password$(wrong_code)"
let_in code_accepted "forward_pass: both right" login "$password$right"
keep
prompted "forward_pass" "prompt off Password & verification code: "
check_status 7 "forward_pass: wrong password, which pam_unix refuses" \
	login "not $password$(code 1)"
logged "forward_pass: pam_unix says so" "pam_unix\\($SERVICE:auth\\): authentication failure"

new_user
right=$(code)
stack "optional pam_unix.so nodelay" "required pam_twokey.so ask=combined use_first_pass"
let_in code_accepted "combined, in the field of an earlier module" login "$password$right"
stack "required pam_unix.so nodelay" "required pam_twokey.so ask=code"
let_in code_accepted "ask=code after pam_unix" login "$password" "$(code 1)"
check_status 7 "ask=code after pam_unix: wrong password, right recovery code" \
	login "not $password" "${recovery[0]}"
kept_out wrong_code "ask=code after pam_unix: wrong code" login "$password" "$(wrong_code)"

# Who must not get in by a stack of this module alone with everybody allowed.
new_person
stack "required pam_twokey.so ask=code unenrolled=allow" "required pam_deny.so"
check_status 7 "an allowed unenrolled user decides nothing" login
stack "required pam_twokey.so ask=code unenrolled=allow" "required pam_unix.so nodelay"
check_status 7 "ask=code allows who is not enrolled: wrong password" login "not $password"
let_by unenrolled_allowed "ask=code allows who is not enrolled: right password" login "$password"

# --- Every phase

# phases NAME LINE...: all phases, where PAM_IGNORE of this module must not decide.
phases() {
	local name=$1
	shift
	pam_service "$SERVICE" < <(printf '%s\n' "$@")
	let_in code_accepted "$name" pam_login --phase auth --phase setcred --phase account \
		--phase open --phase close "$SERVICE" "$user" "$password" "$(code)"
	for phase in auth setcred account open close; do
		shown "$name: $phase" "^$phase 0\$"
	done
}

new_user
phases "the module in every phase, first" \
	"auth required pam_twokey.so" \
	"account required pam_twokey.so" "account required pam_permit.so" \
	"session required pam_twokey.so" "session required pam_permit.so" \
	"password required pam_twokey.so" "password required pam_permit.so"
check "and in the password phase" pam_login --phase password "$SERVICE" "$user"
new_user
phases "the module in every phase, last" \
	"auth required pam_twokey.so" \
	"account required pam_permit.so" "account required pam_twokey.so" \
	"session required pam_permit.so" "session required pam_twokey.so"

finish
