#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sshd, keyboard-interactive: the password and a code, once.
. "$(dirname "$0")/lib/e2e.sh"

pam_twokey sshd
sshd_start "AuthenticationMethods keyboard-interactive"

new_user
spare=$(code)
kept_out wrong_password "wrong password, right code" ssh_login "$user" "not $password" "$spare"
kept_out wrong_code "right password, wrong code" ssh_login "$user" "$password" "$(wrong_code)"
let_in code_accepted "right password, the code that the wrong password did not spend" \
	ssh_login "$user" "$password" "$spare"
kept_out replayed_code "the same code again" ssh_login "$user" "$password" "$spare"
let_in code_accepted "the next code" ssh_login "$user" "$password" "$(code 1)"

new_user
let_in code_accepted "a code of another make of phone" \
	ssh_login "$user" "$password" "$(other_code)"
next=$(other_code 1)
secret "${next:0:3} ${next:3}"
let_in code_accepted "a code typed with a space" \
	ssh_login "$user" "$password" "${next:0:3} ${next:3}"

new_user
let_in recovery_accepted "a recovery code" ssh_login "$user" "$password" "${recovery[0]}"
kept_out recovery_spent "the same recovery code again" \
	ssh_login "$user" "$password" "${recovery[0]}"
lower=${recovery[1],,}
secret "$lower" "${lower//-/}"
let_in recovery_accepted "another, in small letters and without dashes" \
	ssh_login "$user" "$password" "${lower//-/}"
let_in code_accepted "and the phone still counts" ssh_login "$user" "$password" "$(code)"

finish
