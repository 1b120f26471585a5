#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of the commands that tell something fails in each way that it can: the same
# output, or exit status not 0 and a word on standard error, and the store as it was. Those that look
# at the host as well tell all of what they see, or end with a word. And each works where reads and
# writes move a few bytes at a time. STEP=1 leaves out no call that errors_of knows, but in doctor,
# which reads the same files for service after service: of calls in the same words it takes the
# first, the last, and some between.
. "$(dirname "$0")/lib/errors.sh"

asked=()

# What $asked says.
tell() {
	listen "$work/errors" "$@" twokey "${asked[@]}"
}

# All of the store: bytes, names, owners, modes, and when each file was written.
store_now() {
	tar -C "$STORE" --sort=name --format=gnu -c . | sha256sum
}

nothing() { :; }
after_telling() {
	if [ "$status" = 0 ]; then
		cmp -s "$work/seen/output" "$work/whole" || trouble+="success, but not the same; "
	else
		wants_a_word
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
	[ "$status" = 0 ] || wants_a_word
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
	else
		wants_a_word
	fi
}
after_try() {
	after_looking
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
}

pam_twokey "$SERVICE"
new_person
unenrolled=$user
install -m 600 -o "$user" "$work/new_key" "/home/$user/.google_authenticator"
echo '" TOTP_AUTH' >>"/home/$user/.google_authenticator"
new_user
new_user
echo "# nothing of note" >"$CONF"
store_then=$(store_now)
for line in "status $user" "status $user --json" "list" "list --json" "show $user --json" \
	"export uri --json" "export oath" "import google --home --dry-run"; do
	read -ra asked <<<"$line"
	tell env >"$work/whole"
	at_every_call "$line" "$NONE" . nothing after_telling tell
	by_few_bytes 0 "$line" nothing after_telling tell
done
tell_unenrolled env >"$work/whole"
check "list --unenrolled: somebody is" grep -q "\"$unenrolled\"" "$work/whole"
check "import google --home: somebody would be" sh -c 'twokey import google --home --dry-run | grep -q ": 1,"'
at_every_call "list --unenrolled" "/etc/(passwd|shadow)" . nothing after_unenrolled tell_unenrolled
by_few_bytes 0 "list --unenrolled" nothing after_unenrolled tell_unenrolled
FEWER=4 TIMES=1 at_every_call "doctor" "^fstatfs\$" . nothing after_looking look_doctor
# By which it stands in for the log.
FEWER=3 at_every_call "try" "^(bind|chmod|unshare|mount|unlink)\$" . nothing after_try look_try
# It reads 1.4 MB, which takes seconds so.
[ "$STEP" != 1 ] || by_few_bytes 0 "doctor" nothing after_looking look_doctor
by_few_bytes 1 "try" nothing after_try look_try

finish
