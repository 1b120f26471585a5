#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of the commands that take something, a code or keys from elsewhere, and of those
# that write a file beside the store, fails in each way that it can: no success that is not on disk,
# no file by half, a word on standard error, and the store whole. And each works where reads and
# writes move a few bytes at a time. STEP=1 leaves out no call that errors_of knows.
. "$(dirname "$0")/lib/errors.sh"
. "$(dirname "$0")/lib/sources.sh"
. "$(dirname "$0")/lib/taken.sh"

# --- A code

after_verify() {
	if command_ended; then
		wants "the code, spent" "$(result "$typed")" 7
	else
		result "$typed" >/dev/null
		wants "the code, once spent" "$(result "$typed")" 7
	fi
	wants "the next code" "$(result "$next")" 0
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
	whole_image "$format"
	at_every_call "enroll --qr $format=FILE" "$NONE" . without_image after_image "enroll_$format"
	by_few_bytes 0 "enroll --qr $format=FILE" without_image after_image "enroll_$format"
done
# What strace lets fail is not done: a pipe that no kernel leaves open is waited for, and a lock that it
# holds no more.
SPARED="close\(N<(pipe:|$STORE>)|LOCK_UN|${SPARED-^\$}" at_every_call "enroll --batch" "^syncfs\$" . forget_sheets \
	after_batch batch
by_few_bytes 0 "enroll --batch" forget_sheets after_batch batch

finish
