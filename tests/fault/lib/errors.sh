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
#                                    and none is made of which nobody has said whether it can fail
#   by_few_bytes STATUS NAME PREPARE VERIFY COMMAND
#   after_accepted, after_wrong      what a login owes, with $typed
#   wants_a_word                     on standard error
#   command_ended                    whether a command ended well, and what it owes where not
. "$(dirname "$0")/lib/operations.sh"

# shellcheck disable=SC2034 # for the topics
readonly STEP=${STEP-10} NONE="^\$" CONF=/etc/security/twokey.conf

# Of several like calls in a row each can fail, though a kill before each would be the same.
harmless=$NONE

# errors_of CALL: what it can fail with, of that for which nobody can be blamed; false for a call of
# which nobody has said. The manual pages say it, and where a path leads through a disk, EIO and ENOMEM.
errors_of() {
	case $1 in
	open | openat) echo EIO EMFILE ENFILE ENOMEM ENOSPC EDQUOT EROFS EINTR ;;
	openat2) echo EIO EMFILE ENFILE ENOMEM EINTR EROFS EACCES ENOSPC EDQUOT ;;
	mkdirat | mkdir | linkat | symlinkat) echo EIO ENOSPC EDQUOT EROFS ENOMEM ;;
	bind) echo ENOSPC EDQUOT EROFS ENOMEM ;;
	flock) echo EINTR ENOLCK ENOMEM ;;
	pread64 | read | readv | preadv) echo EIO EINTR ENOMEM ;;
	pwrite64 | write | writev | pwritev | renameat | renameat2 | ftruncate | fallocate)
		echo EIO ENOSPC EDQUOT EROFS EINTR ENOMEM
		;;
	fdatasync | fsync) echo EIO ENOSPC EDQUOT EROFS EINTR ;;
	syncfs) echo EIO ENOSPC EDQUOT ;;
	close) echo EIO ENOSPC EDQUOT EINTR ENOMEM ;;
	fchmod | chmod | fchmodat | unlinkat | unlink | rmdir | utimensat) echo EIO EROFS ENOMEM ;;
	fchown | fchownat) echo EIO EROFS EDQUOT EPERM ENOMEM ;;
	stat | lstat | fstat | newfstatat | statx | access | faccessat | faccessat2 | readlink | readlinkat)
		echo EIO ENOMEM
		;;
	chdir | fchdir | getcwd | getdents64) echo EIO ENOMEM ;;
	connect | sendto | statfs | fstatfs) echo EIO EINTR ENOMEM ;;
	recvfrom | recvmsg | sendmsg | sendmmsg) echo EINTR ENOMEM ;;
	brk | mmap | munmap | mremap | mprotect | madvise | close_range) echo ENOMEM ;;
	socket | socketpair | memfd_create) echo EMFILE ENFILE ENOMEM ;;
	fcntl) [[ $words = *F_DUPFD* ]] && echo EMFILE ENOMEM || echo EINTR ENOLCK ;;
	pipe2 | pipe) echo EMFILE ENFILE ;;
	dup) echo EMFILE ;;
	dup2 | dup3) echo EINTR EMFILE ;;
	ioctl) echo EIO EINTR ;;
	prlimit64) echo EPERM ;;
	unshare | mount | setgroups) echo EPERM ENOMEM ;;
	clone | clone3 | fork | vfork | setresuid) echo EAGAIN ENOMEM ;;
	execve) echo EIO ENOMEM EMFILE ;;
	wait4 | waitid | poll | ppoll | select | pselect6) echo EINTR ENOMEM ;;
	nanosleep | clock_nanosleep | rt_sigtimedwait | futex) echo EINTR ;;
	getrandom) echo ENOSYS EINTR ;;
	*) cannot_fail "$1" ;;
	esac
}

# cannot_fail CALL: but for what its caller does wrong or may not do, such as EINVAL, ESRCH and EPERM.
cannot_fail() {
	case $1 in
	# What only tells or sets a number of this process,
	getpid | getppid | gettid | getuid | geteuid | getgid | getegid | getresuid | getresgid | getpgrp) ;;
	umask | getpgid | getsid | setsid | setpgid | setresgid | capget | capset | getgroups) ;;
	# of its signals and clocks,
	rt_sigaction | rt_sigprocmask | rt_sigreturn | alarm | setitimer | kill | tgkill) ;;
	time | gettimeofday | clock_gettime | clock_getres | clock_adjtime) ;;
	# of its threads and its place in memory,
	arch_prctl | set_tid_address | set_robust_list | rseq | sched_getaffinity | sched_yield) ;;
	# of this machine,
	uname | sysinfo) ;;
	# or of what is open already.
	lseek | getsockopt | setsockopt | getsockname | getpeername | shutdown | listen) ;;
	# A flag of the process: what can be said of it is that there is no such flag.
	prctl) ;;
	# It does not come back.
	exit | exit_group) ;;
	*) return 1 ;;
	esac
}

# can_fail: of all that these calls do, this can. Whoever closes all numbers in turn mostly closes
# nothing; a descriptor's flags are read and set in the process itself; a terminal whose modes can't be
# read is one that is gone, which ends whoever reads; whoever wakes others waits for nothing; a datagram
# socket's peer can always be forgotten, as connect(2) does by AF_UNSPEC and the C library takes for
# granted; and where the break is the kernel can always tell.
can_fail() {
	case $call in
	brk) [[ $words != *"brk(NULL)"* ]] ;;
	close) [[ $words = *"close(N<"* ]] ;;
	connect) [[ $words != *AF_UNSPEC* ]] ;;
	fcntl) [[ $words =~ F_DUPFD|F_(OFD_)?SETLK ]] ;;
	futex) [[ $words = *FUTEX_WAIT* ]] ;;
	ioctl) [[ $words = *TCSETS* ]] ;;
	prlimit64) [[ $words = *"RLIMIT_CORE, {"* ]] ;;
	esac
}

# all_known NAME: whether it has been said of each call in $work/all_points if it can fail.
all_known() {
	local call words=''
	while read -r call; do
		errors_of "$call" >/dev/null || fail "$1: $call" "nobody has said whether it can fail"
	done < <(cut -d ' ' -f 1 "$work/all_points" | sort -u)
}

# What can't be done without, and what must be tried again when a signal interrupts it.
readonly NEEDED="^(pread64|pwrite64|fdatasync|fsync|syncfs|renameat|fchown)\$"
readonly TRIED_AGAIN="^(openat2|flock|clock_nanosleep|pread64|pwrite64)\$"
# All that a login does with the store.
readonly STORE_CALLS="^(openat2|flock|pread64|pwrite64|fdatasync)\$"
# And a command.
readonly CHANGE_CALLS="^(openat2?|flock|p(read|write)64|f(data)?sync|(rename|unlink|mkdir)at|fch(mod|own))\$"
# By which it is learned who is enrolled.
readonly LOOKS="^(openat2|statx)\$"
# Without these nothing can be logged.
readonly LOGGING="^(socket|connect|sendto)\$"

call='' number='' error='' renames=0 opened='' words='' status=0
mkdir "$work/seen"

# faults_of ALL SOME: of the calls in $work/points, each with each of its errors, where the regex ALL
# fits its name, or strace's words of it; each STEPth of the others that SOME names; each (5 STEP)th of
# the rest, or with STEP=1 all.
faults_of() {
	local step=1 some=0 rest=0 error renames words
	[ "$STEP" = 1 ] || step=$((STEP * ${FEWER-1}))
	while read -r call number _ renames _ opened words; do
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
			echo "$call $number $error $renames $opened $words"
		done
	done <"$work/points"
}

# strikes PREPARE COMMAND: whether the fault does. Sets $status. brk(2) knows no errors, as the kernel
# has it: it tells where the break is, and that is not where it was asked for.
strikes() {
	local fault="error=$error"
	[ "$call" != brk ] || fault=retval=0
	"$1"
	run "$2" with_fault "$call" "$fault" "$number"
	status=$?
	has_struck
}

# at_every_call NAME ALL SOME PREPARE VERIFY COMMAND: at those that faults_of tells. By chance a
# process makes fewer calls than it did: what strikes nothing then is tried once more.
at_every_call() {
	local name=$1 prepare=$4 verify=$5 command=$6 bad=$failed faults missed=0
	"$prepare"
	"$command" calls_of >"$work/all_points"
	all_known "$name"
	thin_out
	faults_of "$2" "$3" >"$work/faults"
	faults=$(wc -l <"$work/faults")
	while read -r call number error renames opened words; do
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
	call='' number='' error='' renames=0 opened='' words='' trouble='' moved=0
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

# Once a new file has its name, and that is durable, its mark is taken: see SEQUENCE_UNNAMED.
is_of_mark() {
	[ "$renames" -gt 0 ] && [[ "$call $words" = "pwrite64 "*"<$STORE/users/"* ]]
}

must_fail() {
	! is_of_mark || return
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
