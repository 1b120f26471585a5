#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of a login, of an enrolment at one, and of each command that changes a record,
# fails in each way that it can: no success that is not on disk, no crash, a message that names the
# file, and all is well when the fault is gone; nor is anybody let in for want of a record who may
# have one. And each of these works where reads and writes move a few bytes at a time. STEP=1 leaves
# out no call that errors_of knows, but for what making 64 decoys repeats.
. "$(dirname "$0")/lib/errors.sh"

# --- Commands

# whole_record: and the store holds nothing else.
whole_record() {
	aside twokey status "$user" >/dev/null
	wants "is enrolled" "$?" "${1-0}"
	nothing_stays
}

one_phone() {
	local phones
	phones="$(result "$right") $(new_phone)"
	[[ $phones = "0 7" || $phones = "7 0" ]] || trouble+="old and new phone: $phones; "
}

after_enroll() {
	if command_ended; then
		whole_record
		wants "the new phone" "$(new_phone)" 0
	else
		# Told that it failed, the administrator does it again.
		aside command_replace env >/dev/null || aside command_enroll env >/dev/null
		whole_record
		wants "the new phone, enrolled again" "$(new_phone)" 0
	fi
}
after_first() {
	after_enroll
	wants "decoys" "$(find "$STORE/decoys" -type f -size 12288c | wc -l)" 64
}
after_given() {
	after_first
	wants "owner" "$(find "$STORE" -printf '%u\n' | sort -u)" twokey
}
after_add() {
	! command_ended || wants "the new phone" "$(new_phone)" 0
	wants "the old phone" "$(result "$right")" 0
	whole_record
}
after_rebuild() {
	command_ended
	wants "the code, once spent" "$(result "$right")" 7
	wants "the next code" "$(result "$next")" 0
	whole_record
}
after_replace() {
	if command_ended; then
		wants "the new phone" "$(new_phone)" 0
	else
		one_phone
	fi
	whole_record
}
after_remove() {
	if command_ended; then
		whole_record 1
	else
		aside twokey remove "$user" >/dev/null
		whole_record 1
	fi
}
remove_spare() {
	"$@" twokey remove "$user" --device spare
}
after_remove_spare() {
	local phones
	phones="$(result "$right") $(new_phone)"
	if command_ended; then
		wants "the old phone, the spare" "$phones" "0 7"
	else
		[[ $phones =~ ^0\ [07]$ ]] || trouble+="old phone and spare: $phones; "
	fi
	whole_record
}
after_unlock() {
	if command_ended; then
		wants "failures" "$(state_of failures)" 0
		wants "the phone" "$(result "$right")" 0
	else
		check_again=$(state_of failures)
		[[ $check_again =~ ^(0|5)$ ]] || trouble+="failures: $check_again; "
	fi
	whole_record
}
after_recovery() {
	if command_ended; then
		wants "the old recovery code" "$(result "${recovery[0]}")" 7
	fi
	wants "the phone" "$(result "$right")" 0
	whole_record
}

# --- A session

# None fails but by libpam's doing; and where one tells nothing, or could not note that it did, the next
# one does.
after_session() {
	[[ $status = 0 || $call =~ $LOGGING ]] || grep -q ': PAM audit_' "$work/seen/said" ||
		trouble+="the session fails: $status; "
	told_at_last "$work/seen/output"
	still_spent
	whole_record
}

# --- What another has locked at first

readonly WAITS="^(flock|clock_nanosleep)\$"

cc -shared -fPIC -O2 -o "$work/hold_lock.so" "$here/../../tools/hold_lock.c" ||
	die "no library to preload"

login_that_waits() {
	typed_login "$@" env LD_PRELOAD="$work/hold_lock.so" HELD="$STORE/users/$user"
}
command_that_waits() {
	command_recovery "$@" env LD_PRELOAD="$work/hold_lock.so" HELD="$STORE"
}

# --- Logins where nobody need be enrolled

login_if_enrolled() {
	"$@" "$driver" "$SERVICE-allow" "$user" "$password" "$typed"
}

# Nothing but ENOENT tells that somebody has no record.
after_unenrolled() {
	decides_by_conf
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		# A decoy that can't be looked at by its name is tried again, and then it can.
		[[ $opened != store || ! $call =~ $LOOKS || $words = *decoys/* ||
			$error = EINTR ]] || trouble+="let in, and who knows whether enrolled; "
	else
		must_go_on && trouble+="not tried again; "
		is_explained
	fi
	wants "the password alone" "$(login_if_enrolled env >/dev/null </dev/null; echo "$?")" 0
}

# A disk that takes nothing, and never says why.
no_write() {
	renewed
	fails_closed store_unwritable "a write of no bytes, again and again" \
		typed_login with_fault pwrite64 retval=0 1+
	let_in code_accepted "and the code is not spent" typed_login env
}

# A key that breaks off in the middle is another key.
broken_key() {
	local first
	command_replace calls_of >"$work/points"
	first=$(awk '/ read\(/ { number++ } / read\(0</ { print number; exit }' "$work/calls")
	renewed
	check_status 3 "a key that can't be read to its end is not taken" \
		command_replace with_fault read error=EIO $((first + 28))
	equal "and the old one still counts" "$(result "$right")" 0
}

# A list that breaks off is not the whole.
broken_list() {
	check_status 3 "users that can't be listed to the end" \
		with_fault getdents64 error=EIO 1 twokey list
	shown "the message names the directory" "^twokey: $STORE/users: Input/output error"
}

# Who can't tell whose a store is to be makes none.
unknown_owner() {
	no_store
	check_status 3 "whose a store is to be can't be looked up" command_enroll without_accounts
	shown "the message names the store" "^twokey: $STORE: Input/output error$"
	shown "and what can't be read" "^twokey: .*the host's users can't be read; see /etc/passwd"
	check "there is none" test ! -e "$STORE"
}

few_bytes() {
	by_few_bytes 0 "a right code" renewed after_accepted typed_login
	by_few_bytes 7 "a wrong code" with_wrong after_wrong typed_login
	by_few_bytes 0 "a recovery code" with_recovery after_accepted typed_login
	by_few_bytes 0 "a session" with_news after_session open_session
	by_few_bytes 0 "enroll" not_enrolled after_enroll command_enroll
	by_few_bytes 0 "enroll --replace" renewed after_replace command_replace
	check "a record is written a few bytes at a time" test "$moved" -gt 1000
	by_few_bytes 0 "enroll --add" renewed after_add command_add
	by_few_bytes 0 "remove" renewed after_remove command_remove
	by_few_bytes 0 "remove --device" with_spare after_remove_spare remove_spare
	by_few_bytes 0 "unlock" locked_out after_unlock command_unlock
	by_few_bytes 0 "unlock --rebuild" spent after_rebuild command_rebuild
	by_few_bytes 0 "recovery" renewed after_recovery command_recovery
}

pam_twokey "$SERVICE"
pam_twokey "$SERVICE-allow" unenrolled=allow
pam_enrolling "$SERVICE-enrol"
pam_telling "$SERVICE-session"
new_user
other=$user
new_user
no_write
broken_key
broken_list
few_bytes
# So that there is one to read; what is refused for its sake names it.
echo "# nothing of note" >"$CONF"
at_every_call "a right code" "$STORE_CALLS" . renewed after_accepted typed_login
at_every_call "a wrong code" "$STORE_CALLS" . with_wrong after_wrong typed_login
at_every_call "a recovery code" "$STORE_CALLS" . with_recovery after_accepted typed_login
at_every_call "a login that waits" "$WAITS" "$NONE" renewed after_accepted login_that_waits
check "it waits three times" test "$(grep -c '^clock_nanosleep ' "$work/all_points")" = 3
# The driver shows by write(2) what it is told.
SPARED="^write\$|${SPARED-^\$}" at_every_call "a session" "$STORE_CALLS" . with_news after_session \
	open_session
at_every_call "unenrolled=allow, a wrong code" "^statx\$" . with_wrong after_wrong login_if_enrolled
at_every_call "unenrolled=allow, nobody" "^statx\$" . not_enrolled after_unenrolled \
	login_if_enrolled
at_every_call "enroll" "$CHANGE_CALLS" . not_enrolled after_enroll command_enroll
at_every_call "enroll --replace" "$NONE" "$CHANGE_CALLS" renewed after_replace command_replace
at_every_call "enroll --add" "$NONE" "$CHANGE_CALLS" renewed after_add command_add
at_every_call "remove" "$NONE" "$CHANGE_CALLS" renewed after_remove command_remove
at_every_call "remove --device" "$NONE" "$CHANGE_CALLS" with_spare after_remove_spare remove_spare
at_every_call "unlock" "$NONE" "$CHANGE_CALLS" locked_out after_unlock command_unlock
at_every_call "unlock --rebuild" "$NONE" "$CHANGE_CALLS" spent after_rebuild command_rebuild
at_every_call "recovery" "$NONE" "$CHANGE_CALLS" renewed after_recovery command_recovery
at_every_call "recovery, which waits" "$WAITS" "$NONE" renewed after_recovery command_that_waits
check "it waits three times, too" test "$(grep -c '^clock_nanosleep ' "$work/all_points")" = 3
FEWER=3 TIMES=3 at_every_call "the first enroll" "$NONE" "$CHANGE_CALLS" no_store after_first \
	command_enroll
by_few_bytes 0 "an enrolment at a login" not_enrolled after_enrolled_at_login enrol_at_login
# Root gives away what it makes, where the host has a user for the store, which must be looked up.
store_user
unknown_owner
TIMES=3 at_every_call "the first enroll, given away" "^fchown\$|/etc/(nsswitch\.conf|passwd)" \
	"$NONE" no_store after_given command_enroll
at_every_call "enroll --replace, given away" "^fchown\$" "$NONE" renewed \
	after_replace command_replace
# Where nobody is enrolled yet an enrolment does more, and what follows a fault would do less.
aside twokey enroll "$other" --no-confirm --qr none --recovery-codes 0 >/dev/null
tracer=(trace_inside)
host=("$work/traced" "${host[@]}")
# login_silently shows prompts and reads answers by these itself, which is not ours to fail.
SPARED="^write\$|read\(N</dev/pts|${SPARED-^\$}" at_every_call "an enrolment at a login" \
	"$NONE" . not_enrolled after_enrolled_at_login enrol_at_login

finish
