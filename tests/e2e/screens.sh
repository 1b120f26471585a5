#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What stands on a terminal of 80 and of 40 columns, dark and light, after every command.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/screen.sh"

readonly SERVICE=twokey-test

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

pam_twokey "$SERVICE" lock_time=86400
new_user --device my-second-phone --algorithm SHA512
for _ in 1 2 3 4 5; do
	pam_login "$SERVICE" "$user" "$password" "$(wrong_code)" >"$work/output"
done
enrol_long() {
	user=somebody-with-a-long-name
	listen "$work/output" twokey enroll "$user" --no-confirm --qr none --json >"$work/enrolled"
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


# --- Commands that say a thing or two; what they print to be copied stays in one piece.

# says SIZE NAME REGEX COMMAND...: it fits, can be read, and such a line is there.
says() {
	local size=$1 name="$1: $2" regex=$3
	shows "$size" "${@:4}"
	fits "$name fits" "${size%x*}"
	shown "$name: it says so" "$regex"
	readable "$name"
}

printf 'HOTP/T30\tnobody-in-particular\t-\t%s\nnonsense on a line\n' \
	3132333435363738393031323334353637383930 >"$work/users.oath"
printf '%s\n' paul 'quentin,an:issuer' >"$work/list"
for size in 80x24 40x24; do
	new_user
	says "$size" "verify" "^twokey: $user: the code is wrong" "echo 123456 | twokey verify $user"
	says "$size" "unlock" "^unlocked" twokey unlock "$user"
	dd if=/dev/zero of="/var/lib/twokey/users/$user" bs=4096 seek=1 count=2 conv=notrunc status=none
	says "$size" "unlock, a damaged state" "twokey: /var/lib/twokey/users/$user" twokey unlock "$user"
	says "$size" "unlock --rebuild" "^the recovery codes are void" twokey unlock "$user" --rebuild
	says "$size" "recovery" "^Recovery codes, each good" twokey recovery "$user" --count 3
	mapfile -t codes < <(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){2}' "$work/text")
	secret "${codes[@]}"
	check "$size: recovery: all of them" test "${#codes[@]}" = 3
	says "$size" "import --dry-run" "^nobody-in-particular: would be" \
		twokey import oath "$work/users.oath" --dry-run
	says "$size" "import" "^users imported: 1" twokey import oath "$work/users.oath"
	says "$size" "import, again" "^twokey: .*users.oath:1" twokey import oath "$work/users.oath"
	says "$size" "export" "^twokey: nobody: the user is not" twokey export uri nobody
	says "$size" "enroll" "^nobody-here is enrolled with" twokey enroll nobody-here --no-confirm --qr none
	says "$size" "enroll, again" "^twokey: nobody-here is enrolled" twokey enroll nobody-here
	says "$size" "remove" "^removed nobody-here" twokey remove nobody-here
	says "$size" "remove, again" "^twokey: nobody-here: the user is not" twokey remove nobody-here
	says "$size" "enroll --batch" "^The sheets are in" \
		twokey enroll --batch "$work/list" --out "$work/out" --image none
	says "$size" "try" "'auth': " "printf 'x\\ny\\n' | twokey try $SERVICE $user"
	says "$size" "no command" "^twokey: there is no command" twokey nonsense
	says "$size" "no option" "--" twokey list --nonsense
	twokey remove paul >"$work/output" && twokey remove nobody-in-particular >"$work/output"
	rm "$work/out/paul.txt"
	for command in "" "enroll --batch -" enroll list status verify try show unlock recovery remove import export doctor; do
		# shellcheck disable=SC2086 # words
		shows "$size" twokey $command --help
		check "$size: $command --help" grep -q '^usage: twokey' "$work/text"
		cp "$work/text" "$work/output"
		fits "$size: $command --help fits" "${size%x*}"
		# shellcheck disable=SC2086 # words
		twokey $command --help | tr -s ' \n' '\n' >"$work/words"
		check "$size: $command --help: every word is there" \
			test "$(sed '/^the end$/,$d' "$work/text" | tr -s ' \n' '\n')" = "$(cat "$work/words")"
	done
done

finish
