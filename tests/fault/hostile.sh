#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever runs su or sudo sets its limits, signals, descriptors and environment: none of them is a
# way in, or a guess that is not counted, and no signal of ours ends the host program.
. "$(dirname "$0")/lib/fault.sh"

hash_by=() # what a caller leaves of its CPU time is reckoned by the machine's own

pam_twokey su
pam_twokey sudo
cat >/etc/sudoers.d/twokey-test <<-END
	Defaults timestamp_timeout=0, passwd_tries=1, lecture=never
	ALL ALL=(ALL:ALL) ALL
END
chmod 440 /etc/sudoers.d/twokey-test
# Where this is, su writes refusals to it, and a limit of 0 ends su there: after us, and not by us.
rm -f /var/log/btmp
sandbox=$(mktemp -d /tmp/twokey-caller.XXXXXX)
chmod 777 "$sandbox"

# A program of ours that neither su nor sudo trusts, should the environment offer it.
cat >"$sandbox/trap.c" <<'END'
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void spring(void)
{
	if (geteuid() == 0)
		(void)close(open("/tmp/trap-sprung", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}
END
# So many at a time: most wait for the delay of a refusal.
readonly AT_ONCE=${AT_ONCE-20}

cc -shared -fPIC -o "$sandbox/trap.so" "$sandbox/trap.c" || die "no trap"

readonly -A COMMANDS=([su]="/usr/bin/su USER -c :" [sudo]="/usr/bin/sudo -S /bin/true"
	[sudo-A]="/usr/bin/sudo -A /bin/true")

# types PASSWORD CODE: at once.
types() {
	printf '%s\n' "$1" "$2"
}

# types_when_asked PASSWORD COMMAND: the code is what COMMAND makes then, left in $own/typed; nothing is
# typed to a program that ends before.
types_when_asked() {
	until [ -s "$own/last" ] || [ -s "$own/status" ]; do
		sleep 0.05
	done
	"$2" >"$own/typed"
	types "$1" "$(cat "$own/typed")"
}

# as_caller COMMAND...: who has nothing of root's.
as_caller() {
	timeout --foreground "$patience" \
		setpriv --reuid="$caller" --regid=nogroup --clear-groups "$@"
}

# login_under COMMAND... -- CODE: $way, $program if there is none, started by COMMAND, as who has the
# password, and $types; its exit status in $status, what it shows in $own/last. It prints to a pipe, for
# a limit on files would end it at its first prompt.
starts=as_caller types=types patience=60
login_under() {
	local wrapper=() command
	while [ "$1" != -- ]; do
		wrapper+=("$1")
		shift
	done
	read -ra command <<<"${COMMANDS[${way-$program}]/USER/$user}"
	rm -f "$own/status" "$own/last"
	"$types" "$password" "$2" | (
		cd "$sandbox" || exit
		[ "${way-}" != sudo-A ] || export SUDO_ASKPASS="$work/askpass" \
			TYPE_PASSWORD="$password" TYPE_CODE="$2"
		"$starts" "${wrapper[@]}" "${command[@]}"
		echo "$?" >"$own/status"
	) 2>&1 | cat >"$own/last"
	cat "$own/last" >>"$own/shown"
	status=$(cat "$own/status")
}

# lines: all that was logged up to now of this user.
lines() {
	logger --socket /dev/log --tag mark "so far $user $SECONDS $RANDOM" --stderr 2>"$own/mark"
	for _ in {1..200}; do
		grep -qaF "$(sed 's/.*\(so far .*\)/\1/' "$own/mark")" "$work/log" && break
		sleep 0.05
	done
	grep -a "user=$user " "$work/log"
}

# said REGEX: how many of them are such.
said() {
	lines | grep -acE -- "$1"
}

# note_outcome: the last login's to $outcomes: why we let in or refused, "unasked" where nothing of that
# was logged.
note_outcome() {
	local reasons asked=${outcomes// unasked/}
	reasons=$(lines | grep -a "pam_twokey($program:auth)" | sed -n 's/.* reason=\([a-z_]*\).*/ \1/p' |
		tail -n "+$(($(wc -w <<<"$asked") + 1))" | tr -d '\n')
	outcomes+=${reasons:- unasked}
}

# wants WHAT GOT WANTED
wants() {
	[ "$2" = "$3" ] || trouble+="$1: $2, not $3; "
}

# ended COMMAND...: by itself, not by a signal, and in time, and we were asked; or else tell_alone has to
# find that it is the same without us.
ended() {
	local unasked=
	[[ $outcomes != *unasked ]] || unasked=yes
	[ "$status" -ge 124 ] || [ -n "$unasked" ] || return
	printf '%s\0' "$program" "$user" "$caller" "$@" >"$own/command"
	echo "$status" >>"$own/ended"
	[ -z "$unasked" ] || cat "$own/last" >>"$own/unasked"
}

# What becomes of the three logins of an attack.
readonly JUDGED=" wrong_code wrong_code code_accepted"
wanted=$JUDGED # a regular expression

# attack COMMAND...: two wrong codes, the right one, and the right one again. What is wrong is left in
# $own/trouble.
attack() {
	local status trouble='' outcomes='' right looked_at
	for _ in 1 2; do
		login_under "$@" -- "$(wrong_code)"
		note_outcome
		ended "$@"
	done
	looked_at=$(said reason=wrong_code)
	wants "guesses counted" "$(state_of failures)" "$looked_at"
	wants "ways in" "$(said result=success)" 0
	right=$(code)
	login_under "$@" -- "$right"
	note_outcome
	ended "$@"
	[[ $outcomes =~ ^($wanted)$ ]] || trouble+="the logins:$outcomes, not$wanted; "
	echo "wrong codes looked at: $looked_at; the logins:$outcomes" >"$own/tale"
	if [ "$(said result=success)" = 0 ]; then
		"$driver" su "$user" "$password" "$right" >"$own/again"
		wants "without it" "$(tail -n 1 "$own/again")" "result: 0"
	else
		"$driver" su "$user" "$password" "$right" >"$own/again"
		wants "the code again" "$(said reason=replayed_code)" 1
	fi
	echo "$trouble" >"$own/trouble"
}

# The kernel ends a process at its limit of CPU time, and what it used is kept at exec.
cat >"$sandbox/burn.c" <<'END'
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
/* Of this process, and by the ticks that RLIMIT_CPU goes by: CLOCK_PROCESS_CPUTIME_ID differs. */
#define LIMITED_CLOCK ((clockid_t)((~0u << 3) | 0u))
int main(int argc, char **argv)
{
	struct timespec now = {0};
	long until = 1000 - (argc > 2 ? atol(argv[1]) : 0);

	while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < until)
		if (clock_gettime(LIMITED_CLOCK, &now) != 0)
			return 1;
	execvp(argv[2], argv + 2);
	return 1;
}
END
cc -O2 -o "$sandbox/burn" "$sandbox/burn.c" || die "nothing to burn time with"

# A hash in the record that takes minutes: whatever CPU time is left, its end comes between charge and
# verdict.
DEAR_HASH="\$6\$rounds=99999999\$twokey.is.dear.\$$(printf '%086d' 0)"
readonly DEAR_HASH

recovery_code() {
	echo "${recovery[0]}"
}

# short_of_time COMMAND...: what $guess types, and the end comes when it comes; then twice more the
# same, which is let in once at most. $wanted is the outcome, how many guesses are counted then, and
# how often it was let in.
short_of_time() {
	local status trouble='' outcomes='' counted file=$STORE/users/$user hash
	local types=types_when_asked patience=300
	hash=$(sed -n 's/^recovery: //p' "$file")
	[ "$guess" != recovery_code ] || "$here/edit_record.py" "$file" "$hash" "$DEAR_HASH"
	login_under "$@" -- "$guess"
	note_outcome
	counted=$(state_of failures)
	[ "$guess" != recovery_code ] || "$here/edit_record.py" "$file" "$DEAR_HASH" "$hash"
	[[ $outcomes != *unasked || $status =~ ^(137|152)$ ]] || trouble+="it ended with $status; "
	for _ in 1 2; do
		"$driver" su "$user" "$password" "$(cat "$own/typed")" >>"$own/again"
	done
	outcomes+=" $counted $(said result=success)"
	[[ $outcomes =~ ^($wanted)$ ]] || trouble+="outcome, counted, let in:$outcomes, not$wanted; "
	wants "the next code" "$("$driver" su "$user" "$password" "$(code 1)" | tail -n 1)" "result: 0"
	echo "ended with $status; outcome, counted, let in:$outcomes" >"$own/tale"
	echo "$trouble" >"$own/trouble"
}

# under_strace SIGNAL CALL NUMBER COMMAND...: as the caller, with SIGNAL when it is back from its NUMBERth
# CALL. strace is root's, so that su and sudo keep their rights.
under_strace() {
	local signal=$1 call=$2 number=$3
	shift 3
	timeout --foreground "$patience" strace -qq -u "$caller" -o "$own/calls" -e trace="$call" \
		-e inject="$call:signal=$signal:when=$number" -- "$@"
}

# goes_on: what SIGSTOP stops, until it has ended.
goes_on() {
	until [ -s "$own/status" ]; do
		! grep -qs 'stopped by SIGSTOP' "$own/calls" ||
			pkill -CONT --parent "$(pgrep --full "^strace .* $own/calls ")"
		sleep 0.1
	done
}

# strike CODE SIGNAL CALL NUMBER: a login that it strikes, and SIGCONT after SIGSTOP.
strike() {
	local code=$1 starts=under_strace
	shift
	rm -f "$own/calls" "$own/status"
	if [ "$1" = STOP ]; then
		goes_on &
	fi
	login_under "$@" -- "$code"
	note_outcome
	wait
	grep -q "^--- SIG$1 " "$own/calls" || trouble+="no SIG$1 at $3. $2; "
}

# struck SIGNAL CALL NUMBER: with a wrong code, and with the right one, which is then tried twice more.
# $wanted is both outcomes, how many guesses are counted between, and how often the right one lets in.
struck() {
	local status trouble='' outcomes='' counted right
	strike "$(wrong_code)" "$@"
	counted=$(state_of failures)
	right=$(code)
	strike "$right" "$@"
	for _ in 1 2; do
		"$driver" su "$user" "$password" "$right" >>"$own/again"
	done
	outcomes+=" $counted $(said result=success)"
	[[ $outcomes =~ ^($wanted)$ ]] || trouble+="outcomes, counted, let in:$outcomes, not$wanted; "
	wants "the next code" "$("$driver" su "$user" "$password" "$(code 1)" | tail -n 1)" "result: 0"
	echo "outcomes, counted, let in:$outcomes" >"$own/tale"
	echo "$trouble" >"$own/trouble"
}

# each NAME COMMAND...: in the background, on a user of its own; $attack says how.
attack=attack cases=0
each() {
	local own caller=nobody
	cases=$((cases + 1))
	own=$work/case.$cases
	mkdir "$own"
	echo "$1" >"$own/name"
	shift
	new_user --recovery-codes 1
	[ "$program" = su ] || caller=$user
	while [ "$(jobs -rp | wc -l)" -gt "$AT_ONCE" ]; do
		sleep 0.05
	done
	"$attack" "$@" 2>/dev/null &
}

# words FILE: what su or sudo said there, each line once, and not what this shell remarks.
words() {
	grep -v "^$0: line " "$1" | sort -u
}

# refused_alone OWN: its command once more, where the stack refuses everybody and asks for nothing:
# nothing runs but su or sudo itself, which ends as it did with us.
refused_alone() {
	local own=$1 password='' command program user caller status ended
	mapfile -d '' -t command <"$own/command"
	program=${command[0]} user=${command[1]} caller=${command[2]}
	login_under "${command[@]:3}" -- ''
	ended=$(sort -u "$own/ended")
	[ "$ended" = "$status" ] ||
		echo "ended with ${ended//$'\n'/, }, and without us with $status" >>"$own/trouble"
	[ -e "$own/unasked" ] || return
	! cmp -s "$own/last" "$work/alone.$program/last" ||
		echo "was not asked, and pam_deny was" >>"$own/trouble"
	[ "$(words "$own/unasked")" = "$(words "$own/last")" ] ||
		echo "was not asked, and without us it says: $(cat "$own/last")" >>"$own/trouble"
}

# tell_alone: what every case that kept its command is without us.
tell_alone() {
	local case own program caller=nobody
	for program in su sudo; do
		pam_service "$program" <<<"auth required pam_deny.so"
		own=$work/alone.$program
		mkdir "$own"
		[ "$program" = su ] || caller=$user
		password='' login_under env -- ''
		equal "$program alone refuses, and lives" "$status" 1
	done
	for case in $(seq "$cases"); do
		[ ! -e "$work/case.$case/command" ] || refused_alone "$work/case.$case"
	done
	pam_twokey su
	pam_twokey sudo
}

tell_cases() {
	local case
	while [ "$(jobs -rp | wc -l)" -gt 1 ]; do
		sleep 0.1
	done
	tell_alone
	for case in $(seq "$cases"); do
		: >"$work/said"
		cp "$work/case.$case/shown" "$work/output"
		equal "$(cat "$work/case.$case/name")" "$(cat "$work/case.$case/trouble")" ""
		trace "$(cat "$work/case.$case/tale")"
	done
	check "one or the other had no CPU time left" grep -q "^ended with 152;" "$work"/case.*/tale
	check "no trap was sprung" test ! -e /tmp/trap-sprung
}

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

# su dies of the soft limit, by SIGXCPU. sudo raises it to the hard one, whose SIGKILL nobody survives.
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
	guess=wrong_code wanted=" wrong_code 1 0" each "$1: RLIMIT_CPU 1, all but 500 ms of it used up" \
		prlimit --cpu="$limit" "$sandbox/burn" 500
	for left in 500 1000; do
		guess=recovery_code wanted=" unasked 1 1" each \
			"$1: RLIMIT_CPU 1, all but $left ms of it used up, between charge and verdict" \
			prlimit --cpu="$limit" "$sandbox/burn" "$left"
	done
}

# in_the_midst PROGRAM CALL NUMBER OUTCOME SIGNAL...: of those that end su OUTCOME is left; sudo keeps them
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

# Locked, charged, decided, that on disk, and unlocked: whom it ends once the decision is written has
# spent the code, and was not let in.
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
	each "$1: RLIMIT_FSIZE 4500, in the middle of a slot" prlimit --fsize=4500
	each "$1: RLIMIT_FSIZE 0, SIGXFSZ ignored" env --ignore-signal=XFSZ prlimit --fsize=0
	each "$1: RLIMIT_FSIZE 10, SIGXFSZ ignored" env --ignore-signal=XFSZ prlimit --fsize=10
	each "$1: RLIMIT_FSIZE 0, SIGXFSZ blocked" env --block-signal=XFSZ prlimit --fsize=0
	wanted=" wrong_code( file_size_limit){2}"
	each "$1: RLIMIT_FSIZE 8300, in the middle of the other" prlimit --fsize=8300
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
				>"$work/waited" 2>&1 &
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
	local stopped others others_password others_key started tracer=(strace -f -u nobody)
	new_user --recovery-codes 0
	others=$user others_password=$password others_key=$key
	new_user --recovery-codes 0
	printf '%s\n' "$password" "$(code)" |
		with_fault pwrite64 signal=STOP 1 /usr/bin/su "$user" -c : >"$work/waited" 2>&1 &
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

finish
