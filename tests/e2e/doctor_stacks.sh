#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey doctor: stacks that let by or lock out, each as somebody once wrote it; sshd, sudo.
. "$(dirname "$0")/lib/e2e.sh"
. "$(dirname "$0")/lib/findings.sh"

readonly SERVICE=twokey-test
readonly FILE=/etc/pam.d/$SERVICE

# stack LINE...: the service's, with an account phase.
stack() {
	printf '%s\n' "$@" "account required pam_unix.so" | pam_service "$SERVICE"
}

# good_stack NAME LINE...: nothing is wrong with it.
good_stack() {
	local name=$1
	shift
	stack "$@"
	passes "$name" pam-bypass pam-refusal pam-password pam-closed pam-order pam-unenrolled \
		pam-account pam-peers pam-module pam-phase pam-options pam-file pam-store
}

healthy_host
new_user
good_stack "both keys by the module" "auth required pam_twokey.so"
good_stack "su's way in for root" "auth sufficient pam_rootok.so" "auth required pam_twokey.so"
good_stack "the code after a password" "auth required pam_unix.so" \
	"auth required pam_twokey.so ask=code"
good_stack "one field, handed on" "auth requisite pam_twokey.so ask=combined forward_pass" \
	"auth required pam_unix.so use_first_pass"
good_stack "modules without a say" "auth optional pam_faildelay.so delay=1" \
	"auth required pam_env.so" "auth required pam_twokey.so" "auth optional pam_cap.so"

# --- Ways past it

stack "auth sufficient pam_unix.so" "auth required pam_twokey.so ask=code"
finds "'sufficient' above it" pam-bypass problem \
	"^$FILE:1: 'sufficient pam_unix.so' leads past" "\+1 $FILE"
check_status 1 "is a problem" twokey doctor
stack "auth [success=2 default=ignore] pam_unix.so" "auth required pam_twokey.so ask=code" \
	"auth requisite pam_deny.so" "auth required pam_permit.so"
finds "a jump over it" pam-bypass problem "^$FILE:1: '.?success=2 default=ignore.? pam_unix.so'"
stack "auth required pam_unix.so" "auth [success=done default=ignore] pam_exec.so /bin/true" \
	"auth required pam_twokey.so ask=code"
finds "'done' above it" pam-bypass problem "^$FILE:2: .* pam_exec.so' leads past"
printf 'auth sufficient pam_unix.so\n' | pam_service twokey-common
stack "auth include twokey-common" "auth required pam_twokey.so"
finds "'sufficient' in a file that is included" pam-bypass problem "^/etc/pam.d/twokey-common:1: "
stack "auth substack twokey-common" "auth required pam_twokey.so"
passes "'sufficient' in a substack ends that alone" pam-bypass
stack "@include twokey-common" "auth required pam_twokey.so"
finds "'sufficient' after @include" pam-bypass problem "^/etc/pam.d/twokey-common:1: "
rm /etc/pam.d/twokey-common
stack "auth required pam_unix.so" "auth sufficient pam_google_authenticator.so" \
	"auth required pam_twokey.so ask=code"
finds "another second key in its place" pam-bypass warning "^$FILE:2: .* another second key alone"
mapfile -t jumps < <(echo "auth optional pam_unix.so" && for ((i = 240; i > 0; i--)); do
	echo "auth [success=$i user_unknown=bad default=ignore] pam_unix.so"
done)
stack "${jumps[@]}" "auth required pam_twokey.so ask=code" "auth required pam_unix.so"
finds "more ways than can be followed" pam-paths warning "^$FILE:242: .*too many ways"
stack "auth [success=1 default=ignore] pam_succeed_if.so quiet user ingroup staff" \
	"auth required pam_twokey.so ask=code" "auth required pam_unix.so"
finds "a choice above it" pam-bypass warning "^$FILE:1: whom .* picks is asked for no code"
check_status 0 "is a warning" twokey doctor
stack "auth required pam_unix.so" "auth optional pam_twokey.so ask=code"
finds "'optional'" pam-refusal problem "^$FILE:2: who has no code gets in: with 'optional'"
stack "auth sufficient pam_twokey.so" "auth required pam_unix.so"
finds "'sufficient' with a password below" pam-refusal problem "with 'sufficient'"
stack "auth required pam_twokey.so ask=code"
finds "the code in the place of the password" pam-password problem "^$FILE:1: the code alone"
stack "auth sufficient pam_twokey.so ask=code nullok" "auth required pam_permit.so"
finds "not enrolled, 'permit' below" pam-password problem "with no key at all"
finds "and a refusal does not count either" pam-refusal problem "'sufficient'"

# --- Who is not enrolled

stack "auth required pam_twokey.so nullok"
finds "nullok" pam-unenrolled warning "^$FILE:1: .*who is not enrolled needs no code"
stack "auth required pam_twokey.so unenrolled=allow-until:$(date -d '10 days' +%F)"
finds "until a date to come" pam-unenrolled warning "not over \(days left: 1[01]\)"
good_stack "until a date that has passed" "auth required pam_twokey.so unenrolled=allow-until:2020-01-31"
stack "auth required pam_twokey.so ask=code nullok"
finds "nullok, and nobody else says yes" pam-unenrolled warning "refused all the same"

stack "auth required pam_twokey.so unenrolled=enroll"
finds "enroll, and no line that enrols" pam-unenrolled problem "'unenrolled=enroll' without a line"
good_stack "enroll, with all its lines" "auth required pam_twokey.so unenrolled=enroll" \
	"account required pam_twokey.so" "password required pam_twokey.so"

# --- Nobody gets in

stack "auth required pam_twokey.so" "auth required pam_deny.so"
finds "'deny' below it" pam-closed problem "^$FILE:1: nobody can get in"
stack "auth required pam_twokey.so window=99"
finds "an option's value" pam-options problem "option 'window': it must be 0 to 10 steps"
stack "auth required pam_twokey.so nullokay"
finds "an option's name" pam-options problem "option 'nullokay': there is no such option"
echo "windows = 2" >/etc/security/twokey.conf
stack "auth required pam_twokey.so"
finds "twokey.conf" pam-options problem "/etc/security/twokey.conf:1: 'windows'"
rm /etc/security/twokey.conf
passes "twokey.conf" pam-options
stack "auth required pam_twokey.so" "auth required pam_not_there.so"
finds "a module that is missing" pam-module problem "^$FILE:2: .* pam_not_there.so is not installed"
good_stack "one that need not be there" "auth required pam_twokey.so" \
	"-auth optional pam_not_there.so" \
	"auth [success=ok module_unknown=ignore default=bad] pam_not_there.so"
touch "$work/pam_mine.so"
chmod 666 "$work/pam_mine.so"
stack "auth required pam_twokey.so" "auth required $work/pam_mine.so"
finds "a module that others may write" pam-module problem "others than root may write"
stack "auth required pam_twokey.so" "auth requierd pam_env.so"
finds "a control that is none" pam-file problem "^$FILE:2: there is no such control"
stack "auth required pam_twokey.so" "@include twokey-not-there"
finds "a file that is not there" pam-file problem "^$FILE:2: the file that it includes"
stack "auth required pam_twokey.so"
ln -s loop /etc/pam.d/loop
finds "a file that can't be read" pam-file problem "^the service 'loop' can't be read: "
ln -sf nowhere /etc/pam.d/loop
passes "a name that leads nowhere is no service" pam-file
rm /etc/pam.d/loop
echo "auth required pam_twokey.so" >"$FILE"
finds "no account phase" pam-account warning "^$FILE:1: '$SERVICE' has no account line"
mv /etc/pam.d/other "$work/other"
finds "nor one of 'other'" pam-account problem "nor has 'other'"
mv "$work/other" /etc/pam.d/other
printf '%s\n' "auth required pam_twokey.so" "account required pam_permit.so" >"$FILE"
finds "an account phase that looks at nothing" pam-account warning "^$FILE:2: .*expired get in"

# --- What it can't do

stack "auth required pam_unix.so" "password required pam_twokey.so"
finds "in the phase 'password'" pam-phase warning "^$FILE:2: .* no say in the phase 'password'"
stack "auth requisite pam_unix.so" "auth required pam_twokey.so ask=code"
finds "the password is refused first" pam-order warning "^$FILE:1: a wrong password is refused here"
stack "@include common-auth" "auth required pam_twokey.so ask=code"
finds "as Debian's common-auth does" pam-order warning "^/etc/pam.d/common-auth:[0-9]+: a wrong"
stack "auth required pam_twokey.so" "auth required pam_oath.so usersfile=/etc/users.oath"
finds "another second key in the stack" pam-peers warning "^$FILE:2: pam_oath.so asks for a second"
stack "auth required pam_twokey.so store=/srv/twokey"
finds "another store" pam-store warning "has its users in /srv/twokey" "doctor --store /srv/twokey"

# --- sshd

good_stack "sshd" "auth required pam_twokey.so"
passes "sshd" sshd sshd-pam sshd-methods sshd-password sshd-root sshd-match
# sshd_finds LINE CHECK RESULT REGEX
sshd_finds() {
	healthy_sshd "$1"
	finds "sshd_config: $1" "${@:2}"
}
sshd_finds "UsePAM no" sshd-pam problem "sshd asks nobody for a code"
healthy_sshd "KbdInteractiveAuthentication no" "AuthenticationMethods any"
finds "sshd_config: KbdInteractiveAuthentication no" sshd-pam problem "can't ask for a code"
sshd_finds "PasswordAuthentication yes" sshd-password problem "counts as a wrong code"
sshd_finds "AuthenticationMethods any" sshd-methods warning "'PubkeyAuthentication yes' lets in"
sshd_finds "AuthenticationMethods publickey keyboard-interactive" sshd-methods problem \
	"lets in by 'publickey' without a code"
sshd_finds "PermitRootLogin yes" sshd-root warning "root is not enrolled"
sshd_finds "PermitEmptyPasswords yes" sshd-password warning "of no use"
sshd_finds "NoSuchOption yes" sshd warning "can't be read: .*"
healthy_sshd
printf 'Match Group staff\n\tPasswordAuthentication yes\n' >>/etc/ssh/sshd_config
finds "sshd_config: Match" sshd-match warning "which were not looked at"
pam_twokey sshd ask=code
healthy_sshd
finds "sshd: the code alone" pam-password problem "^/etc/pam.d/sshd:1: the code alone"
healthy_sshd "AuthenticationMethods publickey,keyboard-interactive"
passes "sshd: a public key and the code" pam-password sshd-methods
healthy_sshd "AuthenticationMethods any" "PubkeyAuthentication no"
passes "sshd: no public keys" sshd-methods
pam_twokey sshd ask=combined
healthy_sshd "PasswordAuthentication yes" "AuthenticationMethods password"
passes "sshd: password and code in one field" sshd-password sshd-methods sshd-pam
user=root enrol
healthy_sshd "PermitRootLogin prohibit-password"
finds "sshd: root is enrolled in vain" sshd-root warning "keeps root's password and code out"
healthy_sshd "PermitRootLogin yes"
passes "sshd: root is enrolled" sshd-root
rm -r /run/sshd
finds "sshd: it can't be asked" sshd warning "privilege separation directory"
healthy_sshd

# --- sudo and su

mv /etc/pam.d/sudo-i "$work/sudo-i"
printf '@include common-auth\n@include common-account\n' >/etc/pam.d/sudo-i
finds "sudo, but not sudo -i" twins problem "'sudo' asks for a code, and 'sudo-i' does not"
mv "$work/sudo-i" /etc/pam.d/sudo-i
passes "both" twins
pam_twokey su-l
finds "su -, but not su" twins problem "'su-l' asks for a code, and 'su' does not"
pam_twokey su
passes "both" twins
echo "$user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/twokey-test
finds "NOPASSWD" sudoers warning "^/etc/sudoers.d/twokey-test:1: with NOPASSWD" "visudo -f "
echo "Defaults !authenticate" >/etc/sudoers.d/twokey-test
finds "!authenticate" sudoers warning "^/etc/sudoers.d/twokey-test:1: "
echo "# NOPASSWD: is not used here" >/etc/sudoers.d/twokey-test
passes "a comment" sudoers
mkdir /etc/sudoers.d/directory
passes "a directory in sudoers.d" sudoers
rmdir /etc/sudoers.d/directory

# is_not_ok: sudo's settings are not said to be all right.
is_not_ok() {
	check_status 1 "and nothing good is said of sudo" grep -q "sudo asks for a code whatever" "$work/json"
}

# unread CALL PATH: sudo's settings can't be looked at, for this call on this path fails.
unread() {
	failing "$1:error=EIO" "$2" twokey doctor --json >"$work/json"
	found "$1 fails on $2" sudoers warning "^$2 can't be looked at: Input/output error$" "^visudo -c$"
	is_not_ok
}

unread openat /etc/sudoers
unread read /etc/sudoers
unread openat /etc/sudoers.d
unread getdents64 /etc/sudoers.d
unread read /etc/sudoers.d/twokey-test
chmod 440 /etc/sudoers /etc/sudoers.d/twokey-test
listen "$work/output" as_user twokey doctor --json >"$work/json"
found "who is not root can't look at them" sudoers warning \
	"^/etc/sudoers can't be looked at: Permission denied$" "^sudo twokey doctor$"
is_not_ok
check "and is told so once" test "$(grep -c '"check": "sudoers"' "$work/json")" = 1

check_status 0 "all is well again" twokey doctor

finish
