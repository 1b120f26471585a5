# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Callers of the real su and sudo, each with a user of its own and many at a time; how the CPU time
# of one runs out, and how signals strike one.
#
#   each NAME COMMAND...   COMMAND starts su or sudo, as $program says; $attack says what is tried
#   tell_cases             what came of them, once all have ended
# shellcheck disable=SC2154 # e2e.sh and the topic have the variables
. "$(dirname "$0")/lib/fault.sh"

# shellcheck disable=SC2034 # for new_person
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

# types_when_asked PASSWORD COMMAND: the code is what COMMAND makes then, left in $own/typed; it is
# made, too, for a program that ends before.
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

# login_under COMMAND... -- CODE: $way, $program if there is none, started by COMMAND, as who has
# the password, and $types; its exit status in $status, what it shows in $own/last. It prints to a
# pipe, for a limit on files would end it at its first prompt.
starts=as_caller types=types patience=60
login_under() {
	local before behind command
	at_dashes "$@"
	read -ra command <<<"${COMMANDS[${way-$program}]/USER/$user}"
	rm -f "$own/status" "$own/last"
	"$types" "$password" "${behind[0]}" | (
		cd "$sandbox" || exit
		[ "${way-}" != sudo-A ] || export SUDO_ASKPASS="$work/askpass" \
			TYPE_PASSWORD="$password" TYPE_CODE="${behind[0]}"
		"$starts" "${before[@]}" "${command[@]}"
		echo "$?" >"$own/status"
	) 2>&1 | cat >"$own/last"
	tee -a "$work/stderr.all" <"$own/last" >>"$own/shown"
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

# note_outcome: the last login's to $outcomes: why we let in or refused, "unasked" where nothing of
# that was logged.
note_outcome() {
	local reasons asked=${outcomes// unasked/}
	reasons=$(lines | grep -a "pam_twokey($program:auth)" |
		sed -n 's/.* reason=\([a-z_]*\).*/ \1/p' |
		tail -n "+$(($(wc -w <<<"$asked") + 1))" | tr -d '\n')
	outcomes+=${reasons:- unasked}
}

# wants WHAT GOT WANTED
wants() {
	[ "$2" = "$3" ] || trouble+="$1: $2, not $3; "
}

# ended COMMAND...: by itself, not by a signal, and in time, and we were asked; or else tell_alone
# has to find that it is the same without us.
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

# attack COMMAND...: two wrong codes, the right one, and the right one again. What is wrong is left
# in $own/trouble.
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

# A hash in the record that takes minutes: whatever CPU time is left, its end comes between charge
# and verdict.
DEAR_HASH="\$6\$rounds=99999999\$twokey.is.dear.\$$(printf '%086d' 0)"
readonly DEAR_HASH

recovery_code() {
	echo "${recovery[0]}"
}

wants_next_code() {
	wants "the next code" \
		"$("$driver" su "$user" "$password" "$(code 1)" | tail -n 1)" "result: 0"
}

# try_again CODE TALE: CODE twice more. What became of all, of $outcomes and $counted, must be $wanted.
try_again() {
	for _ in 1 2; do
		"$driver" su "$user" "$password" "$1" >>"$own/again"
	done
	outcomes+=" $counted $(said result=success)"
	[[ $outcomes =~ ^($wanted)$ ]] || trouble+="outcomes, counted, let in:$outcomes, not$wanted; "
	wants_next_code
	echo "$2outcomes, counted, let in:$outcomes" >"$own/tale"
	echo "$trouble" >"$own/trouble"
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
	try_again "$(cat "$own/typed")" "ended with $status; "
}

# under_strace SIGNAL CALL NUMBER COMMAND...: as the caller, with SIGNAL when it is back from its
# NUMBERth CALL. strace is root's, so that su and sudo keep their rights.
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

# struck SIGNAL CALL NUMBER: with a wrong code, and with the right one, which is then tried twice
# more. $wanted is both outcomes, how many guesses are counted between, and how often the right one
# lets in.
struck() {
	local status trouble='' outcomes='' counted right
	strike "$(wrong_code)" "$@"
	counted=$(state_of failures)
	right=$(code)
	strike "$right" "$@"
	try_again "$right" ""
}

# each NAME COMMAND...: in the background, on a user of its own; $attack says how. Of a new user a
# login writes the second slot first, and where the state was changed since, by $written=yes, the first.
attack=attack cases=0 written=no
each() {
	local own caller=nobody
	cases=$((cases + 1))
	own=$work/case.$cases
	mkdir "$own"
	echo "$1" >"$own/name"
	shift
	new_user --recovery-codes 1
	[ "$written" = no ] || aside twokey unlock "$user" >/dev/null
	[ "$program" = su ] || caller=$user
	while [ "$(jobs -rp | wc -l)" -gt "$AT_ONCE" ]; do
		sleep 0.05
	done
	aside "$attack" "$@" &
}

# words FILE: what su or sudo said there, each line once, and not what this shell remarks.
words() {
	grep -v "^${BASH_SOURCE[0]}: line " "$1" | sort -u
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
