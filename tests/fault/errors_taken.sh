#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of the commands that take something, a code or keys from elsewhere, and of those
# that write a file beside the store, fails in each way that it can: no success that is not on disk,
# no file by half, a word on standard error, and the store whole. And each works where reads and
# writes move a few bytes at a time. STEP=1 leaves out no call that errors_of knows.
. "$(dirname "$0")/lib/errors.sh"
. "$(dirname "$0")/lib/sources.sh"

# --- A code

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

# $user's key, and a code of the phone that has it.
typed_first() {
	local key=$new_key
	not_enrolled
	# As phone.py does: looked at in the next step, it would make a phone late that is not.
	while [ $((EPOCHSECONDS % 30)) -gt 26 ]; do
		sleep 0.1
	done
	printf '%s\n' "$new_key" "$(code)" >"$work/typed"
}
enroll_confirmed() {
	listen "$work/errors" "$@" twokey enroll "$user" --qr utf8 --recovery-codes 1 --secret-stdin \
		<"$work/typed"
}
# Whoever is enrolled has seen what to log in with.
after_confirmed() {
	local key=$new_key
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "the phone" "$(result "$(code 1)")" 0
		read_recovery_codes "$work/seen/output"
		wants "the recovery code" "$(result "${recovery[0]-none}")" 0
	else
		must_go_on && trouble+="not tried again; "
		wants_a_word
	fi
	nothing_stays
}

# --- Keys

# Who was told to be imported is, and of the others each was told.
after_import() {
	local imported=0 phones
	phones="$(result "$right") $(new_phone)"
	if [ "$status" -le 1 ]; then
		imported=$(json '["imported"].__len__()' <"$work/seen/output" 2>&1)
		[[ $imported =~ ^[01]$ ]] || trouble+="no whole JSON; "
		[ "$status" != 0 ] || wants "imported" "$imported" 1
	else
		grep -q '"refused": true' "$work/seen/output" || wants_a_word
	fi
	if [ "$imported" = 1 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "the old phone, the new" "$phones" "7 0"
	else
		[[ $phones = "0 7" || $phones = "7 0" ]] || trouble+="old and new phone: $phones; "
	fi
	nothing_stays
}

# --- Files

readonly IMAGE=$OUT.image

without_image() {
	not_enrolled
	rm -f "$IMAGE"
}
enroll_png() {
	enroll_image png "$@"
}
enroll_svg() {
	enroll_image svg "$@"
}
enroll_image() {
	local format=$1
	shift
	listen "$work/errors" "$@" twokey enroll "$user" --no-confirm --recovery-codes 0 --secret-stdin \
		--qr "$format=$IMAGE" <"$work/new_key"
}
# A part of an image leads to no key, or to another.
after_image() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		cmp -s "$IMAGE" "$work/whole" || trouble+="success, but no such image; "
		new_code_gets_in
	else
		wants_a_word
		[ ! -e "$IMAGE" ] || cmp -s "$IMAGE" "$work/whole" || trouble+="a part of the image stays; "
	fi
	nothing_stays
}

batch() {
	listen "$work/errors" "$@" twokey enroll --batch "$work/list" --out "$OUT" --recovery-codes 1 --quiet
}
after_batch() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "enrolled" "$(find "$STORE/users" -name 'b[0-9]' | wc -l)" 3
	elif [ "$call" != write ]; then # which may be that of the word, in another process
		wants_a_word
	fi
	# What is not durable is not published.
	[ "$call" != syncfs ] || wants "enrolled" "$(find "$STORE/users" -name 'b[0-9]' | wc -l)" 0
	sheets_end_whole
}

pam_twokey "$SERVICE"
new_user
other=$user
new_user
echo "# nothing of note" >"$CONF"
write_sources
printf '%s\n' b1 b2 b3 >"$work/list"
at_every_call "verify" "$NONE" . typed_renewed after_verify verify_code
by_few_bytes 0 "verify" typed_renewed after_verify verify_code
at_every_call "enroll, with a first code" "$NONE" . typed_first after_confirmed enroll_confirmed
by_few_bytes 0 "enroll, with a first code" typed_first after_confirmed enroll_confirmed
for format in google oath pskc uri; do
	at_every_call "import $format" "$NONE" . renewed after_import "import_$format"
	ends=$([ "$format" = oath ] && echo 1 || echo 0) # its last line is nonsense
	by_few_bytes "$ends" "import $format" renewed after_import "import_$format"
done
for format in png svg; do
	without_image
	"enroll_$format" env >/dev/null
	cp "$IMAGE" "$work/whole"
	at_every_call "enroll --qr $format=FILE" "$NONE" . without_image after_image "enroll_$format"
	by_few_bytes 0 "enroll --qr $format=FILE" without_image after_image "enroll_$format"
done
# What strace lets fail is not done: a pipe that no kernel leaves open is waited for, and a lock that it
# holds no more.
SPARED="close\(N<(pipe:|$STORE>)|LOCK_UN|${SPARED-^\$}" at_every_call "enroll --batch" "^syncfs\$" . forget_sheets \
	after_batch batch
by_few_bytes 0 "enroll --batch" forget_sheets after_batch batch

finish
