#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever can't get in learns nothing of why: the same prompts, the same PAM code, and the same
# work - each system call from the loading of the module to the end, in its order, with the file
# that it is about, each hash with its cost, and the delay at the end - for all of them, in each way
# of asking, whatever the form of what they type. ROUNDS=N times N attempts of each kind, too, and
# prints what they took, and how well each kind can be told from each other one. What all these
# logins open is looked at last.
. "$(dirname "$0")/lib/e2e.sh"

# A thousand guesses are what max_failures allows: nobody is locked but who was before.
readonly SERVICE=twokey-test SAMPLES=${ROUNDS-0} PATIENT="max_failures=1000 lock_time=86400"
readonly WRONG_RECOVERY=ACDE-FHJK-MNPQ WRONG_IMPORTED=80808080
readonly tools=$here/../../tools
cc -std=c11 -D_GNU_SOURCE -O2 -o "$work/login" "$tools/login_silently.c" -lpam &&
	cc -std=c11 -D_GNU_SOURCE -O2 -shared -fPIC -o "$work/tell_calls.so" "$tools/tell_calls.c" ||
	die "the driver does not build"

# --- One kind of refusal

# A call with its file, but for what differs from one user to the next by name alone.
name_calls() {
	awk '{
		sub(/^[0-9]+ +/, "")
		call = $0
		sub(/\(.*/, "", call)
		file = match($0, /"[^"]*"/) ? substr($0, RSTART + 1, RLENGTH - 2) : ""
		sub(/^(users|decoys)\/.*/, "a file of the store", file)
		if (call ~ /^(openat|openat2|newfstatat|statx|access|faccessat)$/)
			call = call " " file
		if (call ~ /^[a-z]/)
			print call
	}'
}

# since_loaded: of the trace, what is done from the loading of the module on.
since_loaded() {
	sed -n '/pam_twokey\.so/,$p' "$work/trace"
}

# login_traced USER ANSWER...: what the kernel does; what the module opens is kept for the end, without
# libpam's own, which reads stacks and tells the kernel's audit.
login_traced() {
	local user=$1 status
	shift
	printf '%s\n' "$@" |
		strace -f -qq -E LD_AUDIT="$work/tell_calls.so" -o "$work/trace" \
			"$work/login" "$SERVICE" "$user" >"$work/prompts-seen"
	status=$?
	since_loaded |
		grep -E '^[0-9]+ +(open|creat|socket|accept|dup|pipe|memfd_create|eventfd|epoll_create|fcntl)' |
		grep -v -e '"/etc/pam\.d/' -e NETLINK_AUDIT >>"$work/opened"
	return "$status"
}

# first_again USER: whose each wrong code is to be the first one.
first_again() {
	[ "${unlocked[$1]-0}" != 1 ] || together twokey unlock "$1" >"$work/unlocked" ||
		die "$(cat "$work/unlocked")"
}

# What a caller sees, and what the kernel does, but for the reading of answers, byte by byte: with
# ask=combined the module looks at the user's file before it asks.
attempt_traced() {
	first_again "$1"
	together "$here/pam_login.py" "$SERVICE" "$@" >"$work/transcript" </dev/null
	first_again "$1"
	login_traced "$@"
	since_loaded | grep -v ' read(0, ' | name_calls >"$work/calls"
}

# refused NAME REASON USER ANSWER...: like the first one of its form, for the reason that is meant.
refused() {
	local name="$mode: $1" reason=$2
	shift 2
	run attempt_traced "$@"
	cp "$work/said" "$work/why"
	if [ ! -e "$work/first-calls" ]; then
		cp "$work/calls" "$work/first-calls"
		cp "$work/transcript" "$work/first-transcript"
	fi
	check "$name: it is refused" grep -q '^auth 7$' "$work/transcript"
	check "$name: prompts and PAM code are the same" cmp "$work/transcript" "$work/first-transcript"
	check "$name: the work is the same" diff "$work/first-calls" "$work/calls"
	check "$name: it is for $reason" test "$(grep -c " result=refused reason=$reason " "$work/why")" = 2
}

# right_answers USER [PASSWORD]: USER's own, but for a PASSWORD.
right_answers() {
	both "${2-${word[$1]}}" "$(key=${phone[$1]} code)"
}

# What a phone of eight digits shows now.
long_code() {
	oathtool --base32 --totp --digits=8 - <<<"$key" | remember
}

# kind NAME REASON USER PASSWORD CODE
kind() {
	both "$4" "$5"
	refused "$1" "$2" "$3" "${answers[@]}"
	kinds+=("$1" "$2" "$3" "$(printf '%s\\n' "${answers[@]}")" "${unlocked[$3]-0}")
}

# --- All kinds

# What passwords and phones they have, and after how many attempts of each kind they are unlocked
# where these are timed: two kinds at once charge the first.
declare -A word phone unlocked
spent='' # a recovery code of the first

people() {
	new_user
	enrolled=$user word[$user]=$password phone[$user]=$key unlocked[$user]=300
	spent=${recovery[0]}
	new_user --recovery-codes 0
	uncoded=$user word[$user]=$password phone[$user]=$key unlocked[$user]=900
	new_user
	untried=$user word[$user]=$password phone[$user]=$key unlocked[$user]=1
	new_user --digits 8
	long_coded=$user word[$user]=$password phone[$user]=$key
	new_user --digits 8
	long_locked=$user word[$user]=$password phone[$user]=$key
	new_person
	stranger=$user word[$user]=$password
	new_user
	locked=$user word[$user]=$password phone[$user]=$key
	pam_twokey "$SERVICE" ask=code lock_time=86400
	for user in "$locked" "$long_locked"; do
		for _ in {1..5}; do
			wrong_code | "$work/login" "$SERVICE" "$user" >"$work/output"
		done
	done
	let_in recovery_accepted "a recovery code, to be spent" login_traced "$enrolled" "$spent"
}

# each_kind WHAT CODE REASON_IF_LOCKED: who can't get in types CODE, which is WHAT, and nobody's.
each_kind() {
	local nobody=unknown_user
	[ "$mode" = ask=code ] && nobody=unenrolled # no password was looked for
	rm -f "$work/first-calls"
	kinds=()
	kind "$1" wrong_code "$enrolled" "${word[$enrolled]}" "$2"
	kind "$1, has no recovery codes" wrong_code "$uncoded" "${word[$uncoded]}" "$2"
	kind "$1, locked" "$3" "$locked" "${word[$locked]}" "$2"
	kind "$1, not enrolled" unenrolled "$stranger" "${word[$stranger]}" "$2"
	kind "$1, unknown user" "$nobody" nobody-here x "$2"
	kind "$1, a name that no file has" "$nobody" ../../etc/passwd x "$2"
	one_delay "$1"
	[ "$mode" = ask=code ] && return
	kind "$1, wrong password" wrong_password "$enrolled" "not${word[$enrolled]}" "$2"
	kind "$1, wrong password, not enrolled" wrong_password "$stranger" "not${word[$stranger]}" "$2"
	kind "$1, wrong password, locked" wrong_password "$locked" "not${word[$locked]}" "$2"
}

# told REGEX: how often the calls that all of them make tell of it.
told() {
	grep -cE "^access $1" "$work/first-calls"
}

hashes_made() {
	told "a hash: "
}

# one_delay WHAT: of two seconds, of which libpam makes one to three before it returns the result.
one_delay() {
	check "$mode: $1: two seconds of delay are asked for, once" \
		test "$(told "a delay is asked for: ") $(told "a delay is asked for: 2000000 us$")" = "1 1"
	check "$mode: $1: and come with the refusal, once" \
		test "$(told "a delay for ") $(told "a delay for 7: of 1 to 3 s$")" = "1 1"
}

wrong_codes() {
	each_kind "wrong code" "$wrong" locked
	check "$mode: it was synced once" test "$(grep -c '^fdatasync' "$work/first-calls")" = 1
	check "$mode: it was written before it was looked at, and after" \
		test "$(grep -c '^pwrite64' "$work/first-calls")" = 2
	check "$mode: 512 bytes each time" test "$(grep -Ec ' pwrite64\(.*, 512, [0-9]+\) = 512$' "$work/trace")" = 2
	check "$mode: each password was hashed once" test "$(hashes_made)" = "$passwords"
	kind "the first wrong code" wrong_code "$untried" "${word[$untried]}" "$wrong"
	check "$mode: it was the first" test "$(json '["failures"]' <<<"$(twokey status "$untried" --json)")" = 1
	if [ "$mode" = ask=password,code ]; then
		kind "no password" empty_password "$enrolled" "" "$wrong"
		kind "a code that is none" malformed_code "$enrolled" "${word[$enrolled]}" letters
	fi
	right_codes
	time_kinds
}

# Each made just before it is typed; none is timed, for they expire. Under a wrong password none is
# spent.
right_codes() {
	local user=${can[0]}
	right_answers "$locked"
	refused "the right code, locked" locked "$locked" "${answers[@]}"
	if [ "$mode" != ask=code ]; then
		right_answers "$user" "not${word[$user]}"
		refused "the right code, wrong password" wrong_password "$user" "${answers[@]}"
	fi
	right_answers "$user"
	let_in code_accepted "$mode: right answers" login_traced "$user" "${answers[@]}"
	refused "the code of a login before" replayed_code "$user" "${answers[@]}"
	can=("${can[@]:1}")
}

recovery_codes() {
	each_kind "recovery code" "$WRONG_RECOVERY" wrong_code
	check "$mode: a recovery code was hashed once" test "$(hashes_made)" = $((passwords + 1))
	kind "a spent recovery code" recovery_spent "$enrolled" "${word[$enrolled]}" "$spent"
	time_kinds
	eight_digits
}

# An imported recovery code, or the code of a phone that shows eight digits. Asked for both at once,
# whose phone shows six has typed a password that ends in two.
eight_digits() {
	local words=${word[$long_coded]}
	if [ "$mode" = ask=combined ]; then
		rm -f "$work/first-calls"
		kind "eight digits" wrong_password "$enrolled" "${word[$enrolled]}" "$WRONG_IMPORTED"
		kind "eight digits, not enrolled" wrong_password "$stranger" "${word[$stranger]}" \
			"$WRONG_IMPORTED"
		kind "eight digits, unknown user" unknown_user nobody-here x "$WRONG_IMPORTED"
		one_delay "eight digits"
	else
		each_kind "imported recovery code" "$WRONG_IMPORTED" locked
	fi
	check "$mode: an imported one was hashed once" test "$(hashes_made)" = $((passwords + 1))
	kind "eight digits, as the phone's" wrong_code "$long_coded" "$words" "$WRONG_IMPORTED"
	both "${word[$long_locked]}" "$(key=${phone[$long_locked]} long_code)"
	refused "the right code of eight digits, locked" locked "$long_locked" "${answers[@]}"
	[ "$mode" != ask=code ] || return
	kind "eight digits, as the phone's, wrong password" wrong_password "$long_coded" "not$words" \
		"$WRONG_IMPORTED"
}

# Who needs no code has typed a password alone, and what follows it is judged all the same.
no_code_needed() {
	local code
	for code in "$wrong" "$WRONG_RECOVERY" "$WRONG_IMPORTED"; do
		rm -f "$work/first-calls"
		kind "$code, unknown user" unknown_user nobody-here x "$code"
		kind "$code, not enrolled" wrong_password "$stranger" "${word[$stranger]}" "$code"
		kind "$code, wrong password" wrong_password "$enrolled" "not${word[$enrolled]}" "$code"
		one_delay "$code"
	done
	both "${word[$stranger]}" ""
	let_in unenrolled_allowed "$mode: the password alone" login_traced "$stranger" "${answers[@]}"
}

# --- How long they take

reasons_wanted() {
	for ((i = 0; i < ${#kinds[@]}; i += 5)); do
		yes "${kinds[i + 2]} ${kinds[i + 1]}" | head -n "$SAMPLES"
	done | sort | uniq -c
}

reasons_logged() {
	sed -n 's/.*; user=\([^ ]*\) .* result=refused reason=\([a-z_]*\) .*/\1 \2/p' "$work/why" |
		sort | uniq -c
}

time_kinds() {
	[ "$SAMPLES" -gt 0 ] || return
	trace "$mode: $SAMPLES attempts of each kind, mixed"
	run "$here/time_kinds.py" "$work/login" "$SERVICE" "$SAMPLES" "${kinds[@]}"
	sed 's/^/# /' "$work/output"
	cp "$work/said" "$work/why"
	check "$mode: each attempt was refused for what its kind is" \
		diff <(reasons_wanted) <(reasons_logged)
}

# --- What is opened on the way

no_socket_but_local() {
	grep -q ' socket(AF_UNIX,' "$work/opened" &&
		! grep ' socket' "$work/opened" | grep -v ' socket(AF_UNIX,'
}

all_closes_on_exec() {
	grep -q 'O_CLOEXEC' "$work/opened" &&
		! grep -Ev 'CLOEXEC| = -1 |F_GET' "$work/opened"
}

# --- In each way of asking

people
wrong=$(wrong_code)
can=("$enrolled" "$uncoded" "$untried")
for mode in ask=password,code ask=combined ask=code; do
	passwords=1
	[ "$mode" != ask=code ] || passwords=0
	pam_twokey "$SERVICE" "$mode" "$PATIENT"
	wrong_codes
	recovery_codes
done
mode="ask=combined unenrolled=allow"
pam_twokey "$SERVICE" "$mode" "$PATIENT"
no_code_needed
check "no socket was made but to programs of this machine" no_socket_but_local
check "no program would inherit what was opened" all_closes_on_exec

finish
