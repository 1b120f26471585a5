#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sshd, public key and then a code: AuthenticationMethods publickey,keyboard-interactive.
. "$(dirname "$0")/lib/e2e.sh"

pam_twokey sshd ask=code
sshd_start "AuthenticationMethods publickey,keyboard-interactive"
ssh-keygen -q -t ed25519 -N '' -f "$work/right_key"
ssh-keygen -q -t ed25519 -N '' -f "$work/wrong_key"

# authorize: $work/right_key is $user's.
authorize() {
	install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
	install -m 600 -o "$user" -g "$user" "$work/right_key.pub" \
		"/home/$user/.ssh/authorized_keys"
}

# key_login KEY CODE
key_login() {
	ssh_login "$user" "no password" "$2" -o IdentityFile="$work/$1"
}

new_user
authorize
kept_out wrong_code "right key, wrong code" key_login right_key "$(wrong_code)"
right=$(code)
check_status 1 "wrong key: no code is asked for" key_login wrong_key "$right"
check "nothing was prompted" test ! -s "$work/prompts"
let_in code_accepted "right key, right code" key_login right_key "$right"
check "the code alone was asked for" test "$(prompts)" = "Verification code: "
kept_out replayed_code "the same code again" key_login right_key "$right"
let_in recovery_accepted "right key, recovery code" key_login right_key "${recovery[0]}"

new_person
authorize
kept_out unenrolled "right key, not enrolled" key_login right_key 123456
check "the code was asked for all the same" test "$(prompts)" = "Verification code: "
pam_twokey sshd ask=code nullok
check_status 1 "not enrolled, nullok, and nothing else in the stack" key_login right_key 123456
pam_service sshd <<-END
	auth     required pam_twokey.so ask=code nullok
	auth     required pam_permit.so
	account  required pam_unix.so
	session  required pam_unix.so
END
let_by unenrolled_allowed "not enrolled, nullok" key_login right_key 123456
check "nothing was prompted" test ! -s "$work/prompts"
enrol
kept_out wrong_code "enrolled since, nullok: the code is needed" \
	key_login right_key "$(wrong_code)"
let_in code_accepted "enrolled since, nullok, right code" key_login right_key "$(code)"

finish
