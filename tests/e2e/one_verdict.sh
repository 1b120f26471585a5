#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever can't get in learns nothing of why: the same prompts, the same PAM code, and the same
# work - each system call from the first prompt to the end, in its order, with the file that it is
# about - for all of them, in each way of asking. ROUNDS=N times N attempts of each kind, too, and
# prints what they took, and how well each kind can be told from each other one.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test SAMPLES=${ROUNDS-0}
cc -std=c11 -D_GNU_SOURCE -O2 -o "$work/login" "$here/../../tools/login_silently.c" -lpam ||
	die "the driver does not build"

# A call with its file, but for what differs from one user to the next by name alone.
name_calls() {
	awk '{
		sub(/^[0-9]+ +/, "")
		call = $0
		sub(/\(.*/, "", call)
		file = match($0, /"[^"]*"/) ? substr($0, RSTART + 1, RLENGTH - 2) : ""
		sub(/^(users|decoys)\/.*/, "a file of the store", file)
		if (call ~ /^(openat|openat2|newfstatat|statx)$/)
			call = call " " file
		if (call ~ /^[a-z]/)
			print call
	}'
}

# What a caller sees, and what the kernel does from the first answer on.
attempt_traced() {
	local user=$1
	shift
	"$here/pam_login.py" "$SERVICE" "$user" "$@" >"$work/transcript" 2>&1 </dev/null
	printf '%s\n' "$@" |
		strace -f -qq -o "$work/trace" "$work/login" "$SERVICE" "$user" >"$work/prompts-seen"
	sed -n '/ read(0, /,$p' "$work/trace" | grep -v ' read(0, ' | name_calls >"$work/calls"
}

# refused NAME USER ANSWER...: like the first one that was.
refused() {
	local name="$mode: $1"
	shift
	attempt_traced "$@"
	if [ ! -e "$work/first-calls" ]; then
		cp "$work/calls" "$work/first-calls"
		cp "$work/transcript" "$work/first-transcript"
	fi
	check "$name: it is refused" grep -q '^auth 7$' "$work/transcript"
	check "$name: prompts and PAM code are the same" cmp "$work/transcript" "$work/first-transcript"
	check "$name: the work is the same" diff "$work/first-calls" "$work/calls"
}

# both PASSWORD CODE: as this way of asking takes them, into ${answers[@]}.
both() {
	case $mode in
	ask=code) answers=("$2") ;;
	ask=combined) answers=("$1$2") ;;
	*) answers=("$1" "$2") ;;
	esac
}

# kind NAME USER PASSWORD CODE
kind() {
	both "$3" "$4"
	refused "$1" "$2" "${answers[@]}"
	kinds+=("$1" "$2" "$(printf '%s\\n' "${answers[@]}")")
}

lock() {
	both "$password" "$(wrong_code)"
	for _ in {1..8}; do
		run pam_login "$SERVICE" "$user" "${answers[@]}"
	done
	kept_out locked "$mode: locked" pam_login "$SERVICE" "$user" "${answers[@]}"
}

# all_kinds MODE: with the kinds that there are in it.
all_kinds() {
	local wrong
	mode=$1
	kinds=()
	rm -f "$work/first-calls"
	pam_twokey "$SERVICE" "$mode"
	new_user
	wrong=$(wrong_code)
	kind "wrong code" "$user" "$password" "$wrong"
	check "$mode: it was synced once" test "$(grep -c '^fdatasync' "$work/calls")" = 1
	check "$mode: it was written before it was looked at, and after" \
		test "$(grep -c '^pwrite64' "$work/calls")" = 2
	[ "$mode" = ask=code ] || kind "wrong password" "$user" "not$password" "$wrong"
	kind "unknown user" nobody-here "$password" "$wrong"
	kind "a name that no file has" ../../etc/passwd "$password" "$wrong"
	if [ "$mode" = ask=password,code ]; then
		kind "no password" "$user" "" "$wrong"
		kind "a code that is none" "$user" "$password" letters
	fi
	new_user
	lock
	kind "locked" "$user" "$password" "$(code)"
	kind "locked, wrong code" "$user" "$password" "$wrong"
	new_person
	kind "not enrolled" "$user" "$password" "$wrong"
	[ "$mode" = ask=code ] || kind "not enrolled, wrong password" "$user" "not$password" "$wrong"
}

time_kinds() {
	[ "$SAMPLES" -gt 0 ] || return
	trace "$mode: $SAMPLES attempts of each kind, in turn"
	"$here/time_kinds.py" "$work/login" "$SERVICE" "$SAMPLES" "${kinds[@]}" | sed 's/^/# /'
}

for way in ask=password,code ask=combined ask=code; do
	all_kinds "$way"
	time_kinds
done

finish
