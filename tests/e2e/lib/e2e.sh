# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What every topic begins with: the vocabulary of the tests, the log, people and their phones; and,
# in programs.sh, what they log in with; in leaks.sh, what must be found nowhere.
# A topic runs as root on a machine that may be thrown away, tests what is installed there (with
# BUILD=DIR, what that build installs first, but for a topic that sets installs=own), and ends with
# 'finish'. IN_PLACE=yes tells of a machine that may lack something, see lacks.
#
#   let_in REASON NAME COMMAND...      COMMAND logs a user in, the log says why
#   kept_out REASON NAME COMMAND...    it does not, and the log says result=refused and why
#   let_by REASON NAME COMMAND...      it does, and the module has left it to others (result=ignored)
#   fails_closed REASON NAME COMMAND...  it does not, for result=error
#   check NAME COMMAND...              COMMAND ends with 0
#   check_status N NAME COMMAND...     COMMAND ends with N
#   equal NAME GOT WANTED              one text is the other
#   shown NAME REGEX, logged NAME REGEX   the last COMMAND printed, or made logged, such a line
#
# Each prints one line, "ok N - NAME" or "not ok N - NAME"; what went wrong follows after '#'.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
export PYTHONDONTWRITEBYTECODE=1
umask 022

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
work=$(mktemp -d /tmp/twokey-e2e.XXXXXX)
readonly here work
chmod 755 "$work" # users run what is copied there
install -m 755 "$here/askpass" "$work"
touch "$work/log" "$work/output" "$work/run.stderr" "$work/said"

# --- Vocabulary

tests=0
failed=0

trace() {
	printf '# %s\n' "$*"
}

ok() {
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$1"
}

# fail NAME WHY: and what the last command printed and made logged.
fail() {
	tests=$((tests + 1))
	failed=$((failed + 1))
	printf 'not ok %d - %s\n' "$tests" "$1"
	trace "$2"
	sed 's/^/#   shown: /' "$work/output"
	sed 's/^/#  logged: /' "$work/said"
}

# lacks NAME WHY: what is needed for this isn't there. A container that is thrown away may do without, and
# it is counted as skipped; elsewhere nothing is to be left out of a run that is all well.
lacks() {
	if [ -n "${IN_PLACE-}" ]; then
		ok "$1 # SKIP $2"
	else
		fail "$1" "$2"
	fi
}

# There is nothing to test with: say why, and end.
die() {
	printf 'Bail out! %s\n' "$*"
	exit 1
}

# run COMMAND...: keeps what it prints in $work/output, what is logged meanwhile in $work/said.
run() {
	local status
	log_mark
	"$@" >"$work/output" 2>"$work/run.stderr" </dev/null
	status=$?
	[ ! -s "$work/run.stderr" ] || tee -a "$work/stderr.all" <"$work/run.stderr" >>"$work/output"
	log_mark
	return "$status"
}

check() {
	check_status 0 "$@"
}

check_status() {
	local wanted=$1 name=$2 status
	shift 2
	run "$@"
	status=$?
	if [ "$status" = "$wanted" ]; then
		ok "$name"
	else
		fail "$name" "exit status $status, not $wanted: $1"
	fi
}

equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail "$1" "$2, not $3"
	fi
}

shown() {
	if grep -Eqa -- "$2" "$work/output"; then
		ok "$1"
	else
		fail "$1" "no such line was shown: $2"
	fi
}

logged() {
	if grep -Eqa -- "$2" "$work/said"; then
		ok "$1"
	else
		fail "$1" "no such line was logged: $2"
	fi
}

let_in() {
	attempt in success "$@"
}

let_by() {
	attempt in ignored "$@"
}

kept_out() {
	attempt out refused "$@"
}

fails_closed() {
	attempt out error "$@"
}

# attempt in|out RESULT REASON NAME COMMAND...: one login, and the one line it must leave.
attempt() {
	local wanted=$1 result=$2 reason=$3 name=$4 got=out lines
	shift 4
	run "$@" && got=in
	lines=$(grep -ac 'pam_twokey(.*:auth): .* result=' "$work/said")
	if [ "$got" != "$wanted" ]; then
		fail "$name" "let $got, not $wanted"
	elif [ "$lines" != 1 ]; then
		fail "$name" "$lines lines were logged, not one"
	elif ! grep -Eqa " result=$result reason=$reason( |\$)" "$work/said"; then
		fail "$name" "not logged: result=$result reason=$reason"
	else
		ok "$name"
	fi
}

# at_dashes WORD... -- WORD...: sets ${before[@]} and ${behind[@]}, the caller's own.
at_dashes() {
	before=()
	while [ "$1" != -- ]; do
		before+=("$1")
		shift
	done
	behind=("${@:2}")
}

# answering LINE... -- COMMAND...: COMMAND with these lines for standard input.
answering() {
	local before behind
	at_dashes "$@"
	printf '%s\n' "${before[@]}" | "${behind[@]}"
}

# both PASSWORD CODE: as the way of asking in $mode takes them, into ${answers[@]}.
answers=()
mode=ask=password,code
both() {
	case $mode in
	ask=code) answers=("$2") ;;
	ask=combined*) answers=("$1$2") ;;
	*) answers=("$1" "$2") ;;
	esac
}

# --- The log

# log_mark: all that was logged up to now is in the file, and what came since the last mark in $work/said.
log_mark() {
	local answer
	# Both ways, so that none of it waits for a daemon that is gone.
	echo 1<>"$work/log.ask"
	read -r -t 10 answer <>"$work/log.told" && [ "$answer" = all ] || die "the log does not work"
}

# --- People and their phones

people=0
hash_by=() # options of chpasswd(8), where a password need not be hashed as this machine does it

# A new person with a password, who is not enrolled: sets $user, $password.
new_person() {
	people=$((people + 1))
	user=anna$people
	# No digits at its end, which with a code behind it would look like an imported recovery code.
	password=$(head -c 9 /dev/urandom | base64)x
	secret "$password"
	useradd --create-home --shell /bin/bash "$user" || die "useradd"
	chpasswd "${hash_by[@]}" <<<"$user:$password" || die "chpasswd"
}

# enrol [OPTION...]: $user gets a phone; sets $key, and $recovery, an array.
enrol() {
	listen "$work/output" twokey enroll "$user" --json --no-confirm --qr none "$@" \
		>"$work/enrolled" || {
		sed 's/^/# /' "$work/output"
		die "twokey enroll $user $*"
	}
	read_enrolled
}

# read_enrolled: what 'twokey enroll --json' printed to $work/enrolled.
read_enrolled() {
	key=$(sed -n 's/^ *"secret": "\(.*\)",$/\1/p' "$work/enrolled")
	secret "$key"
	read_recovery_codes "$work/enrolled"
}

# read_recovery_codes FILE: sets $recovery to those in it, one a line. Read by the shell itself, for topics
# that enrol thousands of times.
read_recovery_codes() {
	local line
	recovery=()
	while read -r line; do
		[[ ! $line =~ [0-9A-Z]{4}(-[0-9A-Z]{4}){2} ]] || recovery+=("${BASH_REMATCH[0]}")
	done <"$1"
	[ "${#recovery[@]}" = 0 ] || secret "${recovery[@]}" "${recovery[@]//-/}"
}

# new_user [OPTION...]: a new person who is enrolled.
new_user() {
	new_person
	enrol "$@"
}

# json EXPRESSION: the value there of the JSON text on standard input, a list item by item.
json() {
	/usr/bin/python3 -c '
import json, sys
value = eval("document" + sys.argv[1], {"document": json.load(sys.stdin)})
for item in value if isinstance(value, list) else [value]:
    print(item if isinstance(item, str) else json.dumps(item))' "$1"
}

remember() {
	tee -a "$work/secrets"
}

# now_plus STEPS: the time so many steps of 30 seconds from now. Neither 0 nor 1 can become too old
# for the window while a test runs; -1 can.
now_plus() {
	echo $((EPOCHSECONDS + 30 * $1))
}

# code_at SECONDS: what the first phone shows then.
code_at() {
	local shown
	shown=$(oathtool --base32 --totp --now "@$1" - <<<"$key")
	secret "$shown"
	echo "$shown"
}

# code [STEPS]: what it shows now, or so many steps later.
code() {
	code_at $((EPOCHSECONDS + 30 * ${1-0}))
}

# other_code [STEPS]: the same of a phone of another make.
other_code() {
	/usr/bin/python3 -c '
import pyotp, sys
print(pyotp.TOTP(sys.argv[1]).at(int(sys.argv[2])))' "$key" "$(now_plus "${1-0}")" | remember
}

# A code of the right form that is none of ten minutes to either side.
wrong_code() {
	local near step=1000 shown
	near=$(oathtool --base32 --totp --window=40 --now "@$((EPOCHSECONDS - 600))" - <<<"$key")
	shown=$(code "$step")
	while [[ $near = *"$shown"* ]]; do
		shown=$(code $((++step)))
	done
	echo "$shown"
}

# --- Machine

daemons=()

# in_background COMMAND...: until the topic ends.
in_background() {
	"$@" </dev/null &
	daemons+=("$!")
}

stop_daemons() {
	[ "${#daemons[@]}" -gt 0 ] && kill "${daemons[@]}" 2>/dev/null && wait "${daemons[@]}"
	daemons=()
}

# wait_until COMMAND...: for half a minute at most.
wait_until() {
	for _ in {1..1500}; do
		"$@" >"$work/output" 2>&1 && return
		sleep 0.02
	done
	die "in vain: $*"
}

# is_held: someone has the lock of $user's file.
is_held() {
	! flock --nonblock "/var/lib/twokey/users/$user" true
}

# hold_lock: of $user's file, until let_go.
hold_lock() {
	flock "/var/lib/twokey/users/$user" sleep 60 &
	holder=$!
	wait_until is_held
}

let_go() {
	pkill --parent "$holder" sleep
	wait "$holder"
}

# mount_ext4 PLACE: a small one, in memory, by a loop device that is free again once nothing is mounted by it.
mount_ext4() {
	local number
	truncate --size 16M "$work/ext4" && mkfs.ext4 -q -m 0 -N 200 "$work/ext4" || return
	[ -e /dev/loop-control ] || mknod -m 600 /dev/loop-control c 10 237 || return
	for number in {0..15}; do
		[ -e "/dev/loop$number" ] || mknod -m 600 "/dev/loop$number" b 7 "$number" || return
	done
	mount -o loop "$work/ext4" "$1"
}

# lacks_ext4 NAME: where mount_ext4 has failed, and $work/output tells why.
lacks_ext4() {
	lacks "$1" "$(tail -n 1 "$work/output"): it takes mkfs.ext4 and a loop device ('modprobe loop')"
}

machine_up() {
	trap 'stop_daemons; unwatch_leaks; rm -rf "$work" /dev/log' EXIT
	if [ "${installs-}" != own ] && [ -n "${BUILD-}" ]; then
		make -C "$BUILD" install >"$work/output" 2>&1 ||
			die "make install: $(tail -n 3 "$work/output")"
	fi
	[ "${installs-}" = own ] || command -v twokey >/dev/null || die "twokey is not installed; set BUILD"
	in_background "$here/syslogd.py" /dev/log "$work/log" "$work/log.ask" "$work/log.told" "$work/said"
	wait_until test -S /dev/log
	watch_leaks
	allow_cores
}

# --- The end

# bash runs this in a subshell: what it tells is looked at in the end.
command_not_found_handle() {
	echo "$1: command not found" | tee -a "$work/not_found" >&2
	return 127
}

finish() {
	check_leaks
	check "each command of the topic was found" test ! -e "$work/not_found"
	printf '1..%d\n' "$tests"
	[ "$failed" = 0 ]
	exit
}

. "$here/leaks.sh"
. "$here/programs.sh"
machine_up
