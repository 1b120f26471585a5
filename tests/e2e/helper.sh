#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs that run as their user, and may not open the store, ask twokey-helper: the same verdicts,
# the same counting, the same log.
. "$(dirname "$0")/lib/e2e.sh"

# A program to which no set-user-ID file gives rights.
user_login_without_rights() {
	as_user setpriv --no-new-privs "$work/pam_login.py" "$@"
}

# The stack says nothing but that the module has no say: PAM_IGNORE alone is PAM_PERM_DENIED.
passed_over() {
	user_login "$@"
	[ "$?" = 6 ]
}

# Whom another source of nsswitch.conf(5) knows may own the store, too.
known_elsewhere() {
	mkdir -p /etc/userdb
	echo '{"userName":"twokey","uid":61234,"gid":61234,"disposition":"system"}' >/etc/userdb/twokey.user
	check "the first enrolment" twokey enroll root --no-confirm --qr none
	check "a store whose owner no local file names" \
		test "$(find /var/lib/twokey -printf '%U %G\n' | sort -u)" = "61234 61234"
	check "can be used" twokey status root
	rm -r /var/lib/twokey /etc/userdb/twokey.user
}

known_elsewhere
helper_setup
pam_twokey both
pam_twokey combined ask=combined
pam_twokey code ask=code
pam_twokey elsewhere store=/var/lib/elsewhere

new_user
check "the helper runs as twokey" test "$(stat -c '%U %a' "$HELPER")" = "twokey 4755"
check "the store is twokey's" test "$(stat -c '%U %a' /var/lib/twokey)" = "twokey 700"
check "so are the files that root makes" test -z "$(find /var/lib/twokey ! -user twokey)"
check_status 2 "its user can't read it" as_user ls /var/lib/twokey

right=$(code)
kept_out wrong_password "wrong password" tester_login both "$user" "not $password" "$right"
logged "the log tells who asked" "user=$user .* service=both caller_uid=$(id -u "$user") "
kept_out wrong_code "wrong code" user_login both "$user" "$password" "$(wrong_code)"
logged "a leaked password is a warning" "authpriv.warning .* failures=1 .*password=right"
kept_out empty_password "no password" user_login both "$user" "" "$right"
let_in code_accepted "right" tester_login both "$user" "$password" "$right"
kept_out replayed_code "again" user_login both "$user" "$password" "$right"
pam_twokey su
kept_out replayed_code "again, by su, which is root" su_login "$password" "$right"
let_in recovery_accepted "a recovery code" user_login both "$user" "$password" "${recovery[0]}"

new_user --digits 8
let_in code_accepted "combined, eight digits" user_login combined "$user" \
	"$password$(oathtool --base32 --totp --digits 8 "$key" | remember)"
kept_out wrong_code "combined, wrong code" user_login combined "$user" "${password}12345678"
kept_out wrong_password "combined, wrong password" user_login combined "$user" "x${password}12345678"

new_user
kept_out wrong_code "code alone, wrong" user_login code "$user" "$(wrong_code)"
let_in code_accepted "code alone" user_login code "$user" "$(code)"

pam_service lax-code <<-END
	auth     required pam_twokey.so ask=code unenrolled=allow
	auth     required pam_permit.so
	account  required pam_unix.so
END
echo "unenrolled = allow" >/etc/security/twokey.conf
mv /var/lib/twokey/users /var/lib/twokey/away
fails_closed store_missing "who can't be told from those who need no code is asked for one" \
	user_login lax-code "$user" 123456
mv /var/lib/twokey/away /var/lib/twokey/users
rm /etc/security/twokey.conf

new_person
kept_out unenrolled "not enrolled" user_login both "$user" "$password" 123456
echo "unenrolled = allow" >/etc/security/twokey.conf
let_in unenrolled_allowed "not enrolled, allowed" user_login both "$user" "$password" ""
kept_out wrong_password "not enrolled, allowed, wrong password" \
	user_login both "$user" "not $password" ""
let_in unenrolled_allowed "not enrolled, combined" user_login combined "$user" "$password"
let_by unenrolled_allowed "not enrolled, code alone: nothing is asked" \
	passed_over code "$user"
let_by unenrolled_allowed "and no other module has a say: they are in" user_login lax-code "$user"
pam_twokey strict unenrolled=deny
kept_out unenrolled "a service may be stricter than twokey.conf" \
	user_login strict "$user" "$password" ""
rm /etc/security/twokey.conf
echo "forward_pass = yes" >/etc/security/twokey.conf
pam_twokey combined-forward ask=combined
kept_out unenrolled "what goes with the service's own options" \
	user_login combined-forward "$user" "${password}123456"
# So that it is not the module that finds it.
install -m 644 /dev/null "$work/good.conf"
pam_twokey elsewhere-conf "conf=$work/good.conf"
echo "max_failure = 3" >/etc/security/twokey.conf
fails_closed bad_option "a mistake in twokey.conf" \
	user_login elsewhere-conf "$user" "$password" 123456
logged "the log tells the mend, and who asked" \
	"caller_uid=.* file=/etc/security/twokey.conf line=1 option=max_failure nearest=max_failures "
rm /etc/security/twokey.conf
pam_twokey lax unenrolled=allow
kept_out unenrolled "but not laxer" user_login lax "$user" "$password" ""

# Whoever can't get in learns nothing of why here either.
# refused NAME PASSWORD CODE: the caller sees what it saw first.
refused() {
	together user_login both "$user" "$2" "$3" >"$work/transcript"
	[ -e "$work/first" ] || cp "$work/transcript" "$work/first"
	check "$1: prompts and PAM code are the same" cmp "$work/transcript" "$work/first"
}
new_person
refused "not enrolled" "$password" 123456
check "that is a refusal" grep -q '^auth 7$' "$work/first"
enrol
refused "wrong code" "$password" "$(wrong_code)"
refused "wrong password" "not $password" "$(code)"
refused "no password" "" "$(code)"
refused "a code that is none" "$password" letters
for _ in 1 2 3; do
	run user_login code "$user" "$(wrong_code)"
done
refused "locked" "$password" "$(code)"
kept_out locked "that was by the lock" user_login both "$user" "$password" "$(code)"

# Guesses by the user's own processes are counted like any other.
new_user
for _ in 1 2 3 4 5; do
	run user_login code "$user" "$(wrong_code)"
done
kept_out locked "five wrong codes lock" user_login both "$user" "$password" "$(code)"
kept_out locked "for root's programs too" su_login "$password" "$(code)"
check "root unlocks" twokey unlock "$user"
let_in code_accepted "unlocked" user_login both "$user" "$password" "$(code)"

# Where the site keeps its store elsewhere.
new_person
install -d -m 700 -o twokey /var/lib/elsewhere
enrol --store /var/lib/elsewhere
echo "store = /var/lib/elsewhere" >/etc/security/twokey.conf
let_in code_accepted "twokey.conf's store" user_login both "$user" "$password" "$(code)"
rm /etc/security/twokey.conf
new_user

# What it does not do.
mine=$user mine_password=$password mine_key=$key
new_user
other=$user other_password=$password other_code=$(code)
user=$mine password=$mine_password key=$mine_key
fails_closed other_user "it serves nobody but its caller" \
	user_login both "$other" "$other_password" "$other_code"
fails_closed other_store "it opens no store of a module's argument" \
	user_login elsewhere "$user" "$password" 123456
fails_closed helper_powerless "with no_new_privs it has no rights" \
	user_login_without_rights both "$user" "$password" 123456
mv "$HELPER" "$HELPER.away"
fails_closed helper_missing "without a helper" user_login both "$user" "$password" "$(code 1)"
logged "the log tells the mend" "authpriv.err .*install it"
install -m 755 "$HELPER.away" "$HELPER"
fails_closed helper_powerless "a helper without its mode" \
	user_login both "$user" "$password" "$(code 1)"
chmod 4755 "$HELPER"
fails_closed helper_powerless "a helper of root's does nothing" \
	user_login both "$user" "$password" "$(code 1)"

for status in 0 1 39 43 44 49 255; do
	helper_that "exit $status"
	together user_login both "$user" "$password" "$(code 1)" >"$work/output"
	check "a helper that ends with $status lets nobody in" test "$?" = 9
done
helper_that 'kill -KILL $$'
fails_closed helper_lost "a helper that is killed" user_login both "$user" "$password" "$(code 1)"
helper_that 'exec sleep 60'
SECONDS=0
fails_closed helper_lost "a helper that never ends" user_login both "$user" "$password" "$(code 1)"
check "is waited for ten seconds" test "$SECONDS" -ge 9 -a "$SECONDS" -le 12
mv "$HELPER.away" "$HELPER"
let_in code_accepted "none of it has spent the code" \
	user_login both "$user" "$password" "$(code 1)"

finish
