#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What every command does where its output can't go: closed, a full disk, a reader that has gone; and
# what stands on a terminal of 80 and of 40 columns, dark and light.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/screen.sh"

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
		"$@" 2>&1 >&9 9>&-
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

# --- On a terminal

# shows COLUMNSxROWS [NAME=VALUE]... COMMAND...: what stands there in the end, in $work/screen with
# its colours, and in $work/text without; a line that the terminal had to break is one.
shows() {
	screen_open "$1" "env TERM=screen-256color ${*:2}; echo 'the end'; cat"
	wait_until screen_says '^the end'
	on_screen capture-pane -p -e -J -S - >"$work/screen"
	on_screen capture-pane -p -J -S - | sed 's/ *$//' >"$work/text"
	screen_close
	cp "$work/text" "$work/output"
}

# fits NAME COLUMNS: but for commands to be copied, which stay in one piece.
fits() {
	local long
	long=$(grep -v '^ *[$a-z{}:-]* .*/' "$work/text" | awk -v most="$2" 'length > most')
	if [ -z "$long" ]; then
		ok "$1"
	else
		fail "$1" "too long: $long"
	fi
}

# readable NAME: on dark and on light.
readable() {
	check "$1: it can be read, dark" "$here/contrast.py" dark "$work/screen"
	check "$1: it can be read, light" "$here/contrast.py" light "$work/screen"
}

new_user --device my-second-phone --algorithm SHA512
for _ in 1 2 3 4 5; do
	pam_login "$SERVICE" "$user" "$password" "$(wrong_code)" >"$work/output"
done
enrol_long() {
	user=somebody-with-a-long-name
	twokey enroll "$user" --no-confirm --qr none --json >"$work/enrolled" 2>"$work/output"
	secret "$(json '["secret"]' <"$work/enrolled")"
	mapfile -t codes < <(json '["recovery_codes"]' <"$work/enrolled")
	secret "${codes[@]}"
}
locked=$user
enrol_long
sed -i 's/^auth  */auth sufficient pam_unix.so\nauth /' "/etc/pam.d/$SERVICE"
for size in 80x24 40x20; do
	columns=${size%x*}
	shows "$size" twokey list
	fits "$size: list fits" "$columns"
	shown "$size: list: who is locked" "^$locked.* yes "
	shown "$size: list: who has a long name" "^somebody-wi.* never$"
	readable "$size: list"
	shows "$size" twokey list --locked
	fits "$size: list --locked fits" "$columns"
	shows "$size" twokey list --unenrolled
	fits "$size: list --unenrolled fits" "$columns"
	shows "$size" twokey status "$locked"
	fits "$size: status fits" "$columns"
	shown "$size: status: the failures" "failures  *5$"
	shows "$size" twokey doctor
	fits "$size: doctor fits" "$columns"
	shown "$size: doctor: a problem" "^problem  "
	readable "$size: doctor"
done
shows 80x24 twokey list
check "a locked user is in colour" grep -q $'\033\[[0-9;]*31m' "$work/screen"
shows 80x24 NO_COLOR=1 twokey list
check_status 1 "but not under NO_COLOR" grep -q $'\033\[[0-9;]*3[0-9]m' "$work/screen"
check_status 1 "nor in a pipe" grep -q $'\033' <(twokey list)

finish
