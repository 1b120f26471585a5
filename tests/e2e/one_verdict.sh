#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever can't get in learns nothing of why: the same prompts, the same PAM code, and the same
# work - files opened, locked, written and synced - for all of them.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

# refused NAME USER PASSWORD CODE: keeps what the caller saw, and what the kernel did, in $work.
refused() {
	local name=$1
	shift
	strace -f -qq -e trace=openat2,flock,pread64,pwrite64,fdatasync,fsync -o "$work/trace" \
		"$here/pam_login.py" "$SERVICE" "$@" >"$work/transcript" 2>&1 </dev/null
	# The calls for the store alone, without their values.
	grep -aE 'twokey|flock|pwrite64|sync' "$work/trace" |
		sed -E 's/^[0-9]+ +//; s/\(.*//' >"$work/calls"
	if [ ! -e "$work/first-calls" ]; then
		cp "$work/calls" "$work/first-calls"
		cp "$work/transcript" "$work/first-transcript"
	fi
	check "$name: it is refused" grep -q '^auth 7$' "$work/transcript"
	check "$name: prompts and PAM code are the same" cmp "$work/transcript" "$work/first-transcript"
	check "$name: the work is the same" cmp "$work/calls" "$work/first-calls"
}

pam_twokey "$SERVICE"
new_user
enrolled=$user enrolled_password=$password
wrong=$(wrong_code)
refused "wrong code" "$enrolled" "$enrolled_password" "$wrong"
check "it was synced once" test "$(grep -c fdatasync "$work/calls")" = 1
check "it was written before it was looked at, and after" \
	test "$(grep -c pwrite64 "$work/calls")" = 2
refused "wrong password" "$enrolled" "not $enrolled_password" "$(code)"
refused "no password" "$enrolled" "" "$(code)"
refused "a code that is none" "$enrolled" "$enrolled_password" letters
refused "unknown user" nobody-here "$enrolled_password" "$wrong"
refused "a name that no file has" ../../etc/passwd "$enrolled_password" "$wrong"
for _ in 1 2 3; do
	run pam_login "$SERVICE" "$enrolled" "$enrolled_password" "$wrong"
done
kept_out locked "locked" pam_login "$SERVICE" "$enrolled" "$enrolled_password" "$(code)"
refused "locked, right code" "$enrolled" "$enrolled_password" "$(code)"
refused "locked, wrong code" "$enrolled" "$enrolled_password" "$wrong"
new_person
refused "not enrolled" "$user" "$password" "$wrong"
refused "not enrolled, wrong password" "$user" "not $password" "$wrong"

finish
