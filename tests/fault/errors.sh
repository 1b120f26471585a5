#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of a login, and of each command that changes a record, fails in each way that it
# can: no success that is not on disk, no crash, a message that names the file, and all is well when
# the fault is gone. SPARED=REGEX: calls that don't fail, for a tool that makes them itself.
. "$(dirname "$0")/lib/operations.sh"

# errors_of CALL: what it can fail with.
errors_of() {
	case $1 in
	openat) echo EIO EMFILE ENOMEM ENOSPC ;;
	openat2) echo EIO EMFILE ENOMEM EINTR EROFS EACCES ;;
	flock) echo EINTR ENOLCK ENOMEM ;;
	pread64 | read) echo EIO EINTR ENOMEM ;;
	pwrite64 | renameat) echo EIO ENOSPC EDQUOT EROFS EINTR ENOMEM ;;
	fdatasync | fsync) echo EIO ENOSPC EDQUOT EROFS EINTR ;;
	fchmod | unlinkat) echo EIO EROFS ENOMEM ;;
	newfstatat | statx | faccessat2) echo EIO ENOMEM ;;
	getdents64 | close | write | connect | sendto) echo EIO ENOMEM ;;
	mmap) echo ENOMEM ;;
	socket) echo EMFILE ENOMEM ;;
	getrandom) echo ENOSYS EINTR ;;
	esac
}

# What can't be done without, and what must be tried again when a signal interrupts it.
readonly NEEDED="^(pread64|pwrite64|fdatasync|fsync|renameat)\$"
readonly TRIED_AGAIN="^(openat2|flock|pread64|pwrite64)\$"
# All that a login does with the store.
readonly STORE_CALLS="^(openat2|flock|pread64|pwrite64|fdatasync)\$"
# And a command. The first takes all its calls, the others do the rest in the same way.
readonly CHANGE_CALLS="^(openat2?|flock|pread64|pwrite64|f(data)?sync|renameat|unlinkat|fchmod)\$"
# Without these nothing can be logged.
readonly LOGGING="^(socket|connect|sendto)\$"

call='' number='' error='' status=0

# at_every_call NAME CALLS PREPARE VERIFY COMMAND: at those that CALLS, a regex, names.
at_every_call() {
	local name=$1 calls=$2 prepare=$3 verify=$4 command=$5 faults=0 bad=$failed
	"$prepare"
	"$command" calls_of >"$work/points"
	while read -r call number _; do
		[[ $call =~ $calls && ! $call =~ ${SPARED-^$} ]] || continue
		for error in $(errors_of "$call"); do
			faults=$((faults + 1))
			trouble=
			"$prepare"
			run "$command" with_fault "$call" "error=$error" "$number"
			status=$?
			[ "$status" -lt 128 ] || trouble+="ended by a signal; "
			cp "$work/output" "$work/shown"
			cp "$work/said" "$work/told"
			"$verify"
			[ -n "$trouble" ] || continue
			fail "$name: $error at $call $number" "$trouble"
			sed 's/^/#    shown: /' "$work/shown"
			sed 's/^/#   logged: /' "$work/told"
		done
	done <"$work/points"
	check "$name: $faults faults, and all is well" test "$faults" -ge 10 -a "$failed" = "$bad"
}

# --- Logins

# What a login that failed must have said.
is_explained() {
	[[ $call =~ $LOGGING ]] && return
	grep -q ' result=error ' "$work/told" || trouble+="no error was logged; "
	if [[ $call =~ $NEEDED|flock ]]; then
		grep -q " store=$STORE .*error=$error" "$work/told" || trouble+="the log tells no file; "
	fi
}

must_fail() {
	[[ $call =~ $NEEDED && $error != EINTR ]] || [ "$call" = fdatasync ]
}

must_go_on() {
	[[ $call =~ $TRIED_AGAIN && $error = EINTR ]]
}

after_accepted() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "the code, spent" "$(result "$typed")" 7
	else
		must_go_on && trouble+="not tried again; "
		is_explained
		result "$typed" >/dev/null # it counts, unless it was spent
		wants "the code, once spent" "$(result "$typed")" 7
	fi
	wants "the next code" "$(result "$next")" 0
}

after_wrong() {
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
	if grep -q 'reason=wrong_code' "$work/told"; then
		must_fail && trouble+="looked at, but the guess is not on disk; "
		wants "failures" "$(state_of failures)" 1
	else
		must_go_on && trouble+="not tried again; "
		is_explained
	fi
	wants "a right code" "$(result "$right")" 0
}

# --- Commands

# What every command owes: exit status 3 and a message that names the file, or what it promised.
command_ended() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		return 0
	fi
	must_go_on && trouble+="not tried again; "
	wants "exit status" "$status" 3
	if [[ $call =~ $NEEDED|flock|openat2|fchmod ]]; then
		grep -q "^twokey: $STORE" "$work/shown" || trouble+="the message names no file; "
	fi
	return 1
}

# whole_record: and the store holds nothing else.
whole_record() {
	twokey status "$user" >/dev/null 2>&1
	wants "is enrolled" "$?" "${1-0}"
	[ -n "$(ls "$STORE/new")" ] || return
	twokey enroll "$other" --replace --recovery-codes 0 --no-confirm --qr none >/dev/null 2>&1
	wants "litter" "$(ls "$STORE/new")" ""
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
		command_replace env >/dev/null 2>&1 || command_enroll env >/dev/null 2>&1
		whole_record
		wants "the new phone, enrolled again" "$(new_phone)" 0
	fi
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
		twokey remove "$user" >/dev/null 2>&1
		whole_record 1
	fi
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
	first=$(awk '/ read\(/ { number++ } / read\(0,/ { print number; exit }' "$work/calls")
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

# Reads and writes may move less than they were asked to.
few_bytes() {
	local trickle=(env LD_PRELOAD="$work/trickle.so")
	cc -shared -fPIC -D_GNU_SOURCE -o "$work/trickle.so" "$here/../../tools/trickle.c" ||
		die "no library to preload"
	command_replace "${trickle[@]}" strace -o "$work/calls" -e trace=pwrite64 >/dev/null 2>&1
	check "a record is written a few bytes at a time" \
		test "$(grep -c ', 7, ' "$work/calls")" -gt 1000
	equal "and is whole" "$(new_phone)" 0
	renewed
	let_in code_accepted "a login reads and writes so" typed_login "${trickle[@]}"
	kept_out replayed_code "and spends the code" typed_login env
	for command in unlock rebuild recovery remove; do
		check "$command works so" "command_$command" "${trickle[@]}"
	done
}

pam_twokey "$SERVICE"
new_user
other=$user
new_user
no_write
broken_key
broken_list
few_bytes
at_every_call "a right code" . renewed after_accepted typed_login
at_every_call "a wrong code" "$STORE_CALLS" with_wrong after_wrong typed_login
at_every_call "a recovery code" "$STORE_CALLS" with_recovery after_accepted typed_login
at_every_call "enroll" . not_enrolled after_enroll command_enroll
at_every_call "enroll --replace" "$CHANGE_CALLS" renewed after_replace command_replace
at_every_call "remove" "$CHANGE_CALLS" renewed after_remove command_remove
at_every_call "unlock" "$CHANGE_CALLS" locked_out after_unlock command_unlock
at_every_call "recovery" "$CHANGE_CALLS" renewed after_recovery command_recovery

finish
