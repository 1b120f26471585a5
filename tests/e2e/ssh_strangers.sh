#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sshd: who is unknown, not enrolled, locked or forbidden, or has a wrong password or a wrong code,
# is asked the same, and told the same.
. "$(dirname "$0")/lib/e2e.sh"

readonly BOTH=$'Password: \nVerification code: '

# asks_and_refuses REASON NAME USER PASSWORD CODE: with the prompts and the last words of any other.
asks_and_refuses() {
	local reason=$1 name=$2
	shift 2
	kept_out "$reason" "$name" ssh_login "$@"
	cp "$work/said" "$work/why"
	check "$name: both are asked for" test "$(prompts)" = "$BOTH"
	check "$name: the answer is the usual" grep -qx \
		".*@127.0.0.1: Permission denied (keyboard-interactive)." "$work/answer"
}

pam_twokey sshd
sshd_start "AuthenticationMethods keyboard-interactive"

new_user
asks_and_refuses wrong_code "enrolled" "$user" "$password" "$(wrong_code)"
asks_and_refuses wrong_password "enrolled, wrong password" "$user" "not $password" "$(code)"
let_in code_accepted "enrolled, right answers" ssh_login "$user" "$password" "$(code)"
check "enrolled, right answers: both are asked for" test "$(prompts)" = "$BOTH"

new_user
pam_twokey twokey-test ask=code lock_time=86400
for _ in {1..5}; do
	run pam_login twokey-test "$user" "$(wrong_code)"
done
asks_and_refuses locked "locked" "$user" "$password" "$(code)"

new_person
asks_and_refuses unenrolled "not enrolled" "$user" "$password" 123456
pam_twokey sshd unenrolled=allow
kept_out wrong_password "unenrolled=allow, wrong password" \
	ssh_login "$user" "not $password" 123456
let_in unenrolled_allowed "unenrolled=allow" ssh_login "$user" "$password" 123456
pam_twokey sshd nullok
let_in unenrolled_allowed "nullok" ssh_login "$user" "$password" 123456
pam_twokey sshd "unenrolled=allow-until:$(date -u -d yesterday +%F)"
kept_out unenrolled "allow-until yesterday" ssh_login "$user" "$password" 123456
pam_twokey sshd "unenrolled=allow-until:$(date -u -d tomorrow +%F)"
let_in unenrolled_allowed "allow-until tomorrow" ssh_login "$user" "$password" 123456
pam_twokey sshd
kept_out unenrolled "and without it again" ssh_login "$user" "$password" 123456

# sshd hands over a placeholder for whom it refuses anyway.
asks_and_refuses placeholder_password "unknown" nobody-here "$password" 123456

user=root
password=$(head -c 9 /dev/urandom | base64)
secret "$password"
chpasswd <<<"root:$password"
enrol
for setting in no prohibit-password; do
	sshd_start "PermitRootLogin $setting" "AuthenticationMethods keyboard-interactive"
	asks_and_refuses placeholder_password "PermitRootLogin $setting" root "$password" "$(code)"
	check "PermitRootLogin $setting: the log names the setting" \
		grep -q "see PermitRootLogin" "$work/why"
done
sshd_start "PermitRootLogin yes" "AuthenticationMethods keyboard-interactive"
let_in code_accepted "PermitRootLogin yes" ssh_login root "$password" "$(code)"

finish
