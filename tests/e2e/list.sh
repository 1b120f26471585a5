#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey list: who is enrolled, who is locked, who is missing; for a few users and for many.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey

login() {
	pam_login "$SERVICE" "$user" "$password" "$1"
}

# listed NAME WANTED: the users in the table that was shown, in its order.
listed() {
	local got
	got=$(sed 1d "$work/output" | cut -d ' ' -f 1 | paste -sd ' ')
	if [ "$got" = "$2" ]; then
		ok "$1"
	else
		fail "$1" "listed: $got; not: $2"
	fi
}

# listed_json NAME WANTED OPTION...: the same of --json.
listed_json() {
	local got
	got=$(twokey list --json "${@:3}" | json '' | /usr/bin/python3 -c '
import json, sys
print(*(json.loads(line)["user"] for line in sys.stdin))' 2>&1)
	if [ "$got" = "$2" ]; then
		ok "$1"
	else
		fail "$1" "listed: $got; not: $2"
	fi
}

pam_twokey "$SERVICE" max_failures=1
new_person
check_status 3 "no store: there is nothing to list" twokey list
shown "no store: what makes it" "'twokey enroll' makes it"

# --- A few

enrol
fresh=$user
new_user
let_in code_accepted "one logs in" login "$(code)"
active=$user
new_user --recovery-codes 0
kept_out wrong_code "one is locked" login "$(wrong_code)"
locked=$user
new_user
old=$user
let_in code_accepted "one logs in" login "$(code)"
together faketime -f '+40d' twokey list --stale 30 >"$work/later"

check "list" twokey list
listed "everybody, sorted" "$fresh $active $locked $old"
shown "its titles" "^USER +DEVICES +FAILURES +LOCKED +RECOVERY +LAST SUCCESS$"
shown "the locked one" "^$locked +1 +1 +yes +0 +never$"
shown "the active one" "^$active +1 +0 +no +10 +20..-..-..T..:..:..Z$"
check "--locked" twokey list --locked
listed "--locked: who is" "$locked"
check "--stale 30" twokey list --stale 30
listed "--stale 30: who never logged in" "$fresh $locked"
cp "$work/later" "$work/output"
listed "--stale 30, forty days later" "$fresh $active $locked $old"
check "--stale 0" twokey list --stale 0
listed "--stale 0: everybody" "$fresh $active $locked $old"
check "both" twokey list --stale 30 --locked
listed "both: who is both" "$locked"
listed_json "--json" "$fresh $active $locked $old"
listed_json "--json --locked" "$locked" --locked
listed_json "--json of nobody" "" --locked --stale 30000
for wrong in "--stale" "--stale -1" "--stale x" "--stale 99999" "--unenrolled --locked" \
	"--unenrolled --stale 3" somebody; do
	# shellcheck disable=SC2086 # split as a command line is
	check_status 2 "list $wrong is a matter of usage" twokey list $wrong
done

# --- Who is missing

new_person
missing=$user missing_password=$password
new_person
passwd --quiet --lock "$user"
install -d -m 700 -o "$user" "/home/$user/.ssh"
echo "ssh-ed25519 AAAA" >"/home/$user/.ssh/authorized_keys"
keyed=$user
new_person
passwd --quiet --lock "$user" # no way in
new_person
usermod --shell /usr/sbin/nologin "$user"
new_person
chage --expiredate 1 "$user"
new_person
passwd --quiet --delete "$user"
empty=$user
for other in $(twokey list --unenrolled | sed 1d | cut -d ' ' -f 1); do
	case $other in
	anna*) ;;
	*) usermod --shell /usr/sbin/nologin "$other" ;; # of this machine
	esac
done
check "--unenrolled" twokey list --unenrolled
listed "--unenrolled: who can log in and has no record" "$empty $missing $keyed"
shown "by password" "^$missing +[0-9]+ +password$"
shown "by public key" "^$keyed +[0-9]+ +public key$"
shown "by nothing" "^$empty +[0-9]+ +an empty password$"
listed_json "--unenrolled --json" "$empty $missing $keyed" --unenrolled
user=$missing enrol
check "--unenrolled, once one was enrolled" twokey list --unenrolled
listed "the others" "$empty $keyed"
twokey remove "$missing" >"$work/output" || die "remove"
# Words to nss_compat(5), which are no users.
printf '%s\n' + -bin +@staff +other:x:::::: | tee -a /etc/passwd >>/etc/shadow
check "--unenrolled, where NIS was" twokey list --unenrolled
listed "those of the host itself" "$empty $missing $keyed"
check "import google --home, where NIS was" twokey import google --home --dry-run
check "doctor, where NIS was" sh -c 'twokey doctor; test $? -le 1'
user=$missing enrol
let_in code_accepted "a login, where NIS was" \
	pam_login "$SERVICE" "$missing" "$missing_password" "$(code)"
sed -i '/^[-+]/d' /etc/passwd /etc/shadow
twokey remove "$missing" >"$work/output" || die "remove"

# --- Many, and two that can't be read

"$here/many_users.py" "$STORE/users/$locked" 3000
check "of 3000" twokey list --locked
check "all are listed" test "$(sed 1d "$work/output" | wc -l)" = 3001
check "of 3000, in order" sh -c "twokey list | sed 1d | LC_ALL=C sort -c"
twokey list --json >"$work/many" || die "list --json"
check "of 3000, --json: all" test "$(json '.__len__()' <"$work/many")" = 3004
check "of 3000, --json: the last" test "$(json '[-1]["user"]' <"$work/many")" = many02999
before=$(twokey list | sha256sum)
check "on one processor it is the same" test \
	"$(taskset --cpu-list 0 twokey list | sha256sum)" = "$before"
truncate --size=0 "$STORE/users/many00777"
printf x | dd of="$STORE/users/many02222" bs=1 seek=100 conv=notrunc status=none
check_status 3 "two damaged records" twokey list
shown "the first is named" "twokey: many00777: "
shown "the second is named" "twokey: many02222: "
# Alone: a complaint may come in the middle of a row.
check "the others are listed" test "$(aside twokey list | grep -c ' never$')" = 3000

finish
