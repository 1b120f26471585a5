# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Operations whose system calls fail, by strace, or move less than they are asked to. A function
# that verifies looks at $status, $call, $error, $opened and $words (see calls_of), at what was
# shown in $work/seen/output and logged in $work/seen/said, and collects what is wrong in $trouble.
# In the environment:
#
#   STEP=1         each call with each of its errors; by default a sample
#   SPARED=REGEX   calls, by name or in strace's words, that don't fail: a tool's own
#   FEWER=N        of the sample each Nth
#   TIMES=N        what repeats itself is left out, with STEP=1 too: see thin_out
#
#   at_every_call NAME ALL SOME PREPARE VERIFY COMMAND
#   by_few_bytes STATUS NAME PREPARE VERIFY COMMAND
#   after_accepted, after_wrong      what a login owes, with $typed
#   wants_a_word                     on standard error
#   command_ended                    whether a command ended well, and what it owes where not
. "$(dirname "$0")/lib/operations.sh"

# shellcheck disable=SC2034 # for the topics
readonly STEP=${STEP-10} NONE="^\$" CONF=/etc/security/twokey.conf

# Of several like calls in a row each can fail, though a kill before each would be the same.
harmless=$NONE

# errors_of CALL: what it can fail with.
errors_of() {
	case $1 in
	openat) echo EIO EMFILE ENOMEM ENOSPC EDQUOT EROFS EINTR ;;
	openat2) echo EIO EMFILE ENOMEM EINTR EROFS EACCES ENOSPC EDQUOT ;;
	mkdirat | mkdir) echo EIO ENOSPC EDQUOT EROFS ENOMEM ;;
	bind) echo ENOSPC EDQUOT EROFS ENOMEM ;;
	flock) echo EINTR ENOLCK ENOMEM ;;
	pread64 | read) echo EIO EINTR ENOMEM ;;
	pwrite64 | write | renameat | renameat2) echo EIO ENOSPC EDQUOT EROFS EINTR ENOMEM ;;
	fdatasync | fsync) echo EIO ENOSPC EDQUOT EROFS EINTR ;;
	syncfs) echo EIO ENOSPC EDQUOT ;;
	close) echo EIO ENOSPC EDQUOT EINTR ENOMEM ;;
	fchmod | chmod | unlinkat | unlink | rmdir) echo EIO EROFS ENOMEM ;;
	fchown) echo EIO EROFS EDQUOT EPERM ENOMEM ;;
	newfstatat | statx | access | faccessat2 | readlink | readlinkat | chdir | getdents64)
		echo EIO ENOMEM
		;;
	connect | sendto | statfs | fstatfs) echo EIO EINTR ENOMEM ;;
	recvfrom | recvmsg | sendmsg) echo EINTR ENOMEM ;;
	mmap | mprotect) echo ENOMEM ;;
	socket | socketpair | memfd_create | fcntl) echo EMFILE ENOMEM ;;
	pipe2 | pipe) echo EMFILE ENFILE ;;
	dup2) echo EMFILE ;;
	ioctl) echo EIO EINTR ;;
	prlimit64) echo EPERM ;;
	unshare | mount) echo EPERM ENOMEM ;;
	clone | clone3 | vfork | setresuid) echo EAGAIN ENOMEM ;;
	execve) echo EIO ENOMEM EMFILE ;;
	wait4 | poll | ppoll) echo EINTR ENOMEM ;;
	getrandom) echo ENOSYS EINTR ;;
	esac
}

# can_fail: of all that these calls do, this can. Whoever closes all numbers in turn mostly closes nothing.
can_fail() {
	case $call in
	close) [[ $words = *"close(N<"* ]] ;;
	fcntl) [[ $words = *F_DUPFD* ]] ;;
	ioctl) [[ $words = *TCSETS* ]] ;;
	prlimit64) [[ $words = *"RLIMIT_CORE, {"* ]] ;;
	esac
}

# What can't be done without, and what must be tried again when a signal interrupts it.
readonly NEEDED="^(pread64|pwrite64|fdatasync|fsync|syncfs|renameat|fchown)\$"
readonly TRIED_AGAIN="^(openat2|flock|pread64|pwrite64)\$"
# All that a login does with the store.
readonly STORE_CALLS="^(openat2|flock|pread64|pwrite64|fdatasync)\$"
# And a command.
readonly CHANGE_CALLS="^(openat2?|flock|p(read|write)64|f(data)?sync|(rename|unlink|mkdir)at|fch(mod|own))\$"
# By which it is learned who is enrolled.
readonly LOOKS="^(openat2|statx)\$"
# Without these nothing can be logged.
readonly LOGGING="^(socket|connect|sendto)\$"

call='' number='' error='' opened='' words='' status=0
mkdir "$work/seen"

# faults_of ALL SOME: of the calls in $work/points, each with each of its errors, where the regex ALL
# fits its name, or strace's words of it; each STEPth of the others that SOME names; each (5 STEP)th of
# the rest, or with STEP=1 all.
faults_of() {
	local step=1 some=0 rest=0 error words
	[ "$STEP" = 1 ] || step=$((STEP * ${FEWER-1}))
	while read -r call number _ _ _ opened words; do
		[[ ! $call =~ ${SPARED-^$} && ! $words =~ ${SPARED-^$} ]] || continue
		can_fail || continue
		for error in $(errors_of "$call"); do
			if [[ $call =~ $1 || $words =~ $1 ]]; then
				:
			elif [[ $call =~ $2 ]]; then
				[ $((some++ % step)) = 0 ] || continue
			else
				[ "$step" = 1 ] || [ $((rest++ % (5 * step))) = 0 ] || continue
			fi
			echo "$call $number $error $opened $words"
		done
	done <"$work/points"
}

# strikes PREPARE COMMAND: whether the fault does. Sets $status.
strikes() {
	"$1"
	run "$2" with_fault "$call" "error=$error" "$number"
	status=$?
	has_struck
}

# at_every_call NAME ALL SOME PREPARE VERIFY COMMAND: at those that faults_of tells. By chance a
# process makes fewer calls than it did: what strikes nothing then is tried once more.
at_every_call() {
	local name=$1 prepare=$4 verify=$5 command=$6 bad=$failed faults missed=0
	"$prepare"
	"$command" calls_of >"$work/all_points"
	thin_out
	faults_of "$2" "$3" >"$work/faults"
	faults=$(wc -l <"$work/faults")
	while read -r call number error opened words; do
		trouble=
		if ! strikes "$prepare" "$command" && ! strikes "$prepare" "$command"; then
			missed=$((missed + 1))
			trace "$name: struck nothing: $error at $call $number, $words"
		fi
		[ "$status" -lt 128 ] && [ ! -e "$work/traced.signals" ] || trouble+="ended by a signal; "
		[ ! -e "$work/traced.signals" ] || rm "$work/traced.signals"
		cp "$work/output" "$work/said" "$work/seen" # before others run
		"$verify"
		[ -n "$trouble" ] || continue
		fail "$name: $error at $call $number" "$trouble"
		sed 's/^/#    shown: /' "$work/seen/output"
		sed 's/^/#   logged: /' "$work/seen/said"
	done <"$work/faults"
	check "$name: $faults faults, and all is well" test "$faults" -ge 2 -a "$failed" = "$bad"
	check "$name: all but $missed struck" test $((missed * 100)) -le $((faults + 100))
}

# --- Reads and writes that move less than they were asked to

cc -O2 -D_GNU_SOURCE -o "$work/trickle" "$here/../../tools/trickle.c" ||
	die "trickle.c does not build"
moved=0

# by_few_bytes STATUS NAME PREPARE VERIFY COMMAND: 7 bytes at most each time, by the C library's
# streams too, and it ends with STATUS. Sets $moved, how many were cut short.
by_few_bytes() {
	local wanted=$1 name=$2 prepare=$3 verify=$4 command=$5 reads=0 writes=0
	call='' number='' error='' opened='' words='' trouble='' moved=0
	"$prepare"
	rm -f "$work/moved"
	run "$command" "$work/trickle" "$work/moved"
	status=$?
	cp "$work/output" "$work/said" "$work/seen" # before others run
	wants "exit status" "$status" "$wanted"
	"$verify"
	[ ! -s "$work/moved" ] || read -r reads writes <"$work/moved"
	moved=$((reads + writes))
	if [ -z "$trouble" ] && [ "$moved" -ge 10 ]; then
		ok "$name: a few bytes at a time, $reads reads and $writes writes"
	else
		fail "$name: a few bytes at a time" "$moved were cut short; $trouble"
	fi
}

# --- What is owed

must_fail() {
	[[ $call =~ $NEEDED && $error != EINTR ]] || [ "$call" = fdatasync ]
}

must_go_on() {
	[[ $call =~ $TRIED_AGAIN && $error = EINTR ]]
}

# What whoever listens to $work/errors is owed, unless it was there that a write failed.
wants_a_word() {
	[[ $words = *"write("*"/errors>"* ]] || grep -q '^twokey: ' "$work/errors" ||
		trouble+="nothing was said; "
}

# What every command owes: exit status 3 and a message that names the file, or what it promised.
command_ended() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		return 0
	fi
	must_go_on && trouble+="not tried again; "
	wants "exit status" "$status" 3
	if [[ $call =~ $NEEDED|flock|openat2|fchmod ]]; then
		grep -Eq "^twokey: ($STORE|$CONF)" "$work/seen/output" || trouble+="the message names no file; "
	fi
	return 1
}

# --- Logins

# What a login that failed must have said; libpam itself keeps out whom the kernel's audit log takes no
# word of.
is_explained() {
	[[ $call =~ $LOGGING ]] && return
	grep -Eq ' result=error |: PAM audit_' "$work/seen/said" || trouble+="no error was logged; "
	if [[ $call =~ $NEEDED|flock ]]; then
		grep -Eq " store=$STORE .*error=$error| reason=bad_option .*file=$CONF " "$work/seen/said" ||
			trouble+="the log tells no file; "
	fi
}

# Nobody is let in or looked at while twokey.conf can't be read.
decides_by_conf() {
	[[ $opened = conf && $call =~ ^(openat2|statx|pread64)$ && $error != EINTR ]] || return
	grep -q " reason=bad_option " "$work/seen/said" || trouble+="decided without twokey.conf; "
}

after_accepted() {
	decides_by_conf
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
	decides_by_conf
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
	if grep -q 'reason=wrong_code' "$work/seen/said"; then
		must_fail && trouble+="looked at, but the guess is not on disk; "
		wants "failures" "$(state_of failures)" 1
	else
		must_go_on && trouble+="not tried again; "
		is_explained
	fi
	wants "a right code" "$(result "$right")" 0
}
