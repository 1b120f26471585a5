#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey try: a whole stack, without a login, before the root shell is closed.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

# log_shown NAME REGEX: where the system allows it, the last trial showed such a log line.
log_shown() {
	if [ "$watched" = yes ]; then
		shown "$1" "$2"
	else
		shown "$1: it says that it can't" "the log lines can't be shown"
	fi
}

# shows_no_secret NAME: nor does standard error.
shows_no_secret() {
	if find_leaks "$work/output" >"$work/leaks"; then
		fail "$1" "found: $(cat "$work/leaks")"
	else
		ok "$1"
	fi
}

watched=yes
unshare --mount true 2>"$work/output" || watched=no

# --- A stack with the module alone

pam_twokey "$SERVICE"
new_user
right=$(code)
check "right keys" answering "$password" "$right" -- twokey try "$SERVICE" "$user"
shown "the first prompt" "^prompt: Password:"
shown "the second prompt" "^prompt: Verification code:"
shown "auth" "^auth: PAM_SUCCESS"
shown "account" "^account: PAM_SUCCESS"
shown "the verdict" "^$user would be let in\.$"
log_shown "the log line" "^  info +pam_twokey\($SERVICE:auth\): .* reason=code_accepted"
logged "the line is in the log too" "result=success reason=code_accepted"
shows_no_secret "what was typed is not shown"

check_status 1 "the same code again" answering "$password" "$right" -- \
	twokey try "$SERVICE" "$user" --as-ssh
shown "auth says no" "^auth: PAM_AUTH_ERR"
check_status 1 "account is not asked then" grep -q ^account "$work/output"
check_status 1 "wrong password" answering "not it" "$(code 1)" -- \
	twokey try "$SERVICE" "$user" --as-ssh
log_shown "the reason" "^  notice .*reason=wrong_password"
log_shown "--as-ssh: from where" "rhost=127\.0\.0\.1 tty=ssh "
shown "the verdict names the phase" "^$user would be refused by 'auth'"
check_status 1 "--rhost" answering x y -- \
	twokey try "$SERVICE" "$user" --as-ssh --rhost 192.0.2.7
logged "--rhost: the log has it" "rhost=192\.0\.2\.7 tty=ssh "
check_status 1 "no answer" twokey try "$SERVICE" "$user"
shown "no answer: the code" "^auth: PAM_CONV_ERR"
check "without a user the stack asks" answering "$user" "$password" "$(code 1)" -- \
	twokey try "$SERVICE"
shown "for the name" "^prompt: login:"
shown "and names nobody" "^the user would be let in"

chage --expiredate 1 "$user"
check_status 1 "an expired account" answering "$password" "${recovery[0]}" -- \
	twokey try "$SERVICE" "$user"
shown "auth says yes" "^auth: PAM_SUCCESS"
shown "account says no" "^account: PAM_ACCT_EXPIRED"
shown "the verdict says why" "refused by 'account': the account has expired"
chage --expiredate -1 "$user"

# --- Other stacks

pam_service "$SERVICE" <<-END
	auth sufficient pam_rootok.so
	auth required pam_twokey.so
	account required pam_permit.so
END
check "pam_rootok lets root in" twokey try "$SERVICE" "$user"
shown "the verdict warns of it" "let in, and would be asked for nothing"
check_status 1 "--by: somebody else is asked" answering x y -- \
	twokey try "$SERVICE" "$user" --by nobody
shown "--by: for the password" "^prompt: Password:"
logged "--by: the log has who" "ruser=nobody"
check_status 3 "--by a user who does not exist" twokey try "$SERVICE" "$user" --by nobody-here

printf 'Welcome\033[2J\n' >"$work/welcome"
cat >"$work/chatter" <<-'END'
	#!/bin/sh
	for i in $(seq 700); do echo "line $i."; done | logger --socket /dev/log --tag chatter
END
chmod 755 "$work/chatter"
pam_service "$SERVICE" <<-END
	auth required pam_echo.so file=$work/welcome
	auth optional pam_exec.so quiet $work/chatter
	auth required pam_permit.so
	account required pam_permit.so
END
check "a stack that talks" twokey try "$SERVICE" "$user"
shown "its message is shown, and can't talk to the terminal" '^message: Welcome\\x1b\[2J'
log_shown "the log lines of programs that it starts" "^  notice +chatter: line 1\.$"
log_shown "however many they are" "^  notice +chatter: line 700\.$"
logged "all are in the log" "chatter: line 700\."

pam_service "$SERVICE" <<-END
	auth required pam_not_there.so
END
check_status 1 "a module that is missing" twokey try "$SERVICE" "$user"
shown "the verdict says so" "refused by 'auth': a module of the stack"
check_status 1 "a service that has no stack" answering "$user" -- twokey try "$SERVICE-none" "$user"
shown "is the one of 'other'" "no /etc/pam.d/$SERVICE-none: PAM takes the stack of 'other'"

# --- At a terminal

pam_twokey "$SERVICE"
# at_terminal SIZE: with a wrong code, so that there is much to say.
at_terminal() {
	"$here/terminal.py" --size "$1" --answer 'Password: ' "$password" \
		--answer 'Verification code: ' "$(wrong_code)" twokey try "$SERVICE" "$user"
}

# widest: the longest line of what was shown, but for words that can't be broken.
widest() {
	tr -d '\r' <"$work/output" | grep ' .* ' | wc -L
}

for columns in 80 40; do
	check_status 1 "$columns columns" at_terminal "${columns}x24"
	shows_no_secret "$columns columns: what was typed is not shown"
	log_shown "$columns columns: the log line" "reason=wrong_code"
	check "$columns columns: it fits" test "$(widest)" -le "$columns"
done

# --- Scripts, and where it can't work

listen "$work/output" answering "$password" "$(wrong_code)" -- \
	twokey try "$SERVICE" "$user" --json >"$work/tried"
check "--json" test "$(json '["accepted"]' <"$work/tried")" = false
check "--json: the code" test "$(json '["phases"][0]["code"]' <"$work/tried")" = PAM_AUTH_ERR
check "--json: the prompts" test \
	"$(json '["prompts"][1]["text"]' <"$work/tried")" = "Verification code: "
check "--json: whether the log was watched" test \
	"$(json '["log_watched"]' <"$work/tried")" = "$([ "$watched" = yes ] && echo true || echo false)"
cp "$work/tried" "$work/output"
shows_no_secret "--json: what was typed is not shown"

echo "windows = 2" >/etc/security/twokey.conf
check_status 1 "with a mistake in twokey.conf" twokey try "$SERVICE" "$user"
shown "it is tried all the same" "^auth: PAM_SERVICE_ERR"
rm /etc/security/twokey.conf

mv /dev/log /dev/log.away
together answering x y -- twokey try "$SERVICE" "$user" >"$work/unlogged"
status=$?
mv /dev/log.away /dev/log
check "without /dev/log it is tried all the same" test "$status" = 1
check "without /dev/log it says that nothing is logged" grep -q "no /dev/log" "$work/unlogged"
check "without /dev/log it has a verdict" grep -q "refused by 'auth'" "$work/unlogged"

mkdir "$work/broken" && : >"$work/broken/libpam.so.0"
check_status 3 "libpam can't be loaded" env LD_LIBRARY_PATH="$work/broken" \
	twokey try "$SERVICE" "$user"
shown "libpam can't be loaded: it is named" "^twokey: libpam.so.0: "
check_status 2 "no service" twokey try
check_status 2 "too many arguments" twokey try "$SERVICE" "$user" more
check_status 2 "a path is no service" twokey try ../passwd "$user"
check_status 3 "not root" as_user twokey try "$SERVICE" "$user"
shown "not root: what to do" "sudo twokey"
check "it leaves nothing behind" test -z "$(find /run -name 'twokey-try*')"

finish
