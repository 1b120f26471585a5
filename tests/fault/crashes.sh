#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A login, or a command that changes a record, is killed before each of its system calls, from the
# first on the store to the exit: so it is killed after each, too. No code counts twice, no guess
# that was looked at is uncounted, a record is the old one or the new one, the next right code gets
# in, nothing needs an administrator, and what was left behind goes with the next command.
# SPARED=REGEX: calls where it is not killed, for a tool that makes them itself. EACH=N: of the places
# where nothing on the disk changes each Nth; STEP=1 in the environment leaves out none, nor what
# making 64 decoys repeats.
. "$(dirname "$0")/lib/operations.sh"
. "$(dirname "$0")/lib/sources.sh"

readonly STEP=${STEP-10}

# Before these, and so after the one before, and at the end.
readonly CHANGES="^(pwrite64|f(data)?sync|(rename|unlink|mkdir)at|fch(mod|own)|exit_group)\$"

# Where the command was killed: its call, the how manieth, and what was done before.
call='' number='' writes='' renames='' unlinks=''

# is_left_out: where it is spared, or where nothing changes, but for each $each of those $others.
is_left_out() {
	[[ $call =~ ${SPARED-^$} ]] && return
	[[ ! $call =~ $CHANGES ]] && [ $((others++ % each)) != 0 ]
}

# at_every_call NAME PREPARE VERIFY COMMAND: functions all; VERIFY says on $trouble what is wrong.
at_every_call() {
	local name=$1 prepare=$2 verify=$3 command=$4 points=0 bad=$failed
	local others=0 each=$((STEP == 1 ? 1 : ${EACH-1}))
	"$prepare"
	"$command" calls_of >"$work/all_points"
	thin_out
	while read -r call number writes renames unlinks _; do
		! is_left_out || continue
		points=$((points + 1))
		trouble=
		"$prepare"
		if "$command" killed "$call" "$number"; then
			"$verify"
			nothing_stays
		else
			trouble="it was not killed"
		fi
		[ -z "$trouble" ] || fail "$name: killed before $call $number" "$trouble"
	done <"$work/points"
	check "$name: killed up to its exit" grep -q "^exit_group " "$work/points"
	check "$name: killed in $points places of $(wc -l <"$work/all_points"), and all is well" \
		test "$points" -ge 10 -a "$failed" = "$bad"
}

# --- Logins

# The first write is the charge, the second the verdict.
charged() {
	local failures
	failures=$(state_of failures)
	if [ "$writes" = 0 ]; then
		wants "failures" "$failures" 0
	elif [ "$writes" = 1 ]; then
		wants "failures" "$failures" 1
	else
		wants "failures" "$failures" "$1"
	fi
}

after_accepted() {
	charged 0
	if [ "$writes" -lt 2 ]; then
		wants "the code, before it was spent" "$(result "$typed")" 0
	fi
	wants "the code, once spent" "$(result "$typed")" 7
	wants "the next code" "$(result "$next")" 0
}

after_wrong() {
	charged 1
	wants "the code, still wrong" "$(result "$typed")" 7
	wants "a right code" "$(result "$right")" 0
}

# The mark that the user was told is written once that is so: who was not is told by the next session.
after_session() {
	local told
	told=$(news_in "$work/output")
	wants "failures" "$(state_of failures)" 0
	wants "told by the next session" "$(told_next)" $((writes == 0))
	[ "$writes" = 0 ] || wants "told before the mark" "$told" 1
	still_spent
}

# --- Commands

after_enroll() {
	if [ "$renames" = 0 ]; then
		is_enrolled 1
		command_enroll env >/dev/null || trouble+="can't be enrolled again; "
	fi
	is_enrolled 0
	new_code_gets_in
}

# A store that is half made becomes a whole one, and strangers are refused like anyone else.
after_first() {
	if ! aside twokey status "$user" >/dev/null; then
		command_enroll env >/dev/null || trouble+="can't be enrolled again; "
	fi
	new_code_gets_in
	wants "decoys" "$(find "$STORE/decoys" -type f -size 12288c | wc -l)" 64
	wants "a stranger" "$(user="nobody-$number" result 123456)" 7
}

after_replace() {
	is_enrolled 0
	if [ "$renames" = 0 ]; then
		wants "the old phone" "$(result "$right")" 0
	else
		wants "the old phone" "$(result "$right")" 7
		new_code_gets_in
	fi
}

# A second phone is there or is not, and nothing else changes: the first one's code stays spent.
after_add() {
	still_spent
	if [ "$renames" = 0 ]; then
		wants "the new phone" "$(new_phone)" 7
		command_add env >/dev/null || trouble+="can't be added again; "
	fi
	new_code_gets_in
}

after_remove() {
	is_enrolled "$unlinks"
	[ "$unlinks" = 1 ] || wants "the phone" "$(result "$right")" 0
	command_replace env >/dev/null || trouble+="can't be enrolled again; "
	new_code_gets_in
}

after_remove_device() {
	spare_still_spent
	wants "the removed phone" "$(result "$right")" $((renames * 7))
}

after_unlock() {
	if [ "$renames" = 0 ] && [ "$writes" = 0 ]; then
		wants "failures" "$(state_of failures)" 5
		wants "the phone, locked" "$(result "$right")" 7
	else
		wants "failures" "$(state_of failures)" 0
		wants "the phone" "$(result "$right")" 0
	fi
}

after_recovery() {
	wants "the phone" "$(result "$right")" 0
	wants "the old recovery code" "$(result "${recovery[0]}")" $((renames * 7))
}

# --- Enrolments by the user, at a terminal

# untraced COMMAND...: what $work/traced starts goes on to its end.
untraced() {
	trace_inside -qq -e trace=none -o /dev/null -- "$@"
}

# seen_or_again SEEN OPERATION: who is enrolled has seen with what; who is not enrols again.
seen_or_again() {
	local enrolled
	"$1"
	[ "$renames" = 0 ] || wants "is enrolled" "$enrolled" true
	[ "$enrolled" != true ] || return 0
	together "$2" untraced >"$work/output" </dev/null
	"$1"
	wants "is enrolled again" "$enrolled" true
}
after_killed_at_login() {
	seen_or_again seen_at_login enrol_at_login
}
after_killed_by_oneself() {
	seen_or_again seen_by_oneself enrol_oneself
}

pam_twokey "$SERVICE"
pam_telling "$SERVICE-session"
pam_enrolling "$SERVICE-enrol"
new_user
other=$user
new_user
write_sources
at_every_call "a right code" renewed after_accepted typed_login
at_every_call "a wrong code" with_wrong after_wrong typed_login
at_every_call "a recovery code" with_recovery after_accepted typed_login
at_every_call "a session" with_news after_session open_session
at_every_call "enroll" not_enrolled after_enroll command_enroll
at_every_call "enroll --replace" renewed after_replace command_replace
at_every_call "enroll --add" spent after_add command_add
at_every_call "import --replace" renewed after_replace import_oath
at_every_call "remove" renewed after_remove command_remove
at_every_call "remove --device" spare_spent after_remove_device command_remove_device
at_every_call "unlock" locked_out after_unlock command_unlock
at_every_call "unlock --rebuild" spent still_spent command_rebuild
at_every_call "recovery" renewed after_recovery command_recovery
repeats=$((STEP == 1 ? 0 : 2))
TIMES=$repeats at_every_call "the first enroll" no_store after_first command_enroll
# Now the store gets a user of its own.
no_store
helper_setup
TIMES=$repeats EACH=10 at_every_call "the first enroll, given away" no_store after_first command_enroll
tracer=(trace_inside)
host=("$work/traced" "${host[@]}")
EACH=10 at_every_call "an enrolment at a login" not_enrolled after_killed_at_login enrol_at_login
user_stack
helper_under root 4755 "$work/traced"
begins_at='^rt_sigaction[(]SIGHUP'
EACH=10 at_every_call "a right code, by twokey-helper" renewed after_accepted login_by_helper
EACH=10 at_every_call "a wrong code, by twokey-helper" with_wrong after_wrong login_by_helper
EACH=20 at_every_call "an enrolment by oneself" not_enrolled after_killed_by_oneself enrol_oneself

finish
