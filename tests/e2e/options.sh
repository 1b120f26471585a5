#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Options, as arguments and in twokey.conf: what is wrong keeps everybody out, and is named.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test
readonly CONF=/etc/security/twokey.conf
readonly SERVICE_ERR=3

login() {
	pam_login "$SERVICE" "$user" "$@"
}

new_user
right=$(code)

# refuses_option OPTION: the log names it.
refuses_option() {
	pam_twokey "$SERVICE" "$1"
	fails_closed bad_option "$1" login "$password" "$right"
	shown "$1: PAM_SERVICE_ERR" "^auth $SERVICE_ERR\$"
	logged "$1: named" "authpriv.err .* option=${1%%=*} "
}

refuses_option asc=code
refuses_option nonsense
refuses_option ask=
refuses_option ask=everything
refuses_option max_failures=many
refuses_option max_failures=0
refuses_option lock_time=-1
refuses_option window=99999999999999999999
refuses_option unenrolled=perhaps
refuses_option unenrolled=allow-until:2026-02-30
refuses_option store=relative
right=$(code) # a slow machine was at it for long
refuses_option conf=relative

pam_twokey "$SERVICE"
let_in code_accepted "with no option at all the same code is right" login "$password" "$right"

# --- twokey.conf

# conf LINE...
conf() {
	printf '%s\n' "$@" >"$CONF"
}

new_user
right=$(code)
conf "# a comment" "" "ask = code"
let_in code_accepted "ask = code in twokey.conf" login "$right"
shown "and it asks for nothing else" "^prompt off Verification code: \$"
conf 'ask=code' 'code_prompt = "Number, please: "'
kept_out wrong_code "a prompt in quotes" login "$(wrong_code)"
shown "is the prompt" "^prompt off Number, please: \$"
pam_twokey "$SERVICE" ask=password,code
let_in code_accepted "an argument wins" login "$password" "$(code 1)"
shown "and its prompts are asked" "^prompt off Password: \$"

new_user
right=$(code)
pam_twokey "$SERVICE"
conf "ask = code" "" "max_failures = none"
fails_closed bad_option "an error in twokey.conf" login "$right"
logged "file and line are named" "file=$CONF line=3 option=max_failures"
conf "nonsense"
fails_closed bad_option "a line that is no option" login "$right"
logged "its file and line are named" "file=$CONF line=1"
conf "max_failure = 3"
fails_closed bad_option "a name that is nearly right" login "$right"
logged "the nearest name is told" "line=1 option=max_failure nearest=max_failures "
conf "ask = code"
chmod 666 "$CONF"
fails_closed bad_option "a twokey.conf that anybody may write" login "$right"
logged "what to do is said" "file=$CONF .*chmod"
chmod 644 "$CONF"
chown nobody "$CONF"
fails_closed bad_option "another user's twokey.conf" login "$right"
logged "whose it must be is said" "file=$CONF .*owned by root"
rm "$CONF"
ln -s /dev/null "$CONF"
fails_closed bad_option "a twokey.conf that is a link" login "$password" "$right"
rm "$CONF"

pam_twokey "$SERVICE" "conf=$work/missing.conf"
fails_closed bad_option "conf= names a file that is missing" login "$password" "$right"
logged "it is named" "file=$work/missing.conf"
pam_twokey "$SERVICE" "conf=$work/own.conf"
echo "ask = code" >"$work/own.conf"
let_in code_accepted "conf= names another file" login "$right"

# --- What an enrolment is like

conf "# ours" "issuer = Example Inc" "algorithm = SHA256" "digits = 8" "period = 60" \
	"recovery_codes = 3"
new_user
check_status 0 "the site's defaults" twokey show "$user" --json
shown "issuer, algorithm, digits and period" "issuer=Example%20Inc&algorithm=SHA256&digits=8&period=60"
check "as many recovery codes" test "${#recovery[@]}" = 3
check_status 0 "recovery, too" twokey recovery "$user" --json
check "makes as many" test "$(json '["recovery_codes"]' <"$work/output" | wc -l)" = 3
new_user --digits 6 --issuer Other
check_status 0 "options win" twokey show "$user" --json
shown "over the file" "issuer=Other&algorithm=SHA256&digits=6&period=60"
conf "" "digits = 9" "window = 1"
pam_twokey "$SERVICE" ask=code
kept_out wrong_code "a login passes over a wrong one" login "$(wrong_code)"
check_status 3 "enroll does not" twokey enroll "$user" --replace --no-confirm
shown "it names file, line and option" "^twokey: $CONF:2: digits: it must be 6, 7 or 8\$"
check_status 0 "--help is there all the same" twokey enroll --help
conf "max_failure = 3"
check_status 3 "neither does list with a name that is unknown" twokey list
shown "it names the place" "^twokey: $CONF:1: max_failure: there is no such option"
shown "and the nearest name" "^twokey: did you mean 'max_failures'?"
conf "store = /var/lib/configured"
check "enroll makes the store that the file names" twokey enroll "$user" --no-confirm --qr none
check "list looks there" twokey list --store /var/lib/configured
shown "and finds the user" "^$user "
check "and by default" twokey list
shown "and finds the user there" "^$user "
check "no other" twokey list --store /var/lib/twokey
rm "$CONF"

# --- Elsewhere

new_user --store /var/lib/elsewhere
right=$(code)
pam_twokey "$SERVICE"
kept_out unenrolled "enrolled in another store" login "$password" "$right"
pam_twokey "$SERVICE" store=/var/lib/elsewhere
let_in code_accepted "store=" login "$password" "$right"
chmod 755 /var/lib/elsewhere
fails_closed store_untrusted "a store that others may read" login "$password" "$(code 1)"
logged "it is named" "authpriv.err .* store=/var/lib/elsewhere"
shown "PAM_AUTHINFO_UNAVAIL" "^auth 9\$"
mv /var/lib/elsewhere /var/lib/gone
fails_closed store_missing "a store that is missing" login "$password" "$(code 1)"
pam_twokey "$SERVICE" store=/var/lib/elsewhere unenrolled=allow
fails_closed store_missing "the same where the unenrolled are allowed" \
	login "$password" "$(code 1)"
mv /var/lib/gone /var/lib/elsewhere
chmod 700 /var/lib/elsewhere
chmod 644 "/var/lib/elsewhere/users/$user"
fails_closed file_untrusted "a record that others may read" login "$password" "$(code 1)"
logged "it is named" "authpriv.err .* file=users/$user "
chmod 600 "/var/lib/elsewhere/users/$user"
let_in code_accepted "mended" login "$password" "$(code 1)"

new_user
pam_twokey "$SERVICE" echo_code "[password_prompt=Your password: ]" "[code_prompt=Your code: ]"
let_in code_accepted "prompts and echo_code as arguments" login "$password" "$(code)"
shown "password_prompt" "^prompt off Your password: \$"
shown "code_prompt, echoed" "^prompt on Your code: \$"
pam_twokey "$SERVICE" debug
let_in code_accepted "debug" login "$password" "$(code 1)"
logged "debug tells the options" "authpriv.debug .*ask=password,code"

finish
