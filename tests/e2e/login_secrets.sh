#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What is left in memory of a login, however it ends, with root's rights and by the helper: the program
# that asks PAM writes all its memory to files - heap, freed chunks, stack, data - when the modules
# have answered, before it lets go of libpam, and at its end, and no password, code, key, recovery code
# or hash is in them. What keep_freed.c planted is. Each login is seen to end for the reason that is
# meant.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/dumping.sh"

readonly SERVICE=twokey-test RECORD=4096 BLOCK=4096

# Two failures in a row lock, and a code is good for as long as a slow machine needs.
readonly LIMITS=(max_failures=2 lock_time=86400 window=10)

afterwards=() # the phase after the login
by=''         # who does the module's work

# leaves_nothing REASON NAME ANSWER...: one login.
leaves_nothing() {
	local reason=$1 name=$by$2
	shift 2
	run answering "$@" -- dumping "$work/login" "$SERVICE" "$user" "${afterwards[@]}"
	cp "$work/output" "$work/printed"
	logged "$name: it ends for $reason" " result=[a-z]+ reason=$reason( |\$)"
	clean "$name" 3
}

# typed REASON NAME PASSWORD CODE: as this way of asking takes them.
typed() {
	both "$3" "$4"
	leaves_nothing "$1" "$mode: $2" "${answers[@]}"
}

# A new person, and what they may type.
typist() {
	person
	right=$(eight_digits)
	next=$(eight_digits 1)
	wrong=$(eight_digits 1000)
	note "right code" "$right"
	note "next code" "$next"
	note "wrong code" "$wrong"
}

# --- Each verdict, in each way of asking

verdicts() {
	typist
	case $mode in
	ask=password,code)
		typed empty_password "no password" "" "$right"
		;;&
	ask=password,code | ask=combined)
		typed wrong_password "wrong password" "not$password" "$right"
		;;&
	ask=password,code | ask=code)
		typed malformed_code "a code that is none" "$password" "x$right"
		;;
	esac
	typed recovery_accepted "recovery code" "$password" "${recovery[0]}"
	typed recovery_spent "spent recovery code" "$password" "${recovery[0]}"
	typed code_accepted "right code" "$password" "$right"
	typed replayed_code "the code of a login before" "$password" "$right"
	typed wrong_code "wrong code" "$password" "$wrong"
	typed locked "right code, locked" "$password" "$next"
}

# What they type is somebody's who is enrolled.
verdicts_on_strangers() {
	local unknown=unknown_user unenrolled=unenrolled
	case $mode in
	ask=code | *forward_pass) unknown=unenrolled ;; # no password is looked for
	ask=combined) unenrolled=wrong_password ;;      # whose phone shows six has typed one that ends in two
	esac
	new_person
	note password "$password"
	typed "$unenrolled" "not enrolled, a code" "$password" "$next"
	typed unenrolled "not enrolled, a recovery code" "$password" "${recovery[1]}"
	user=nobody-here typed "$unknown" "unknown user, a code" "$password" "$next"
	user=nobody-here typed "$unknown" "unknown user, a recovery code" "$password" "${recovery[1]}"
}

helper_setup
for mode in ask=password,code ask=code ask=combined "ask=combined forward_pass"; do
	pam_twokey "$SERVICE" "$mode" debug "${LIMITS[@]}"
	verdicts
	verdicts_on_strangers
done
mode="ask=combined unenrolled=allow"
pam_twokey "$SERVICE" "$mode"
typed unenrolled_allowed "not enrolled, allowed" "$password" ""

# --- Errors

# while_failing FAULT REASON NAME: a right login, where the system call fails on the user's file.
while_failing() {
	under=(failing "$1" "$file")
	leaves_nothing "$2" "$3" "$password" "$right"
	under=()
}

pam_twokey "$SERVICE"
typist
file=/var/lib/twokey/users/$user
leaves_nothing no_answer "no answer to the second question" "$password"
while_failing pwrite64:error=ENOSPC:when=1 store_full "the guess can't be counted"
while_failing pwrite64:error=ENOSPC:when=2 store_full "the verdict can't be written"
while_failing fdatasync:error=EIO store_unwritable "the verdict can't be made durable"
while_failing pread64:error=EIO store_unreadable "the record can't be read"
hold_lock
leaves_nothing store_busy "the record is locked for long" "$password" "$right"
let_go
cp "$file" "$work/whole"
truncate -s $((RECORD + BLOCK)) "$file"
leaves_nothing state_damaged "a damaged state" "$password" "$right"
cp "$work/whole" "$file"
sed -i 's/^device: phone/device: phony/' "$file"
leaves_nothing record_damaged "a damaged record" "$password" "$right"
cp "$work/whole" "$file"
mv /var/lib/twokey /var/lib/away
leaves_nothing store_missing "no store" "$password" "$right"
mv /var/lib/away /var/lib/twokey

# --- A password that another module asks for, or gets

# beside_pam_unix: a typist whose hash is not searched for: pam_unix has it from getspnam(3), which frees
# it as it is. So it is left where this module has only found a mistake in twokey.conf, too.
beside_pam_unix() {
	typist
	sed -i '/^password hash\t/d' "$work/wanted"
}

stack "optional pam_unix.so nodelay" "required pam_twokey.so use_first_pass"
beside_pam_unix
leaves_nothing wrong_password "use_first_pass, wrong password" "not$password" "$right"
leaves_nothing wrong_code "use_first_pass, wrong code" "$password" "$wrong"
leaves_nothing code_accepted "use_first_pass, right code" "$password" "$right"
leaves_nothing recovery_accepted "use_first_pass, recovery code" "$password" "${recovery[0]}"
leaves_nothing no_answer "use_first_pass, no answer" "$password"
echo "max_failure = 3" >/etc/security/twokey.conf
leaves_nothing bad_option "use_first_pass, a mistake in twokey.conf" "$password"
rm /etc/security/twokey.conf
stack "optional pam_unix.so nodelay" "required pam_twokey.so try_first_pass"
beside_pam_unix
leaves_nothing code_accepted "try_first_pass, right code" "$password" "$right"
stack "required pam_twokey.so try_first_pass"
typist
leaves_nothing recovery_accepted "try_first_pass, which finds none" "$password" "${recovery[0]}"
stack "optional pam_unix.so nodelay" "required pam_twokey.so ask=combined use_first_pass"
beside_pam_unix
leaves_nothing code_accepted "ask=combined use_first_pass, right code" "$password$right"
stack "required pam_twokey.so ask=combined forward_pass" \
	"required pam_unix.so nodelay use_first_pass"
beside_pam_unix
leaves_nothing wrong_code "forward_pass, wrong code" "$password$wrong"
leaves_nothing code_accepted "forward_pass, wrong password" "not$password$right"
leaves_nothing code_accepted "forward_pass, right code" "$password$next"

# --- A session

pam_service "$SERVICE" <<-END
	auth     required pam_twokey.so
	session  required pam_permit.so
	session  optional pam_twokey.so
END
afterwards=(session)
typist
leaves_nothing wrong_code "wrong code, no session" "$password" "$wrong"
leaves_nothing code_accepted "right code, and a session" "$password" "$right"
check "a session: it told what there was to tell" \
	grep -q "1 wrong code was tried before this login" "$work/printed"
afterwards=()

# --- By the helper, for a program that runs as its user

# shellcheck disable=SC2034 # dumping.sh has it run the program
under=(as_user)
by="by the helper, "
printf '%s\n' "${LIMITS[@]}" >/etc/security/twokey.conf
for mode in ask=code ask=combined ask=password,code; do
	pam_twokey "$SERVICE" "$mode"
	verdicts
done
new_person
note password "$password"
typed unenrolled "not enrolled" "$password" "$next"
typist
leaves_nothing no_answer "no answer to the second question" "$password"
mv "$HELPER" "$HELPER.away"
typed helper_missing "no helper" "$password" "$right"
install -m 755 "$HELPER.away" "$HELPER"
typed helper_powerless "a helper without rights" "$password" "$right"
chmod 644 "$HELPER"
typed helper_missing "a helper that nobody may run" "$password" "$right"
helper_that "exit 0"
typed helper_lost "a helper that ends without an answer" "$password" "$right"
helper_that 'kill -KILL $$'
typed helper_lost "a helper that is killed" "$password" "$right"
helper_that 'cat >/dev/null; kill -KILL $$'
typed helper_lost "a helper that is killed when it has read all" "$password" "$right"
mv "$HELPER.away" "$HELPER"
typed code_accepted "the helper again" "$password" "$right"

# What is searched for is found where it is.
cp "/var/lib/twokey/users/$user" "$work/dumps/planted"
check_status 1 "a key that is there is found" \
	"$here/find_secrets.py" "$work/wanted" "$work/dumps/planted"

finish
