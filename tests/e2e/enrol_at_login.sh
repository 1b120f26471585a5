#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Enrolment in the middle of a login: by ssh, on a console, by su.
. "$(dirname "$0")/lib/e2e.sh"

# pam_enrolling SERVICE [OPTION...]: who has no record gets one.
pam_enrolling() {
	local service=$1
	shift
	pam_service "$service" <<-END
		auth     required pam_twokey.so unenrolled=enroll $*
		account  required pam_twokey.so
		account  required pam_unix.so
		password required pam_twokey.so $*
		session  required pam_unix.so
	END
}

# newcomer STEP...: $user at a terminal, with the program $by; sets $key and $recovery.
newcomer() {
	local status
	together "$here/enrol_at_login.py" --pages "$work/pages" "$@" -- "${by[@]}" >"$work/newcomer"
	status=$?
	key=$(sed -n 1p "$work/newcomer")
	mapfile -t recovery < <(sed -n '2,/^$/p' "$work/newcomer" | grep -E '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$')
	secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
	cat "$work/newcomer"
	[ "$status" = 0 ] && tr -d '\r' <"$work/newcomer" | grep -Fqx "in as $user"
}

# read_code FORMAT SCREEN: what a camera reads of the last page.
read_code() {
	/usr/bin/python3 - "$1" "$2" "$work/pages" >"$work/page.pgm" <<-'END' || return
		import sys
		form, screen, path = sys.argv[1:]
		lines = open(path, encoding="utf-8").read().split("\f")[-2].split("\n")
		drawn = [line for line in lines
		         if len(line) > 30 and not set(line) - set(" #\u2580\u2584\u2588")]
		blocks = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
		rows = []
		for line in drawn:
		    if form == "ascii":
		        rows.append([c == "#" for c in line[::2]])
		    else:
		        rows += ([blocks[c][half] for c in line] for half in (0, 1))
		width = max(map(len, rows))
		ink, paper = (255, 0) if screen == "dark" else (0, 255)
		print("P2", width * 4, len(rows) * 4, 255)
		for row in rows:
		    row = list(row) + [0] * (width - len(row))
		    text = " ".join(str(ink if module else paper) for module in row for _ in range(4))
		    print("\n".join([text] * 4))
	END
	zbarimg --quiet --raw "$work/page.pgm"
}

by_su() {
	by=(setpriv --reuid=nobody --regid=nogroup --clear-groups su "$user" -c "${WHOAMI[2]}")
}

by_ssh() {
	by=(env "$@" ssh -F none -p "$SSH_PORT" -l "$user" -o StrictHostKeyChecking=no
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentityFile=none
		-o NumberOfPasswordPrompts=1 127.0.0.1 "${WHOAMI[2]}")
}

is_enrolled() {
	twokey status "$user" --json | json '["enrolled"]'
}

as_before() {
	check "$1: as before" test "$(is_enrolled)" = false
	check "$1: nothing lies about" test -z "$(ls -A /var/lib/twokey/new)"
}

pam_enrolling su
pam_enrolling sshd
pam_enrolling login
install -d -m 700 /var/lib/twokey
new_user # somebody is, so that the store is as it will be

# --- From su to the end, and what comes after

new_person
by_su
check "su: enrolled, and in" newcomer password="$password" code=123456 app enter
logged "su: the auth phase lets in who is to be enrolled" "result=success reason=enrolment_due"
logged "su: the enrolment has a line of its own" "enrolment success; user=$user .*reason=enrolled"
check "su: ten recovery codes were shown" test "${#recovery[@]}" = 10
check "su: a camera reads the key off a dark screen" \
	grep -q "^otpauth://totp/.*secret=$key" <(read_code utf8 dark)
kept_out wrong_code "from now on the password alone is not enough" \
	su_login "$password" "$(wrong_code)"
let_in code_accepted "but with the next code" su_login "$password" "$(code 1)"
let_in recovery_accepted "or a recovery code" su_login "$password" "${recovery[3]}"

new_person
by_su
check "su: light for dark, and in ASCII, and one wrong code" \
	newcomer password="$password" code= letter=i letter=a wrong app enter
check "su: a camera reads it off a light screen" \
	grep -q "^otpauth://totp/.*secret=$key" <(read_code ascii light)

echo "recovery_codes = 0" >/etc/security/twokey.conf
new_person
by_su
check "su: without recovery codes, and in" newcomer password="$password" code=1 app
equal "su: none were shown, and there are none" \
	"${#recovery[@]} $(twokey status "$user" --json | json '["recovery_left"]')" "0 0"
rm /etc/security/twokey.conf

# --- ssh

sshd_start "AuthenticationMethods keyboard-interactive"
new_person
by_ssh LC_ALL=C.UTF-8
check "ssh: enrolled, and in" newcomer password="$password" code=1 app enter
check "ssh: a camera reads the key" \
	grep -q "^otpauth://totp/.*secret=$key" <(read_code utf8 dark)
let_in code_accepted "ssh: and in with the next code" ssh_login "$user" "$password" "$(code 1)"

new_person
by_ssh LC_ALL=C
check "ssh in the C locale: drawn in ASCII on demand" \
	newcomer password="$password" code=1 letter=a app enter
check "ssh in the C locale: a camera reads the key" \
	grep -q "^otpauth://totp/.*secret=$key" <(read_code ascii dark)

# A client of the method "password" answers hidden questions with the password, and fails here.
sshd_start "PasswordAuthentication yes" "AuthenticationMethods password"
new_person
check_status 1 "ssh, one password for all questions: not in" \
	ssh_login "$user" "$password" 1 -o PreferredAuthentications=password
shown "ssh, one password for all questions: sshd says why" "change required but no TTY"
as_before "ssh, one password for all questions"

# --- A console

new_person
by=(login "$user")
printf '%s\n' "${WHOAMI[2]}; exit" >"/home/$user/.bash_profile"
check "login: enrolled, and in" newcomer password="$password" code=1 app enter

# --- What does not lead to a record

for by_what in by_su by_ssh; do
	[ "$by_what" = by_su ] || sshd_start "AuthenticationMethods keyboard-interactive"
	new_person
	"$by_what"
	check_status 1 "$by_what: three wrong codes" \
		newcomer password="$password" code= wrong wrong wrong
	logged "$by_what: are told" "enrolment failure; user=$user .*reason=wrong_code"
	as_before "$by_what: three wrong codes"
	check_status 1 "$by_what: left at the code" newcomer password="$password" code= leave
	as_before "$by_what: left at the code"
	check_status 1 "$by_what: left at the recovery codes" \
		newcomer password="$password" code= app leave
	as_before "$by_what: left at the recovery codes"
	check_status 1 "$by_what: a wrong password leads nowhere" \
		newcomer password="not $password" code=1
	as_before "$by_what: a wrong password"
done

# under LIMIT...: whose limits su keeps; one too low ends the enrolment, and a line says why.
under() {
	new_person
	by_su
	by=("$@" "${by[@]}")
}
under prlimit --stack=65536
check "a stack of 64 KiB: enrolled, and in" newcomer password="$password" code= app enter
for files in 8 12; do
	under prlimit --nofile="$files"
	check "$files descriptors: enrolled, and in" newcomer password="$password" code= app enter
done
under prlimit --fsize=9000
check_status 1 "file size 9000: not in, and no signal ended su" \
	newcomer password="$password" code= app enter
logged "file size 9000: the log tells the limit" "enrolment failure; user=$user .*reason=file_size_limit"
as_before "file size 9000"

# Two logins of one user: the first one to end has the record, the other is not in.
new_person
by_su
rm -f "$work/go"
together "$here/enrol_at_login.py" --until "$work/go" password="$password" code= app enter \
	-- "${by[@]}" >"$work/other" &
other=$!
wait_until grep -q "user=$user .*enrolment_due" "$work/log"
check "two at once: the one is enrolled" newcomer password="$password" code= app enter
first=$key
: >"$work/go"
wait "$other"
check "two at once: the other is not in" test "$?" != 0
check "two at once: and told why" grep -q "You were enrolled meanwhile" "$work/other"
key=$first
let_in code_accepted "two at once: the one's key counts" su_login "$password" "$(code 1)"
secret "$(sed -n 1p "$work/other")"

# --- Stacks

new_person
pam_service su <<-END
	auth     required pam_twokey.so unenrolled=enroll
	account  required pam_unix.so
	session  required pam_unix.so
END
run su_login "$password" 1
check_status 1 "no account and password phase: not in" su_login "$password" 1
as_before "no account and password phase"

# As the man page warns: with ask=code nothing but the account phase holds anybody up.
forgetful() {
	pam_service su <<-END
		auth     required pam_unix.so
		auth     required pam_twokey.so ask=code unenrolled=enroll
		$1
		account  required pam_unix.so
		session  required pam_unix.so
	END
}
forgetful "account  required pam_twokey.so"
check_status 1 "ask=code, no password phase: not in" su_login "$password" 1
forgetful ""
check "ask=code, no account phase either: in by the password" su_login "$password" 1
as_before "ask=code, no account and password phase"

pam_enrolling su "unenrolled=enroll-until:2020-01-01"
kept_out unenrolled "after the date: refused" su_login "$password" 1
pam_enrolling su "unenrolled=enroll-until:2099-01-01"
by_su
check "before the date: enrolled" newcomer password="$password" code= app enter

new_person
pam_enrolling su "qr=off"
by_su
check "qr=off: the key alone" newcomer password="$password" code= app enter
check "qr=off: nothing is drawn" test "$(grep -c '█' "$work/newcomer")" = 0

# Beside pam_unix, which changes passwords: it has its turn where nobody is to be enrolled.
beside_pam_unix() {
	pam_service "$1" <<-END
		auth     required pam_unix.so
		auth     required pam_twokey.so ask=code unenrolled=enroll
		account  required pam_twokey.so
		account  required pam_unix.so
		password [success=done ignore=ignore default=die] pam_twokey.so
		password required pam_unix.so
		session  required pam_unix.so
	END
}
beside_pam_unix su
beside_pam_unix sshd
beside_pam_unix passwd
new_person
by_su
check "su, beside pam_unix: enrolled" newcomer password="$password" app enter
let_in code_accepted "su, beside pam_unix: in with the next code" \
	su_login "$password" "$(code 1)"
new_person
check_status 1 "su, beside pam_unix: a wrong password leads nowhere" \
	newcomer password="not $password"
as_before "su, beside pam_unix: a wrong password"
by_ssh LC_ALL=C.UTF-8
check_status 1 "ssh, beside pam_unix: a wrong password leads nowhere" \
	newcomer password="not $password"
as_before "ssh, beside pam_unix: a wrong password"
check "ssh, beside pam_unix: enrolled" newcomer password="$password" app enter

change_password() {
	as_user passwd <"$work/answers"
}
new_person
changed=$(head -c 9 /dev/urandom | base64)
secret "$changed"
printf '%s\n' "$password" "$changed" "$changed" >"$work/answers"
check "an ordinary change of a password is left to pam_unix" change_password
password=$changed
by_su
check "and the new password leads to an enrolment" newcomer password="$password" app enter

finish
