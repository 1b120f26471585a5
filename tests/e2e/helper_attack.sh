#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey-helper as whoever may run it would attack it: nobody reads, changes, unlocks or outruns
# anything. Its answers: 40 accepted, 41 refused, 43 an error.
. "$(dirname "$0")/lib/e2e.sh"

# request [FIELD=VALUE]...: in $work/request, of $user; see make_request.py.
request() {
	"$here/make_request.py" "user=$user" "$@" >"$work/request"
	chmod 644 "$work/request"
}

# shellcheck disable=SC2120 # its arguments come by way of check_status
# ask [COMMAND...]: the helper, started by $user's COMMAND, reads the request.
ask() {
	as_user timeout 30 "$@" "$HELPER" <"$work/request"
}

refuses() {
	! "$@"
}

# status_of COMMAND...: of the helper that it starts.
status_of() {
	run ask "$@"
	echo "$?"
}

# twenty_at_once COMMAND...: the statuses, counted, in $work/answers.
twenty_at_once() {
	local pids=()
	for _ in {1..20}; do
		(
			"$@"
			echo "$?" >>"$work/statuses"
		) &
		pids+=("$!")
	done
	wait "${pids[@]}"
	sort "$work/statuses" | uniq -c | tr -s ' \n' ' ' >"$work/answers"
	rm "$work/statuses"
}

# timed SECONDS COMMAND...: and it takes no longer.
timed() {
	local seconds=$1
	shift
	SECONDS=0
	"$@"
	local status=$?
	[ "$SECONDS" -le "$seconds" ] && return "$status"
}

failures() {
	twokey status "$user" --json | json '["failures"]'
}

counted() {
	test "$(failures)" = "$1"
}

helper_setup
pam_twokey code ask=code
new_user
bystander=$user

new_user
request code="$(wrong_code)"
check_status 41 "a wrong code" ask
check "is counted" counted 1
check "the helper prints nothing" test ! -s "$work/output"
request code="$(code)"
check_status 40 "a right one is accepted" ask
check_status 41 "once" ask

# --- Arguments and environment

request code="${recovery[0]}"
check_status 40 "no argument at all, not even its name" ask python3 -c \
	'import ctypes, sys; ctypes.CDLL(None).execve(sys.argv[1].encode(), None, None)'
request code="$(code 1)"
check_status 43 "an argument" as_user "$HELPER" --store=/tmp
logged "is a bad request" "reason=bad_request"
check_status 40 "an environment of traps" ask env LD_PRELOAD=/nonexistent.so LD_LIBRARY_PATH=/tmp \
	LD_AUDIT=/tmp/x.so GLIBC_TUNABLES=glibc.malloc.check=3 MALLOC_PERTURB_=165 LANG=../../x \
	TZ=:/etc/shadow IFS=/ HOSTALIASES=/etc/shadow LOCPATH=/tmp NLSPATH=/tmp TMPDIR=/nonexistent

# --- What is asked for

new_user
request code="$(code)" user="$bystander"
check_status 43 "another user's name" ask
logged "is logged with the caller" "user=$bystander .* caller_uid=$(id -u "$user") .*reason=other_user"
request code="$(code)" user=root
check_status 43 "root's name" ask
request code="$(code)" user=../../etc/passwd
check_status 43 "a name that leads elsewhere" ask
request code="$(code)" store="$work/mine"
check_status 43 "a store of one's own" ask
logged "is not opened" "reason=other_store"
request code="$(code)" kind=nonsense
check_status 43 "an unknown kind" ask
request code="$(code)" twokey=2
check_status 43 "another version" ask
request kind=status
check_status 43 "a session without a socket" ask
request code=$'12\n34' service=$'x\ny' rhost=$'\e[31m result=success'
check_status 41 "control characters" ask
logged "are escaped in the log" 'rhost=\\x1b\[31m\\x20result\\x3dsuccess .*reason=malformed_code'
check "none of it was counted but that" counted 1
useradd --non-unique --uid "$(id -u "$user")" --no-create-home "$user-too"
twokey enroll "$user-too" --json --no-confirm --qr none >"$work/enrolled"
request user="$user-too" code="$(json '["secret"]' <"$work/enrolled" | remember |
	oathtool --base32 --totp - | remember)"
check_status 40 "a second name of the same number is the caller's too" ask
userdel "$user-too"

# --- Input

: >"$work/request"
check_status 43 "no input" ask
head -c 100000000 /dev/zero >"$work/request"
check_status 43 "100 megabytes of zeros" ask
for _ in {1..20}; do
	head -c 4096 /dev/urandom >"$work/request"
	ask
	[ "$?" = 43 ] || fail "random bytes" "another answer than an error"
done
ok "random bytes are no request, 20 times"
request code="$(code)"
printf 'x' >>"$work/request"
check_status 43 "a byte behind the request" ask
check_status 43 "a directory for input" as_user sh -c 'exec "$0" </tmp' "$HELPER"

# --- Descriptors, limits, umask, directory

for closed in '<&-' '<&- >&- 2>&-'; do
	check_status 43 "closed: $closed" ask sh -c "exec \"\$0\" $closed"
done
request code="$(code)"
check_status 40 "closed: outputs" ask sh -c 'exec "$0" >&- 2>&-'
new_user
request code="$(code)"
check_status 40 "a umask of 777, a directory that is gone" \
	ask sh -c 'mkdir /tmp/gone-$$ && cd /tmp/gone-$$ && rmdir /tmp/gone-$$ && umask 777 && exec "$0"'
check "the file is as before" test "$(stat -c '%U %a' "/var/lib/twokey/users/$user")" = "twokey 600"

# good_or_spent: of a code whose login was ended by a signal, before or after it was accepted.
good_or_spent() {
	local status
	status=$(status_of)
	test "$status" = 40 || { test "$status" = 41 && grep -q reason=replayed_code "$work/said"; }
}

# each_limit NAME COMMAND...: what was not counted was not looked at; what was accepted is spent.
each_limit() {
	local name=$1 kind step=0 before status
	shift
	new_user
	request kind=password,code password="not $password" code="$(code)"
	check "$name: not with a wrong password" test "$(status_of "$@")" != 40
	for kind in code password,code; do
		before=$(failures)
		request kind="$kind" password="$password" code="$(wrong_code)"
		status=$(status_of "$@")
		check "$name, $kind: a wrong code is refused, and counted where it was looked at" \
			test "$status" -ge 41 -a \
			"$(failures)" = $((before + $(grep -c reason=wrong_code "$work/said")))
		request kind="$kind" password="$password" code="$(code "$step")"
		status=$(status_of "$@")
		if [ "$status" = 40 ]; then
			check_status 41 "$name, $kind: accepted, and spent" ask
		else
			check "$name, $kind: not accepted" test "$status" -ge 41
			if [ "$status" -gt 128 ]; then
				check "$name, $kind: ended by it, the code is good or spent" good_or_spent
			else
				check_status 40 "$name, $kind: without it the code is good" ask
			fi
		fi
		step=$((step + 1))
	done
}
each_limit "file size 0" prlimit --fsize=0
each_limit "file size 4500" prlimit --fsize=4500
for files in 3 4 5 6 8; do
	each_limit "$files descriptors" prlimit --nofile="$files"
done
each_limit "an address space of 8 MiB" prlimit --as=8388608
each_limit "a stack of 64 KiB" prlimit --stack=65536
each_limit "no processes" prlimit --nproc=0
each_limit "no processor time" prlimit --cpu=0
each_limit "every signal ignored" env --ignore-signal
each_limit "every signal blocked" env --block-signal

# --- Its process: while it waits for a lock, for five seconds, the caller can do nothing to it

# begin_waiting: a new user's helper, $helper_pid.
begin_waiting() {
	new_user
	request code="$(code)"
	hold_lock
	ask &
	asking=$!
	wait_until pgrep -U twokey -x twokey-helper
	sleep 0.5
	helper_pid=$(pgrep -U twokey -x twokey-helper)
}

end_waiting() {
	let_go
	wait "$asking"
	check "it answers all the same" test "$?" = 40
}

begin_waiting
check "it waits, as twokey alone" \
	test "$(ps -o ruser=,euser=,suser= -p "$helper_pid" | tr -s ' ')" = "twokey twokey twokey"
check "it has nothing of its caller's open" \
	test "$(readlink "/proc/$helper_pid/fd/"[012] | sort -u)" = /dev/null
for signal in STOP KILL TERM TSTP; do
	check_status 1 "it takes no SIG$signal" as_user kill -s "$signal" "$helper_pid"
done
end_waiting
begin_waiting
check "its caller can't trace it" refuses as_user strace -p "$helper_pid"
check "nor set its limits" refuses as_user prlimit --pid "$helper_pid" --fsize=0
end_waiting
begin_waiting
for file in mem environ maps; do
	check "nor read its $file" refuses as_user cat "/proc/$helper_pid/$file"
done
check "nor see its descriptors" refuses as_user ls "/proc/$helper_pid/fd"
end_waiting
check_status 43 "run under strace it has no rights" ask strace -o /dev/null
logged "and says so" "reason=helper_powerless"

# Looked at in the end; begun here, where there may be more than one helper.
aside as_user "$HELPER" < <(exec sleep 60) &
endless=$!

# --- The password's own helper, which is its caller's to kill

# killing_chkpwd COMMAND...: while the user kills it as soon as there is one.
killing_chkpwd() {
	local killer
	rm -f "$work/enough"
	as_user sh -c 'until [ -e "$0/enough" ]; do
		pkill -KILL -x unix_chkpwd
	done' "$work" 2>/dev/null &
	killer=$!
	"$@"
	: >"$work/enough"
	wait "$killer"
}

new_user
request kind=password,code password="not $password" code="$(code)"
killing_chkpwd twenty_at_once ask
check "killed in the middle of a wrong password: nobody is let in" \
	test "$(grep -c ' 40 ' "$work/answers")" = 0
trace "statuses: $(cat "$work/answers")"
request kind=password,code password="$password" code="$(wrong_code)"
killing_chkpwd twenty_at_once ask
trace "statuses: $(cat "$work/answers"); counted: $(failures)"
check "killed in the middle of a right one: no more than five codes are looked at" \
	test "$(failures)" -le 5

# --- Races

new_user
request code="$(code)"
twenty_at_once ask
check "twenty at once with one code: one is accepted" \
	test "$(cat "$work/answers")" = " 1 40 19 41 "
new_user
request code="$(wrong_code)"
twenty_at_once ask
check "twenty wrong ones at once: five are counted" counted 5
request code="$(code)"
check_status 41 "and it is locked" ask

# Killed before any of its system calls - by root, as the kernel kills where memory is short; its
# caller may not - it leaves no lock and takes no guess back.
new_user
request code="$(wrong_code)"
echo "max_failures = 1000" >/etc/security/twokey.conf

# traced OPTION...: the helper under root's strace, which leaves it its rights.
traced() {
	together strace -u "$user" -o "$work/trace" "$@" "$HELPER" <"$work/request" >"$work/output"
}

# place_of CALL: which system call of the helper is the first such one.
place_of() {
	grep -n "^$1(" "$work/trace" | head -n 1 | cut -d: -f1
}

traced
check "under root's strace it answers" test "$?" = 41
first=$(place_of setresuid) charge=$(place_of pwrite64) last=$(place_of exit_group)
check "it is its owner's before it writes" test "$first" -lt "$charge" -a "$charge" -lt "$last"
# strace counts each call by its name.
awk -F'(' '{ print NR, $1, ++seen[$1] }' "$work/trace" | sed -n "$first,${last}p" >"$work/places"
wrong=0
while read -r place call number; do
	before=$(failures)
	traced --inject="$call:signal=KILL:when=$number" 2>/dev/null
	[ "$?:$(failures)" = "137:$((before + (place > charge)))" ] || wrong=$((wrong + 1))
done <"$work/places"
trace "killed at $((last - first + 1)) places"
check "killed before each system call: counted once the charge was written" test "$wrong" = 0
request code="$(code)"
check_status 40 "and the next one gets in at once" timed 2 ask
rm /etc/security/twokey.conf

# --- The programs it serves

for host in ignore reap threads; do
	new_user
	kept_out wrong_code "a host that does '$host' with its children: wrong code" \
		user_login --children "$host" code "$user" "$(wrong_code)"
	let_in code_accepted "a host that does '$host' with its children: right code" \
		user_login --children "$host" code "$user" "$(code)"
done
new_user
fails_closed helper_missing "a host that may start no process" \
	as_user prlimit --nproc=0 "$work/pam_login.py" code "$user" "$(code)"
let_in code_accepted "the code is good afterwards" user_login code "$user" "$(code)"

wait "$endless"
check "input that never ends is ended by the clock" test "$?" -gt 128

finish
