#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Too many wrong codes: a lock that a recovery code, the administrator or time opens.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

login() {
	pam_login "$SERVICE" "$user" "$@"
}

# guess TIMES: wrong codes with the right password.
guess() {
	for _ in $(seq "$1"); do
		login "$password" "$(wrong_code)"
	done >"$work/output"
}

# status EXPRESSION: of $user.
status() {
	twokey status "$user" --json | json "$1"
}

pam_twokey "$SERVICE"

new_user
for i in 1 2 3 4 5; do
	kept_out wrong_code "wrong code $i" login "$password" "$(wrong_code)"
	logged "wrong code $i is a warning" "authpriv.warning .* failures=$i"
done
kept_out locked "the right code while locked" login "$password" "$(code)"
shown "says no more than any refusal" "^auth 7\$"
kept_out locked "and again" login "$password" "$(code)"
check "status tells the failures" test "$(status '["failures"]')" = 5
check "status tells the lock" test "$(status '["locked_until"]')" != null
let_in recovery_accepted "a recovery code while locked" login "$password" "${recovery[0]}"
check "status tells no lock" test "$(status '["locked_until"]')" = null
let_in code_accepted "then the right code" login "$password" "$(code)"

new_user
guess 5
right=$(code)
kept_out locked "locked" login "$password" "$right"
check "twokey unlock" twokey unlock "$user"
logged "is logged" "user=$user .*unlocked"
let_in code_accepted "the very code that was refused" login "$password" "$right"

# Strangers can't lock anybody out: without the password no guess counts.
new_user
for _ in 1 2 3 4 5 6; do
	login "not $password" "$(wrong_code)"
done >"$work/output"
check "six wrong passwords count as no failure" test "$(status '["failures"]')" = 0
let_in code_accepted "and lock nobody" login "$password" "$(code)"

# A right code sets the count back.
new_user
guess 4
let_in code_accepted "the right code after four wrong ones" login "$password" "$(code)"
guess 4
let_in code_accepted "and after four more" login "$password" "$(code 1)"

new_user
pam_twokey "$SERVICE" max_failures=2 lock_time=15
guess 2
right=$(code)
kept_out locked "max_failures=2" login "$password" "$right"
sleep 15.2
let_in code_accepted "lock_time=15, fifteen seconds later" login "$password" "$right"

# The lock holds in every program.
new_user
pam_twokey "$SERVICE"
pam_twokey su
guess 5
right=$(code)
kept_out locked "locked in one program, refused in another" su_login "$password" "$right"
check_status 1 "and by twokey verify" sh -c "echo $right | twokey verify $user"
shown "which says so" "too many wrong codes"
check "unlocked" twokey unlock "$user"
let_in code_accepted "let in by the other program" su_login "$password" "$right"

finish
