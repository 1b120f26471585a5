#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sudo: on a terminal, with -S from a pipe, with -A from an askpass program.
. "$(dirname "$0")/lib/e2e.sh"

pam_twokey sudo

new_user
sudo_setup
right=$(code)
kept_out wrong_password "terminal: wrong password" sudo_tty_login "not $password" "$right"
kept_out wrong_code "terminal: wrong code" sudo_tty_login "$password" "$(wrong_code)"
let_in code_accepted "terminal: right" sudo_tty_login "$password" "$right"
kept_out replayed_code "terminal: again" sudo_tty_login "$password" "$right"
let_in recovery_accepted "terminal: recovery code" sudo_tty_login "$password" "${recovery[0]}"

new_user
sudo_setup
right=$(code)
kept_out wrong_password "-S: wrong password" sudo_login "not $password" "$right"
kept_out wrong_code "-S: wrong code" sudo_login "$password" "$(wrong_code)"
let_in code_accepted "-S: right" sudo_login "$password" "$right"
kept_out replayed_code "-S: again" sudo_login "$password" "$right"
let_in code_accepted "-S: the next code" sudo_login "$password" "$(code 1)"

new_user
sudo_setup
right=$(code)
kept_out wrong_code "-A: wrong code" sudo_askpass_login "$password" "$(wrong_code)"
let_in code_accepted "-A: right" sudo_askpass_login "$password" "$right"
check "-A: both were asked for" test "$(wc -l <"$work/prompts")" = 2
kept_out replayed_code "-A: again" sudo_askpass_login "$password" "$right"

# A code that opened one door opens no other.
pam_twokey su
new_user
sudo_setup
right=$(code)
let_in code_accepted "su takes a code" su_login "$password" "$right"
kept_out replayed_code "sudo does not take it again" sudo_login "$password" "$right"

new_person
sudo_setup
check_status 1 "-n asks nothing" as_user sudo -n id
shown "-n says so" "a password is required"
kept_out unenrolled "not enrolled" sudo_login "$password" 123456
pam_service sudo <<-END
	auth     required pam_unix.so nodelay
	account  required pam_unix.so
END
check "the same sudo without the module takes the password alone" sudo_login "$password" ""

finish
