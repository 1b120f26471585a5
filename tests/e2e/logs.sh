#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The log: one line an attempt, with all that an administrator asks, and nothing that forges one.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test

login() {
	pam_login --item rhost=192.0.2.7 --item tty=pts/9 --item ruser=caller \
		"$SERVICE" "$user" "$@"
}

readonly FROM="rhost=192.0.2.7 tty=pts/9 ruser=caller service=$SERVICE"

pam_twokey "$SERVICE"
new_user
right=$(code)
kept_out wrong_password "wrong password" login "not $password" "$right"
logged "is a notice" "^authpriv.notice .* user=$user $FROM result=refused"
kept_out wrong_code "wrong code" login "$password" "$(wrong_code)"
logged "is a warning" "^authpriv.warning .* user=$user $FROM result=refused"
kept_out malformed_code "a code that is none" login "$password" "12 34"
logged "is a warning, too" "^authpriv.warning .* user=$user $FROM result=refused"
kept_out empty_password "no password" login "" "$right"
logged "is a notice" "^authpriv.notice .* user=$user $FROM result=refused"
let_in code_accepted "success" login "$password" "$right"
logged "is for information, with the device" \
	"^authpriv.info .* authentication success; user=$user $FROM result=success .*device=phone"
let_in recovery_accepted "a recovery code" login "$password" "${recovery[0]}"
logged "tells how many are left" "^authpriv.info .* recovery_left=9"
fails_closed no_answer "a conversation that breaks off" login "$password"
logged "is an error" "^authpriv.err .* user=$user $FROM result=error"
shown "PAM_CONV_ERR" "^auth 19\$"

# Who types the password where the user name belongs, or the code where the password does.
kept_out unknown_user "an unknown user" pam_login "$SERVICE" nobody-here "$password" 123456
logged "is a notice" "^authpriv.notice .* user=nobody-here rhost= tty= ruser= service=$SERVICE "
kept_out wrong_password "a code in the password prompt" login "$(code 1)" "$password"

# --- Names that would forge a line, or talk to a terminal

# is_escaped NAME HEX: as is every byte that is no plain character.
is_escaped() {
	logged "$1: escaped" "$2"
	check "$1: no control character was logged" sh -c \
		"! LC_ALL=C grep -qa '[^ -~]' $work/log"
	check "$1: no line was forged" sh -c "! grep -qa '^authpriv.info forged' $work/log"
}

# strange NAME USER HEX
strange() {
	kept_out unknown_user "$1" pam_login "$SERVICE" "$2" "$password" 123456
	is_escaped "$1" "$3"
}

strange "a line break" $'x\nauthpriv.info forged: success' 'user=x\\x0aauthpriv.info\\x20forged'
strange "a carriage return" $'x\rforged' 'user=x\\x0dforged'
strange "an escape sequence" $'x\e[2Jy' 'user=x\\x1b\[2Jy'
strange "a blank and a field" 'x result=success' 'user=x\\x20result'
strange "a quote and a backslash" 'x"y\z' 'user=x\\x22y\\x5cz'
strange "what is no ASCII" 'søren' 'user=s\\xc3\\xb8ren'
strange "what is no UTF-8" $'x\xff' 'user=x\\xff'
strange "a format" '%s%n' 'user=%s%n '
strange "a path" '../../etc/passwd' 'user=../../etc/passwd '
strange "a domain" 'DOMAIN\user' 'user=DOMAIN\\x5cuser '
long=$(printf 'x%.0s' {1..1000})
kept_out unknown_user "1,000 bytes" pam_login "$SERVICE" "$long" "$password" 123456

kept_out wrong_code "a host name" pam_login --item $'rhost=h\nauthpriv.info forged: x' \
	--item $'tty=\e[2J' "$SERVICE" "$user" "$password" "$(wrong_code)"
is_escaped "a host name" 'rhost=h\\x0aauthpriv.info\\x20forged.* tty=\\x1b\[2J'

let_in code_accepted "and the next code is right" login "$password" "$(code 1)"

# --- At debug level, in each way of asking: what finish finds no secret in

# told_more NAME: by the last login, to debuggers.
told_more() {
	check "$1: with debug, more is told" \
		test "$(grep -c "^authpriv.debug .* options: ask=$ask " "$work/said")" = 1
}

# debugging WHO LOGIN...: wrong, right and recovery code.
debugging() {
	local who=$1 ask
	shift
	for ask in password,code code combined; do
		pam_twokey "$SERVICE" "ask=$ask" debug
		new_user
		answers_with "$(wrong_code)"
		kept_out wrong_code "$who, ask=$ask: a wrong code" "$@" "$SERVICE" "$user" "${answers[@]}"
		told_more "$who, ask=$ask: a wrong code"
		answers_with "$(code)"
		let_in code_accepted "$who, ask=$ask: a right code" "$@" "$SERVICE" "$user" "${answers[@]}"
		told_more "$who, ask=$ask: a right code"
		answers_with "${recovery[0]}"
		let_in recovery_accepted "$who, ask=$ask: a recovery code" \
			"$@" "$SERVICE" "$user" "${answers[@]}"
		told_more "$who, ask=$ask: a recovery code"
	done
}

# answers_with CODE: sets $answers to what $ask asks for.
answers_with() {
	case $ask in
	password,code) answers=("$password" "$1") ;;
	code) answers=("$1") ;;
	combined) answers=("$password$1") ;;
	esac
}

debugging "the module" pam_login
rm -rf /var/lib/twokey # the helper's user is to have its own
helper_setup
debugging "the helper" user_login

finish
