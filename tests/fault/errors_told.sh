#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of the commands that tell something fails in each way that it can: the same
# output, or exit status not 0 and a word on standard error, and the store as it was. And of those
# that take a code, or keys from elsewhere, and of a batch: no success that is not on disk. Those
# that look at the host as well tell all of what they see, or end with a word. And each works where
# reads and writes move a few bytes at a time. STEP=1 leaves out no call that errors_of knows, but
# in doctor, which reads the same files for service after service: of calls in the same words it
# takes the first, the last, and some between.
. "$(dirname "$0")/lib/errors.sh"

tell_status() {
	listen "$work/errors" "$@" twokey status "$user" --json
}
tell_list() {
	listen "$work/errors" "$@" twokey list --json
}
tell_show() {
	listen "$work/errors" "$@" twokey show "$user" --json
}
tell_export() {
	listen "$work/errors" "$@" twokey export uri --json
}

# All of the store: bytes, names, owners, modes, and when each file was written.
store_now() {
	tar -C "$STORE" --sort=name --format=gnu -c . | sha256sum
}

nothing() { :; }
after_telling() {
	if [ "$status" = 0 ]; then
		cmp -s "$work/seen/output" "$work/whole" || trouble+="success, but not the same; "
	elif [[ $call != write ]]; then
		grep -q '^twokey: ' "$work/errors" || trouble+="nothing was said; "
	fi
	[ "$(store_now)" = "$store_then" ] || trouble+="the store is another; "
}

# --- What looks at the host as well

tell_unenrolled() {
	listen "$work/errors" "$@" twokey list --unenrolled --json
}
users_of() {
	grep -o '"user": "[^"]*"' "$1" | sort
}
# Nobody is left out; a home that can't be looked into may hold a key.
after_unenrolled() {
	[ "$status" != 0 ] || [ -z "$(comm -23 <(users_of "$work/whole") <(users_of "$work/seen/output"))" ] ||
		trouble+="success, but somebody is left out; "
	[ "$status" = 0 ] || [ "$call" = write ] || grep -q '^twokey: ' "$work/errors" ||
		trouble+="nothing was said; "
}
tell_homes() {
	listen "$work/errors" "$@" twokey import google --home --dry-run
}

look_doctor() {
	listen "$work/errors" "$@" twokey doctor --json
}
look_try() {
	printf '%s\n' x 000000 | listen "$work/errors" "$@" twokey try "$SERVICE" nobody --json
}
# What can't be looked at is told as such: but it is told.
after_looking() {
	if [ "$status" -le 1 ]; then
		json '.__len__()' <"$work/seen/output" >/dev/null 2>&1 || trouble+="no whole JSON; "
	elif [[ $call != write ]]; then
		grep -q '^twokey: ' "$work/errors" || trouble+="nothing was said; "
	fi
}
after_try() {
	after_looking
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
}

# --- A batch

batch() {
	listen "$work/errors" "$@" twokey enroll --batch "$work/list" --out "$OUT" --recovery-codes 1 --quiet
}
after_batch() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "enrolled" "$(find "$STORE/users" -name 'b[0-9]' | wc -l)" 3
	elif [[ $call != write ]]; then
		grep -q '^twokey: ' "$work/errors" || trouble+="nothing was said; "
	fi
	# What is not durable is not published.
	[ "$call" != syncfs ] || wants "enrolled" "$(find "$STORE/users" -name 'b[0-9]' | wc -l)" 0
	sheets_end_whole
}

# --- What takes a code, or keys

verify_code() {
	"$@" twokey verify "$user" <"$work/typed"
}
typed_renewed() {
	renewed
	echo "$typed" >"$work/typed"
}
after_verify() {
	if command_ended; then
		wants "the code, spent" "$(result "$typed")" 7
	else
		result "$typed" >/dev/null
		wants "the code, once spent" "$(result "$typed")" 7
	fi
	wants "the next code" "$(result "$next")" 0
}

import_key() {
	"$@" twokey import oath "$work/oath" --replace
}
# It may tell of each user, and end with 1.
after_import() {
	local phones
	phones="$(result "$right") $(new_phone)"
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "the old phone, the new" "$phones" "7 0"
	else
		[[ $phones = "0 7" || $phones = "7 0" ]] || trouble+="old and new phone: $phones; "
		grep -q '^twokey: ' "$work/seen/output" || trouble+="nothing was said; "
	fi
	nothing_stays
}

pam_twokey "$SERVICE"
new_person
unenrolled=$user
install -m 600 -o "$user" "$work/new_key" "/home/$user/.google_authenticator"
echo '" TOTP_AUTH' >>"/home/$user/.google_authenticator"
new_user
other=$user
new_user
echo "# nothing of note" >"$CONF"
store_then=$(store_now)
for command in status list show export homes; do
	"tell_$command" env >"$work/whole"
	at_every_call "$command" "$NONE" . nothing after_telling "tell_$command"
	by_few_bytes 0 "$command" nothing after_telling "tell_$command"
done
tell_unenrolled env >"$work/whole"
check "list --unenrolled: somebody is" grep -q "\"$unenrolled\"" "$work/whole"
check "import google --home: somebody would be" sh -c 'twokey import google --home --dry-run | grep -q ": 1,"'
at_every_call "list --unenrolled" "/etc/(passwd|shadow)" . nothing after_unenrolled tell_unenrolled
by_few_bytes 0 "list --unenrolled" nothing after_unenrolled tell_unenrolled
hex=$(base32 --decode <"$work/new_key" | od -An -v -tx1 | tr -d ' \n')
secret "$hex"
printf 'HOTP/T30\t%s\t-\t%s\n' "$user" "$hex" >"$work/oath"
printf '%s\n' b1 b2 b3 >"$work/list"
# What strace lets fail is not done: a pipe that no kernel leaves open is waited for, and a lock that it
# holds no more.
SPARED="close\(N<(pipe:|$STORE>)|LOCK_UN|${SPARED-^\$}" at_every_call "enroll --batch" "^syncfs\$" . forget_sheets \
	after_batch batch
FEWER=4 TIMES=1 at_every_call "doctor" "$NONE" . nothing after_looking look_doctor
FEWER=3 at_every_call "try" "$NONE" . nothing after_try look_try
at_every_call "verify" "$NONE" . typed_renewed after_verify verify_code
at_every_call "import" "$NONE" . renewed after_import import_key
by_few_bytes 0 "enroll --batch" forget_sheets after_batch batch
# It reads 1.4 MB, which takes seconds so.
[ "$STEP" != 1 ] || by_few_bytes 0 "doctor" nothing after_looking look_doctor
by_few_bytes 1 "try" nothing after_try look_try
by_few_bytes 0 "verify" typed_renewed after_verify verify_code
by_few_bytes 0 "import" renewed after_import import_key

finish
