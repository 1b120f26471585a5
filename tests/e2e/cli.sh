#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The command, as an administrator and their scripts use it.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

# with_input TEXT COMMAND...
with_input() {
	local text=$1
	shift
	printf '%s\n' "$text" | "$@"
}

# A first code that was typed in one step and looked at in the next tells of a clock that is behind,
# for which a code of the step to come is too early.
early_in_a_step() {
	while [ $(($(date +%s) % 30)) -gt 20 ]; do
		sleep 0.5
	done
}

login() {
	pam_login "$SERVICE" "$user" "$password" "$1"
}

# holds NAME EXPRESSION VALUE: in the JSON text that the last command printed.
holds() {
	local got
	got=$(json "$2" <"$work/before" 2>&1 | tr '\n' ' ')
	if [ "$got" = "$3 " ]; then
		ok "$1"
	else
		fail "$1" "$2 is $got, not $3"
	fi
}

# json_of NAME COMMAND...: it ends with 0, and prints nothing but one JSON text.
json_of() {
	local name=$1
	shift
	listen "$work/output" "$@" >"$work/before"
	check_status 0 "$name: valid JSON" /usr/bin/python3 -m json.tool "$work/before"
}

pam_twokey "$SERVICE"

# --- enroll, from a script

new_person
json_of "enroll --json" twokey enroll "$user" --json --no-confirm --qr none
key=$(json '["secret"]' <"$work/before")
mapfile -t recovery < <(json '["recovery_codes"]' <"$work/before")
secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
holds "enroll --json: user" '["user"]' "$user"
holds "enroll --json: device" '["device"]' phone
holds "enroll --json: type" '["type"].lower()' totp
holds "enroll --json: algorithm" '["algorithm"]' SHA1
holds "enroll --json: digits" '["digits"]' 6
holds "enroll --json: period" '["period"]' 30
check "enroll --json: the key has 160 bits" test "${#key}" = 32
check "enroll --json: ten recovery codes" test "$(sort -u <<<"${recovery[*]// /}" | wc -w)" = 10
let_in code_accepted "what enroll --json told logs in" login "$(code)"

check_status 1 "enroll twice" twokey enroll "$user" --no-confirm --qr none
shown "names --replace" "--replace"
check "enroll --if-missing" twokey enroll "$user" --if-missing --no-confirm --qr none
let_in code_accepted "has changed nothing" login "$(code 1)"
old=$key
enrol --replace
check "enroll --replace makes another key" test "$key" != "$old"
let_in code_accepted "which counts" login "$(code)"
kept_out wrong_code "and the old one does not" login "$(key=$old code 1)"

new_person
key=$(head -c 20 /dev/urandom | base32)
secret "$key"
check_status 1 "enroll --secret-stdin, wrong first code" with_input "$key"$'\n'"$(wrong_code)" \
	for_a_person twokey enroll "$user" --secret-stdin --qr none --json
check_status 1 "has enrolled nobody" twokey status "$user"
early_in_a_step
right=$(code)
check_status 0 "enroll --secret-stdin, right first code" with_input "$key"$'\n'"$right" \
	for_a_person twokey enroll "$user" --secret-stdin --qr none --recovery-codes 0 --json
kept_out replayed_code "the first code is spent" login "$right"

# One code counts once: whatever else a second device differs in, it can't have the phone's key.
names_the_phone() {
	shown "$1: is told the phone's name, and the mend" \
		"^twokey: $user has this key already, as device phone: .*'twokey enroll $user --add"
}
for options in "" "--digits 8" "--hotp" "--algorithm SHA512 --period 60"; do
	# shellcheck disable=SC2086 # words
	check_status 1 "--add with the phone's key $options" with_input "$key" \
		twokey enroll "$user" --add --device tablet --secret-stdin --no-confirm --qr none $options
	names_the_phone "--add with the phone's key $options"
done
check_status 1 "--add with the phone's key, and no first code" with_input "$key" \
	twokey enroll "$user" --add --device tablet --secret-stdin --qr none --json
names_the_phone "--add with the phone's key, and no first code"
check_status 1 "which has added no device" twokey show "$user" --device tablet --json
right=$(code 1)
let_in code_accepted "the phone's next code, once" login "$right"
kept_out replayed_code "and not twice" login "$right"
check "enroll --replace with the phone's key" with_input "$key" \
	twokey enroll "$user" --replace --secret-stdin --no-confirm --qr none
kept_out replayed_code "and not once more" login "$right"

first=$key
enrol --add --device spare
kept_out wrong_code "two devices, a code of neither" login "$(wrong_code)"
let_in code_accepted "--add: the second device" login "$(code)"
logged "is named in the log" "device=spare"
check "remove --device" twokey remove "$user" --device spare
kept_out wrong_code "the removed device" login "$(code 1)"
key=$first
check "show --json" twokey show "$user" --json
shown "shows the same key again" "\"secret\": \"$key\""

new_user --digits 8 --algorithm SHA512 --period 60 --device big
eight=$(oathtool --base32 --totp=SHA512 --digits 8 --time-step-size 60 - <<<"$key" | remember)
let_in code_accepted "8 digits, SHA512, 60 seconds" login "$eight"
new_user --hotp --counter 7
third=$(oathtool --base32 --hotp --counter 9 - <<<"$key" | remember)
let_in code_accepted "HOTP, two codes ahead" login "$third"
kept_out replayed_code "HOTP, again" login "$third"
let_in code_accepted "HOTP, the next" \
	login "$(oathtool --base32 --hotp --counter 10 - <<<"$key" | remember)"
check "HOTP, enroll --replace with the same key" sh -c \
	"echo '$key' | twokey enroll '$user' --replace --hotp --secret-stdin --no-confirm --qr none --json >$work/enrolled"
holds_counter() { json '["uri"]' <"$work/enrolled" | grep -q 'counter=11$'; }
check "HOTP, it tells the counter that holds" holds_counter

# --- status, list, verify

new_user
json_of "status --json" twokey status "$user" --json
holds "status: user" '["user"]' "$user"
holds "status: enrolled" '["enrolled"]' true
holds "status: devices" '["devices"][0]["name"]' phone
holds "status: last_used" '["devices"][0]["last_used"]' null
holds "status: failures" '["failures"]' 0
holds "status: locked_until" '["locked_until"]' null
holds "status: last_success" '["last_success"]' null
holds "status: recovery_left" '["recovery_left"]' 10
check_status 1 "verify, wrong code" with_input "$(wrong_code)" twokey verify "$user"
json_of "status after it" twokey status "$user" --json
holds "status: one failure" '["failures"]' 1
right=$(code)
check_status 1 "verify, a NUL in the right code" \
	sh -c "printf '%s\\000%s\\n' ${right:0:3} ${right:3} | twokey verify $user"
shown "it is no code" "neither a code nor a recovery code"
check "verify, right code" with_input "$right" twokey verify "$user"
check_status 1 "verify, again" with_input "$right" twokey verify "$user"
kept_out replayed_code "a login with it" login "$right"
let_in recovery_accepted "a recovery code" login "${recovery[0]}"
json_of "status after them" twokey status "$user" --json
holds "status: recovery codes" '["recovery_left"]' 9
holds "status: a time" '["last_success"][-1:]' Z
check "status, for a person" twokey status "$user"
shown "has the recovery codes" "recovery codes +9 left"
json_of "list --json" twokey list --json
check "list: everybody" test "$(grep -c '"user"' "$work/before")" = 5
check "list, for a person" twokey list
shown "has the user" "^$user .* 9 "

# --- recovery, remove

old=${recovery[1]}
json_of "recovery --json" twokey recovery "$user" --count 3 --json
new=$(json '["recovery_codes"][0]' <"$work/before")
secret "$new"
holds "recovery --count 3" '["recovery_codes"].__len__()' 3
kept_out wrong_code "an old recovery code is void" login "$old"
let_in recovery_accepted "a new one is good" login "$new"

check "remove" twokey remove "$user"
logged "is logged" "user=$user .*removed"
check_status 1 "remove, again" twokey remove "$user"
kept_out unenrolled "removed" login "$(code 1)"
check_status 1 "status, removed" twokey status "$user"

# --- What scripts rely on

check "--version" twokey --version
shown "has a number" "^twokey [0-9]"
for command in enroll list status verify show remove unlock recovery; do
	check "$command --help" twokey "$command" --help
	shown "$command --help: usage" "^usage: twokey $command"
	check_status 2 "$command --nonsense is a matter of usage" twokey "$command" --nonsense
done
check_status 2 "no command" twokey
check_status 2 "an unknown command" twokey nonsense
check_status 2 "no user" twokey enroll
check_status 2 "--digits 9" twokey enroll "$user" --digits 9
check_status 1 "a user who does not exist has no status" twokey status nobody-here
new_person
# not_root STATUS WHAT COMMAND...: by a user, where no helper could do it for them.
not_root() {
	local status=$1 what=$2
	shift 2
	check_status "$status" "not root: $*" as_user twokey "$@"
	shown "not root: $*: what to do" "$what"
}
not_root 3 "sudo twokey" list
not_root 3 "sudo twokey" status root
not_root 3 "twokey-helper" status "$user"
not_root 2 "only root can" enroll "$user" --no-confirm
not_root 2 "only root can" remove "$user"

finish
