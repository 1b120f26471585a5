#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever runs su or sudo sets its limits, signals, descriptors and environment: none of them is a
# way in, or a guess that is not counted, and no signal of ours ends the host program.
. "$(dirname "$0")/lib/callers.sh"

# In a shell of the caller's: limits that only a shell can set, closed descriptors.
each_in_shell() {
	each "$1" bash -c "$2"'; exec "$0" "$@"'
}

# su asks on standard error, and goes on where that is closed. It reads standard input.
closed_su() {
	wanted="( no_answer){3}" each_in_shell "$1: standard input closed" 'exec <&-'
	wanted="( no_answer){3}" each_in_shell "$1: all three closed" 'exec <&- >&- 2>&-'
	each_in_shell "$1: standard error closed" 'exec 2>&-'
	each_in_shell "$1: standard output closed" 'exec >&-'
	each_in_shell "$1: both closed" 'exec >&- 2>&-'
	each_in_shell "$1: standard error full" 'exec 2>/dev/full'
}

# sudo -S does not go on; sudo -A asks by a program, which needs neither.
closed_sudo() {
	local closed
	each_in_shell "$1: standard output closed" 'exec >&-'
	for closed in "standard input closed:<&-" "standard error closed:2>&-" "both closed:>&- 2>&-" \
		"all three closed:<&- >&- 2>&-" "standard error full:2>/dev/full"; do
		wanted="( no_answer){3}" each_in_shell "$1: ${closed%%:*}" "exec ${closed#*:}"
		way=sudo-A each_in_shell "$1 -A: ${closed%%:*}" "exec ${closed#*:}"
	done
	way=sudo-A each_in_shell "$1 -A: standard output closed" 'exec >&-'
}

# su dies of the soft limit, by SIGXCPU. sudo raises it, at most to the hard one, which kills.
no_time() {
	local left limit=1:2 attack=short_of_time guess
	[ "$1" = su ] || limit=1:1
	for left in 10 20 40; do
		guess=wrong_code wanted=" unasked [01] 0| wrong_code 1 0" each \
			"$1: RLIMIT_CPU 1, all but $left ms of it used up, a wrong code" \
			prlimit --cpu="$limit" "$sandbox/burn" "$left"
		guess=code wanted=" unasked [01] [01]| code_accepted 0 1" each \
			"$1: RLIMIT_CPU 1, all but $left ms of it used up, the right code" \
			prlimit --cpu="$limit" "$sandbox/burn" "$left"
	done
	guess=wrong_code wanted=" wrong_code 1 0" each \
		"$1: RLIMIT_CPU 1, all but 500 ms of it used up, a wrong code" \
		prlimit --cpu="$limit" "$sandbox/burn" 500
	for left in 500 1000; do
		guess=recovery_code wanted=" unasked 1 1" each \
			"$1: RLIMIT_CPU 1, all but $left ms of it used up, between charge and verdict" \
			prlimit --cpu="$limit" "$sandbox/burn" "$left"
	done
}

# in_the_midst PROGRAM CALL NUMBER OUTCOME SIGNAL...: OUTCOME of those that end su; sudo keeps them
# until its stack has answered, and what was stopped goes on.
in_the_midst() {
	local signal point="$2 $3" outcome=$4 attack=struck
	local untouched=" wrong_code code_accepted 1 1"
	[ "$1" = su ] || outcome=$untouched
	for signal in "${@:5}"; do
		wanted=$outcome each "$1: SIG$signal at $point" "$signal" "$2" "$3"
	done
	wanted=$untouched each "$1: SIGSTOP at $point, and SIGCONT" STOP "$2" "$3"
}

# Locked, charged, decided, that on disk, and unlocked: whom it ends once the decision is written
# has spent the code, and was not let in.
signals_in_the_midst() {
	in_the_midst "$1" flock 1 " unasked unasked 0 1" ALRM
	in_the_midst "$1" pwrite64 1 " unasked unasked 1 1" ALRM HUP INT TERM
	in_the_midst "$1" pwrite64 2 " unasked unasked 1 0" ALRM
	in_the_midst "$1" fdatasync 1 " unasked unasked 1 0" ALRM HUP INT TERM
	in_the_midst "$1" flock 2 " unasked unasked 1 0" ALRM
}

hostile() {
	local files size left wanted=$JUDGED
	each "$1: nothing hostile" env
	wanted="( file_size_limit){3}"
	each "$1: RLIMIT_FSIZE 0" prlimit --fsize=0
	each "$1: RLIMIT_FSIZE 10" prlimit --fsize=10
	written=yes each "$1: RLIMIT_FSIZE 4500, in the middle of a slot" prlimit --fsize=4500
	each "$1: RLIMIT_FSIZE 0, SIGXFSZ ignored" env --ignore-signal=XFSZ prlimit --fsize=0
	each "$1: RLIMIT_FSIZE 10, SIGXFSZ ignored" env --ignore-signal=XFSZ prlimit --fsize=10
	each "$1: RLIMIT_FSIZE 0, SIGXFSZ blocked" env --block-signal=XFSZ prlimit --fsize=0
	each "$1: RLIMIT_FSIZE 8300, in the middle of the other" prlimit --fsize=8300
	wanted=" wrong_code( file_size_limit){2}"
	written=yes each "$1: RLIMIT_FSIZE 8300, in the middle of the second that is written" \
		prlimit --fsize=8300
	# How few descriptors, and how little memory, lets them ask us is theirs.
	wanted="$JUDGED|( unasked){3}"
	for files in 4 5 6 7; do
		each "$1: RLIMIT_NOFILE $files" prlimit --nofile="$files"
	done
	wanted=$JUDGED
	for files in 8 9 10 11 12; do
		each "$1: RLIMIT_NOFILE $files" prlimit --nofile="$files"
	done
	wanted="( hash_failed){3}|( unasked){3}"
	for size in 8 16; do
		each "$1: RLIMIT_AS $size MiB" prlimit --as=$((size << 20))
	done
	each "$1: RLIMIT_DATA 1 MiB" prlimit --data=$((1 << 20))
	wanted=$JUDGED
	for size in 24 32 64; do
		each "$1: RLIMIT_AS $size MiB" prlimit --as=$((size << 20))
	done
	each "$1: RLIMIT_STACK 64 KiB" prlimit --stack=65536
	wanted="( unasked){3}" each "$1: RLIMIT_STACK 16 KiB" prlimit --stack=16384
	no_time "$1"
	wanted=$JUDGED
	each "$1: RLIMIT_NPROC 0" prlimit --nproc=0
	each "$1: RLIMIT_MEMLOCK, RTPRIO, SIGPENDING, MSGQUEUE 0" \
		prlimit --memlock=0 --rtprio=0 --sigpending=0 --msgqueue=0
	each "$1: every signal ignored" env --ignore-signal
	each "$1: every signal blocked" env --block-signal
	"closed_$1" "$1"
	each_in_shell "$1: twenty more descriptors" \
		'for i in {10..30}; do eval "exec $i</dev/null"; done'
	each_in_shell "$1: a umask of 777" 'umask 777'
	each_in_shell "$1: a directory that is gone" 'mkdir -p gone && cd gone && rmdir ../gone'
	each "$1: an environment of traps" env LD_PRELOAD="$sandbox/trap.so" \
		LD_AUDIT="$sandbox/trap.so" LD_LIBRARY_PATH="$sandbox" LD_DEBUG=all \
		MALLOC_PERTURB_=165 MALLOC_CHECK_=3 MALLOC_ARENA_MAX=0 \
		GLIBC_TUNABLES=glibc.malloc.check=3 LANG=../../x LC_ALL=tr_TR.UTF-8 \
		LANGUAGE=../../../x TZ=:/etc/shadow TZDIR="$sandbox" IFS=/ LOCPATH="$sandbox" \
		NLSPATH="$sandbox/%N" TMPDIR=/nonexistent FAKETIME=-1d GCONV_PATH="$sandbox" \
		HOSTALIASES=/etc/shadow RES_OPTIONS=attempts:0 PATH="$sandbox" BASH_ENV="$sandbox/x"
	each "$1: an environment of 100,000 bytes" env HUGE="$(head -c 100000 /dev/zero | tr '\0' x)"
	each "$1: no environment" env -i PATH="$PATH"
}

# signals_while_waiting SIGNAL...: while $program waits for the lock, each ends it, or it ends by
# itself, in time.
signals_while_waiting() {
	local signal waiting caller command started
	for signal; do
		new_user --recovery-codes 0
		caller=$([ "$program" = su ] && echo nobody || echo "$user")
		read -ra command <<<"${COMMANDS[$program]/USER/$user}"
		hold_lock
		started=$SECONDS
		printf '%s\n' "$password" "$(code)" |
			setpriv --reuid="$caller" --regid=nogroup --clear-groups "${command[@]}" \
				>"$work/waited" 2>>"$work/stderr.all" &
		wait_until pgrep --full "^${command[*]}\$"
		waiting=$(pgrep --full "^${command[*]}\$")
		sleep 0.3
		kill -"$signal" "$waiting"
		[ "$signal" != STOP ] || sleep 1
		kill -CONT "$waiting" 2>/dev/null
		while kill -0 "$waiting" 2>/dev/null && [ $((SECONDS - started)) -lt 30 ]; do
			sleep 0.1
		done
		check "SIG$signal while $program waits for the lock: it ends in time" \
			test $((SECONDS - started)) -le 14
		let_go
		let_in code_accepted "SIG$signal while $program waits for the lock: the next code is good" \
			"$driver" su "$user" "$password" "$(code 1)"
	done
}

# Stopped with the lock held: its own user waits for five seconds, and nobody else.
stopped_with_the_lock() {
	local stopped others others_password others_key started
	# shellcheck disable=SC2034 # with_fault's
	local tracer=(strace -f -u nobody)
	new_user --recovery-codes 0
	others=$user others_password=$password others_key=$key
	new_user --recovery-codes 0
	printf '%s\n' "$password" "$(code)" |
		with_fault pwrite64 signal=STOP 1 /usr/bin/su "$user" -c : \
			>"$work/waited" 2>>"$work/stderr.all" &
	wait_until is_held
	sleep 0.3
	stopped=$(pgrep --full "^/usr/bin/su $user -c :\$")
	started=$SECONDS
	fails_closed store_busy "one is stopped with the lock held: its user is told so" \
		"$driver" su "$user" "$password" "$(code 1)"
	logged "and the log tells what to do" "store_busy .*fuser"
	check "after five seconds" test $((SECONDS - started)) -ge 4 -a $((SECONDS - started)) -le 9
	check "another user is not kept waiting" user_gets_in "$others" "$others_password" "$others_key"
	kill -KILL "$stopped"
	let_in code_accepted "when it is gone its user gets in" \
		"$driver" su "$user" "$password" "$(code 1)"
}

# as_nobody COMMAND...: with nothing of root's.
as_nobody() {
	setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
}

# start_su CALL: by nobody, at its prompt; its first CALL will take three seconds. Sets $job,
# $working, and $typing, for what it is typed.
start_su() {
	# shellcheck disable=SC2034 # with_fault's
	local tracer=(strace -f -u nobody)
	rm -f "$work/typed"
	mkfifo "$work/typed"
	with_fault "$1" delay_enter=3000000 1 /usr/bin/su "$user" -c : <"$work/typed" \
		>"$work/waited" 2>>"$work/stderr.all" &
	job=$!
	exec {typing}>"$work/typed"
	wait_until pgrep --full "^/usr/bin/su $user -c :\$"
	working=$(pgrep --full "^/usr/bin/su $user -c :\$")
}

# The caller, who can stop su while it asks, can't while it has the lock, however long the disk
# takes.
not_stopped_with_the_lock() {
	local job working typing
	new_user --recovery-codes 0
	start_su fdatasync
	check "while su asks its caller can stop it" as_nobody kill -STOP "$working"
	check "and let it go on" as_nobody kill -CONT "$working"
	printf '%s\n' "$password" "$(code)" >&"$typing"
	exec {typing}>&-
	wait_until is_held
	check_status 1 "with the lock held its caller can't stop it" as_nobody kill -STOP "$working"
	check "and its user gets in as soon as the disk is done" \
		"$driver" su "$user" "$password" "$(code 1)"
	kill -CONT "$working" 2>/dev/null # if it was stopped
	check "as its caller did" wait "$job"
}

store_is_held() {
	! flock --nonblock "$STORE" true
}

# Nor while it has the lock of all changes, where it enrols.
not_stopped_enrolling() {
	local job working typing
	pam_service su <<-END
		auth     required pam_twokey.so unenrolled=enroll
		account  required pam_twokey.so
		account  required pam_unix.so
		password required pam_twokey.so
		session  required pam_unix.so
	END
	new_person
	start_su mkdirat
	printf '%s\n' "$password" '' >&"$typing"
	wait_until store_is_held
	check_status 1 "with the store's lock held su's caller can't stop it" \
		as_nobody kill -STOP "$working"
	new_person
	check "and others are enrolled as soon as the disk is done" enrol --recovery-codes 0
	exec {typing}>&-
	kill -CONT "$working" 2>/dev/null
	check_status 1 "who types no first code is not let in" wait "$job"
	pam_twokey su
}

user_gets_in() {
	local key=$3
	timeout 3 "$driver" su "$1" "$2" "$(code)"
}

for program in su sudo; do
	hostile "$program"
	signals_in_the_midst "$program"
done
tell_cases
program=su
signals_while_waiting ALRM USR1 HUP STOP
program=sudo
signals_while_waiting ALRM STOP
stopped_with_the_lock
not_stopped_with_the_lock
not_stopped_enrolling

finish
