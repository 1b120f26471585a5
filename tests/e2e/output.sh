#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What every command does where its output can't go: closed, a full disk, a reader that has gone.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

pam_twokey "$SERVICE"
new_user
known=$user
mapfile -t commands < <(twokey --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
check "there are commands" test "${#commands[@]}" -ge 10

# prepare COMMAND: sets $line, its arguments, and $input, for a user who can be written off.
prepare() {
	line=("$1")
	input=
	case $1 in
	enroll)
		new_person
		line+=("$user" --no-confirm --qr none)
		;;
	list | doctor) ;;
	import)
		new_person
		line+=(uri --user "$user" --device "d$RANDOM")
		input="otpauth://totp/$user?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		;;
	export) line+=(uri "$known") ;;
	show) line+=("$known" --qr none) ;;
	try)
		line+=("$SERVICE" "$known")
		input=$'x\ny'
		;;
	verify)
		new_user
		line+=("$user")
		input=$(code)
		;;
	remove)
		new_user
		line+=("$user")
		;;
	status | unlock | recovery) line+=("$known") ;;
	*) return 1 ;;
	esac
}

# to WHERE COMMAND...: with its standard output closed, full, or a pipe that nobody reads.
to() {
	local where=$1
	shift
	case $where in
	closed) "$@" >&- ;;
	full) "$@" >/dev/full ;;
	broken)
		mkfifo "$work/pipe"
		true <"$work/pipe" &
		exec 9>"$work/pipe"
		wait "$!"
		rm "$work/pipe"
		"$@" >&9 9>&-
		local status=$?
		exec 9>&-
		return "$status"
		;;
	esac
}

with_input() {
	if [ -n "$input" ]; then
		printf '%s\n' "$input" | "$@"
	else
		"$@"
	fi
}

for command in "${commands[@]}"; do
	for where in closed full broken; do
		prepare "$command" || {
			fail "$command is tried" "output.sh does not know how to call it"
			continue
		}
		check_status 3 "$command, $where" with_input to "$where" twokey "${line[@]}"
		shown "$command, $where: it says so" "^twokey: standard output (can't be written|is closed)"
		check_status 3 "$command --help, $where" to "$where" twokey "$command" --help
	done
done
for option in --help --version; do
	for where in closed full broken; do
		check_status 3 "twokey $option, $where" to "$where" twokey "$option"
	done
done
for command in list doctor status export; do
	prepare "$command"
	for where in full broken; do
		check_status 3 "$command --json, $where" to "$where" twokey "${line[@]}" --json
	done
done
# A list: what was done stays done, sheets and all.
for where in closed full broken; do
	for options in "" --json; do
		name="enroll --batch $options, $where"
		echo "user$RANDOM$RANDOM" >"$work/list"
		check_status 3 "$name" to "$where" twokey enroll --batch "$work/list" --out "$work/out" $options
		shown "$name: it says so" "^twokey: standard output (can't be written|is closed)"
		[ "$where" = closed ] && wanted=1 || wanted=0
		check_status "$wanted" "$name: the user" twokey status "$(cat "$work/list")"
		check_status "$wanted" "$name: and the sheet" test -f "$work/out/$(cat "$work/list").txt"
	done
	check_status 3 "enroll --batch --help, $where" to "$where" twokey enroll --batch - --help
done

new_person
check_status 3 "enroll, closed" to closed twokey enroll "$user" --no-confirm --qr none
check_status 1 "has done nothing" twokey status "$user"
new_user
check_status 3 "remove, closed" to closed twokey remove "$user"
check "has done nothing" twokey status "$user"
twokey list --json >"$work/all" || die "list"
check "and every record is whole" test "$(json '.__len__()' <"$work/all")" -ge 4

finish
