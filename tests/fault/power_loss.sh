#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Power is lost at any point of a login, or of a command that changes a record. The calls of each are
# recorded, and whatever a disk may hold then is put in the store's place (lib/power_loss.py): no
# code counts twice once success was returned, the record is the old one or the new one, whole, the
# next right code gets in, nothing needs an administrator, and what was left goes with the next command.
# Where there may be too many states some are tried: STATES_A_POINT=N of each point of the operation
# (24), STATES_TRIED=N of it all (80); each line says of how many.
. "$(dirname "$0")/lib/operations.sh"

readonly RECORDED=openat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,pwrite64,fsync,fdatasync
readonly UNEXPECTED=write,writev,pwritev,ftruncate,fallocate,link,linkat,symlinkat,copy_file_range

# recorded COMMAND...: adds its calls to those in $work/trace.
recorded() {
	together strace -f -y -s 65536 -o "$work/part" -e trace="$RECORDED,$UNEXPECTED" \
		${fault:+-e inject="$fault"} "$@" >"$work/output" </dev/null
	cat "$work/part" >>"$work/trace"
}

model() {
	"$(dirname "$0")/lib/power_loss.py" "$@"
}

# what_may_be HOW PREPARE OPERATION: the states that power loss may leave of it.
what_may_be() {
	"$2"
	rm -rf "$work/before"
	[ ! -d "$STORE" ] || cp -a "$STORE" "$work/before"
	: >"$work/trace"
	"$3" recorded
	model "$1" "$work/trace" "$work/before" "$STORE" "$work/states" >"$work/found" ||
		die "the model fails"
	tail -n +2 "$work/found" >"$work/points"
}

# at_every_state NAME PREPARE VERIFY OPERATION: VERIFY AFTER|AMID says on $trouble what is wrong.
at_every_state() {
	local name=$1 verify=$3 number when littered=0 bad=$failed
	what_may_be record "$2" "$4"
	while read -r number when; do
		trouble=
		model restore "$work/states" "$number" "$STORE"
		look_at_phone
		"$verify" "$when"
		! is_littered || littered=$((littered + 1))
		nothing_stays
		[ -z "$trouble" ] || fail "$name: state $number, $when it" "$trouble"
	done <"$work/points"
	trace "$littered of them had something to clear"
	check "$name: all is well in $(head -n 1 "$work/found") possible states of the disk" \
		test "$failed" = "$bad" -a "$(grep -c after "$work/points")" -ge 1
}

# --- Logins

# Nobody was told yet: it may count still, but once.
after_accepted() {
	[ "$1" = after ] || result "$typed" >/dev/null
	wants "the code, once spent" "$(result "$typed")" 7
	wants "the next code" "$(result "$next")" 0
}

after_wrong() {
	[ "$1" = amid ] || wants "failures" "$(state_of failures)" 1
	wants "a right code" "$(result "$right")" 0
}

# Someone is killed between charge and verdict, before the login that is looked at.
after_a_killed_login() {
	local fault=fdatasync:signal=KILL typed
	typed=$(wrong_code) typed_login "$@" 2>/dev/null
	fault=''
	typed=$right typed_login "$@"
}

is_marked() {
	grep -qax 'state 0*1' "$STORE/users/$user" && ! grep -qax 'state 0*2' "$STORE/users/$user"
}

# Whoever changes the record is killed once the new file has its name, and before that is synced.
after_a_killed_change() {
	local fault=fsync:signal=KILL:when=2
	command_recovery "$@" 2>/dev/null
	is_marked || die "the change was not killed in time"
	fault=''
	typed_login "$@"
}

# The mark that the user was told may be lost, and nothing else.
after_session() {
	wants "failures" "$(state_of failures)" 0
	told_at_last "$work/output"
	still_spent
}

# The next login finds the mark, which is not on the disk yet.
with_news_to_come() {
	with_news
	typed=${recovery[0]}
}
after_a_session() {
	open_session "$@"
	typed_login "$@"
}

# --- Commands

after_enroll() {
	if [ "$1" = after ]; then
		is_enrolled 0
	elif ! aside twokey status "$user" >/dev/null; then
		command_enroll env >/dev/null || trouble+="can't be enrolled again; "
	fi
	new_code_gets_in
}

after_first() {
	after_enroll "$1"
	wants "decoys" "$(find "$STORE/decoys" -type f -size 12288c | wc -l)" 64
	wants "a stranger" "$(user="nobody-$number" result 123456)" 7
}

after_replace() {
	local phones
	is_enrolled 0
	phones="$(result "$right") $(new_phone)"
	[[ $phones = "7 0" || ($1 = amid && $phones = "0 7") ]] || trouble+="old, new phone: $phones; "
}

after_add() {
	local phone
	still_spent
	phone=$(new_phone)
	if [ "$1 $phone" = "amid 7" ]; then
		command_add env >/dev/null || trouble+="can't be added again; "
		phone=$(new_phone)
	fi
	wants "the new phone" "$phone" 0
}

after_remove() {
	[ "$1" = amid ] || is_enrolled 1
	! aside twokey status "$user" >/dev/null || wants "the phone" "$(result "$right")" 0
	command_replace env >/dev/null || trouble+="can't be enrolled again; "
}

after_remove_device() {
	local phone
	spare_still_spent
	phone=$(result "$right")
	[[ $phone = 7 || ($1 = amid && $phone = 0) ]] || trouble+="the removed phone: $phone; "
}

after_unlock() {
	local failures
	failures=$(state_of failures)
	[[ $failures = 0 || ($1 = amid && $failures = 5) ]] || trouble+="failures: $failures; "
	wants "the phone" "$(result "$right")" $((failures == 0 ? 0 : 7))
}

after_recovery() {
	[ "$1" = amid ] || wants "the old recovery code" "$(result "${recovery[0]}")" 7
	wants "the phone" "$(result "$right")" 0
}

# A sync that is not done is seen: without it a code counts again in one of the states.
control() {
	local number when again=0
	what_may_be forgetful renewed typed_login
	while read -r number when; do
		[ "$when" = after ] || continue
		model restore "$work/states" "$number" "$STORE"
		[ "$(result "$typed")" != 0 ] || again=$((again + 1))
	done <"$work/points"
	check "control: had no sync been done, a code would count again" test "$again" -ge 1
}

pam_twokey "$SERVICE"
pam_telling "$SERVICE-session"
new_user
other=$user
new_user
control
at_every_state "a right code" renewed after_accepted typed_login
at_every_state "a wrong code" with_wrong after_wrong typed_login
at_every_state "a recovery code" with_recovery after_accepted typed_login
at_every_state "a right code after a killed login" renewed after_accepted after_a_killed_login
at_every_state "a right code after a killed change" renewed after_accepted after_a_killed_change
at_every_state "a session" with_news after_session open_session
at_every_state "a recovery code after a session" with_news_to_come after_accepted after_a_session
at_every_state "enroll" not_enrolled after_enroll command_enroll
at_every_state "enroll --replace" renewed after_replace command_replace
at_every_state "enroll --add" spent after_add command_add
at_every_state "remove" renewed after_remove command_remove
at_every_state "remove --device" spare_spent after_remove_device command_remove_device
at_every_state "unlock" locked_out after_unlock command_unlock
at_every_state "unlock --rebuild" spent still_spent command_rebuild
at_every_state "recovery" renewed after_recovery command_recovery
at_every_state "the first enroll" no_store after_first command_enroll

finish
