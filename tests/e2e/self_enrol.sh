#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Ordinary users enrol, and change their own record, by twokey-helper: with the password, and a code
# where they have one, as far as twokey.conf lets them.
. "$(dirname "$0")/lib/e2e.sh"

# oneself [--password P] [--code C] [--first HOW] [--meanwhile COMMAND] [--strace OPTIONS] [-- ARG...]:
# $user enrols; see enrol_oneself.py.
oneself() {
	local how=()
	while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
		how+=("$1")
		shift
	done
	"$here/enrol_oneself.py" "${how[@]}" "$user" "${@:2}" >"$work/seen" || die "enrol_oneself"
	json '["shown"]' <"$work/seen"
	mapfile -t seen_recovery < <(json '["recovery"]' <"$work/seen")
	seen_key=$(json '["key"]' <"$work/seen")
	[ "${#seen_recovery[@]}" = 0 ] || secret "${seen_recovery[@]}" "${seen_recovery[@]//-/}"
	[ "$seen_key" = null ] || secret "$seen_key"
	return "$(json '["status"]' <"$work/seen")"
}

# own COMMAND [ARG...]: of twokey, by $user, who types what stands on standard input.
own() {
	as_user timeout 30 twokey "$@"
}

# own_typing "TEXT TEXT..." COMMAND [ARG...]
own_typing() {
	local typed=$1
	shift
	tr ' ' '\n' <<<"$typed" | own "$@"
}

# held_up "TEXT TEXT...": $user asks for new recovery codes, and their rename takes fifteen seconds.
held_up() {
	tr ' ' '\n' <<<"$1" | timeout 40 strace --follow-forks -u "$user" -o "$work/trace" \
		--quiet=all --inject=renameat:delay_enter=15s twokey recovery
}

# place_of_record: which of the helper's calls of openat2 is the first to look for $user's record.
place_of_record() {
	awk -v name="\"users/$user\"" '/openat2\(/ { seen[$1]++; if (index($0, name)) { print seen[$1]; exit } }' \
		"$work/trace"
}

login() {
	pam_login twokey-test "$user" "$password" "$1"
}

unchanged() {
	cmp "$work/before" "/var/lib/twokey/users/$user"
}

note_record() {
	cp "/var/lib/twokey/users/$user" "$work/before"
}

helper_setup
install -m 644 "$here/../../../helper/pam.d/twokey" /etc/pam.d/twokey
install -d -m 700 -o twokey -g twokey /var/lib/twokey
pam_twokey twokey-test
conf=/etc/security/twokey.conf

new_person
check_status 1 "wrong password" oneself --password "not $password"
shown "it says so" "the password is wrong"
check "and shows no key" test "$seen_key" = null
check "and nothing was written" test ! -e "/var/lib/twokey/users/$user"
check_status 1 "three wrong first codes" oneself --password "$password" --first wrong
check "nothing was written then" test ! -e "/var/lib/twokey/users/$user"
check_status 3 "no first code at all" oneself --password "$password" --first end
check "nothing was written then either" test ! -e "/var/lib/twokey/users/$user"
check "right, at the second try" oneself --password "$password" --first slip
logged "the log tells it" "authpriv.notice twokey-helper.*: twokey: user=$user by_uid=$(id -u "$user"): enrolled by the user: device phone"
check "ten recovery codes are shown" test "${#seen_recovery[@]}" = 10
check "the record is twokey's" test "$(stat -c '%U %a' "/var/lib/twokey/users/$user")" = "twokey 600"
key=$seen_key recovery=("${seen_recovery[@]}")
kept_out replayed_code "the first code is spent" login "$(json '["first"]' <"$work/seen" | remember)"
let_in code_accepted "the next one is good" login "$(code 1)"
let_in recovery_accepted "so is a recovery code" login "${recovery[0]}"

# Once enrolled.
check_status 1 "a second time" oneself --password "$password"
check "shows no key" test "$seen_key" = null
note_record
check_status 1 "self_enroll=first: no further device" oneself --password "$password" -- --add --device tablet
shown "it names the option" "self_enroll"
check_status 1 "self_enroll=first: no replacement" oneself --password "$password" -- --replace
check_status 1 "self_enroll=first: no removal" own_typing "$password ${recovery[1]}" \
	remove --device phone
check "and nothing was changed" unchanged
check_status 1 "status: not with a wrong code" own_typing "$password 000000" status --json
check "it tells nothing" test "$(grep -c phone "$work/output")" = 0
check "a wrong code is counted there" \
	test "$(twokey status "$user" --json | json '["failures"]')" = 1
check "status: with the password and a code" own_typing "$password ${recovery[3]}" status --json
shown "and tells the devices" '"name": "phone"'
shown "and what was wrong before this code" '"failures": 1'
check "but no key" test "$(grep -c "$key" "$work/output")" = 0
check_status 1 "not with a wrong password" own_typing "wrong ${recovery[4]}" status
check_status 1 "recovery codes: not with a wrong code" own_typing "$password 000000" recovery
check "a wrong code is counted" test "$(twokey status "$user" --json | json '["failures"]')" = 1
check "recovery codes: with the password and a code" own_typing "$password ${recovery[1]}" recovery
mapfile -t fresh < <(grep -Eao '[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}' "$work/output" | remember)
check "there are ten new ones" test "${#fresh[@]}" = 10
kept_out wrong_code "the old ones are void" login "${recovery[2]}"
let_in recovery_accepted "the new ones are good" login "${fresh[0]}"

# A site that lets users do all of it.
echo "self_enroll = yes" >"$conf"
note_record
check_status 1 "a further device: not with a wrong code" \
	oneself --password "$password" --code 000000 -- --add --device tablet
check_status 1 "a further device: not with a wrong password" \
	oneself --password "not $password" --code "${fresh[1]}" -- --add --device tablet
check "a further device" \
	oneself --password "$password" --code "${fresh[1]}" -- --add --device tablet
tablet=$seen_key
check_status 1 "the last code removes nothing" own_typing "$password ${fresh[1]}" \
	remove --device phone
check "a device can be removed" own_typing "$password ${fresh[2]}" remove --device phone
check_status 1 "but not the last one" own_typing "$password ${fresh[3]}" remove --device tablet
key=$tablet
let_in code_accepted "the one that is left is good" login "$(code 1)"
check "replaced" oneself --password "$password" --code "${fresh[4]}" -- --replace
key=$seen_key
let_in code_accepted "by a new phone" login "$(code 1)"

# Held up with the store locked, as its user could freeze it, it ends long before a session does.
twokey recovery "$user" --json >"$work/fresh"
mapfile -t fresh < <(json '["recovery_codes"]' <"$work/fresh" | remember)
check_status 3 "held up with the store locked: it ends" held_up "$password ${fresh[0]}"
shown "held up with the store locked: its user is told" "helper"
check "held up with the store locked: by its clock" grep -q 'killed by SIGALRM' "$work/trace"

# Two programs of theirs at once: the first one to end has the record.
echo "self_enroll = first" >"$conf"
new_person
other=("$here/enrol_oneself.py" --password "$password" "$user")
check_status 1 "two at once: the other is refused" oneself --password "$password" \
	--meanwhile "${other[*]@Q} >$work/other"
key=$(json '["key"]' <"$work/other" | remember)
let_in code_accepted "two at once: the one's key counts" login "$(code 1)"
json '["recovery"]' <"$work/other" | remember >"$work/fresh"
check "two at once: the other was shown no recovery codes" test "${#seen_recovery[@]}" = 0
echo "self_enroll = yes" >"$conf"
new_user

# under LIMIT: of the user's own; nobody is enrolled by half, and they are told.
under() {
	new_person
	run oneself --password "$password" --under "prlimit --$1"
	if [ "$(json '["status"]' <"$work/seen")" = 0 ]; then
		key=$seen_key
		let_in code_accepted "$1: enrolled, and in" login "$(code 1)"
	else
		check "$1: nothing was written" test ! -e "/var/lib/twokey/users/$user"
		check "$1: they are told" grep -q '^twokey: ' <(json '["shown"]' <"$work/seen")
	fi
}
# LOW_MEMORY= leaves out what no sanitizer can do with.
for limit in nofile=4 nofile=6 nofile=8 nproc=0 ${LOW_MEMORY-as=16000000}; do
	under "$limit"
done
for limit in fsize=0 fsize=9000; do
	under "$limit"
	check "$limit: the log tells why" \
		grep -q "authpriv.err twokey-helper.*user=$user .*reason=file_size_limit" "$work/log"
done
new_user

# Root takes the key of a lost phone away, and whoever found it was just about to add their own.
for mode in --add --replace; do
	twokey recovery "$user" --json >"$work/fresh"
	old=$(json '["recovery_codes"][0]' <"$work/fresh" | remember)
	check_status 3 "root makes a new record meanwhile: $mode" \
		oneself --password "$password" --code "$old" --meanwhile \
		"twokey enroll $user --replace --no-confirm --qr none --json >$work/enrolled" \
		-- "$mode" --device found
	logged "root makes a new record meanwhile: $mode: the log tells" "reason=store_conflict"
	key=$(json '["secret"]' <"$work/enrolled" | remember)
	let_in code_accepted "root makes a new record meanwhile: $mode: it counts" login "$(code)"
	check "root makes a new record meanwhile: $mode: it has one device" test \
		"$(twokey status "$user" --json | json '["devices"]' | wc -l)" = 1
done

# The same where root makes the first record of all, just after the helper has seen that there is
# none, and whoever sits there has frozen it: no code of that record was shown.
for mode in --add --replace; do
	new_person
	run oneself --password "$password" --first end --strace "-o $work/trace -e openat2"
	opened=$(place_of_record)
	rm "$work/trace"
	together oneself --password "$password" --strace \
		"-o $work/trace -e openat2 --inject=openat2:delay_enter=4s:when=$opened" \
		-- "$mode" --device found >"$work/frozen" &
	frozen=$!
	wait_until grep -aq 'openat2(.*"decoys/[0-9]' "$work/trace" # the call before it
	twokey enroll "$user" --no-confirm --qr none --json >"$work/enrolled"
	wait "$frozen"
	check "root makes the first record meanwhile: $mode: refused" test "$?" = 1
	check "root makes the first record meanwhile: $mode: it has one device" test \
		"$(twokey status "$user" --json | json '["devices"]' | grep -c name)" = 1
done

for _ in 1 2 3 4 5; do
	run own_typing "$password $(wrong_code)" recovery
done
check_status 1 "guesses lock here too" own_typing "$password $(code 1)" recovery
logged "as at any login" "result=refused reason=locked"

# A site that lets them do nothing.
echo "self_enroll = no" >"$conf"
new_person
check_status 1 "self_enroll=no" oneself --password "$password"
check "nothing is asked for" test "$(grep -c Password "$work/output")" = 0
rm "$conf"

# What is root's.
check_status 2 "no key of one's own" own enroll --secret-stdin
check_status 2 "no enrolment without a first code" own enroll --no-confirm
check_status 2 "nobody removes themself" own remove
check_status 3 "nobody else is served" own status root
shown "it says that root is" "root"
usermod --expiredate 1 "$user"
check_status 1 "not for an account that has expired" oneself --password "$password"
usermod --expiredate '' "$user"
sed -i 's/pam_unix/pam_deny/' /etc/pam.d/twokey
check_status 1 "the PAM service twokey decides" oneself --password "$password"
mv "$HELPER" "$HELPER.away"
check_status 3 "not without the helper" oneself --password "$password"
shown "it says what to mend" "install it"

finish
