#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the README says under "SSH and sudo in a minute", done to Debian's own files with the lines
# that stand there.
. "$(dirname "$0")/lib/e2e.sh"

readme=$here/../../../README.md

# told FILE: the module's line that the README has for /etc/pam.d/FILE.
told() {
	sed -n "\\|/etc/pam.d/$1|,\$p" "$readme" | sed -n 's/^ *\(auth required pam_twokey.so\)$/\1/p' |
		head -n 1
}

# in_place_of_common_auth FILE
in_place_of_common_auth() {
	check "Debian's /etc/pam.d/$1 has common-auth" grep -q '^@include common-auth' "/etc/pam.d/$1"
	sed -i "s/^@include common-auth.*/$(told "$1")/" "/etc/pam.d/$1"
	check "and now the README's line" grep -qx 'auth required pam_twokey.so' "/etc/pam.d/$1"
}

sshd_lines() {
	sed -n '/`\/etc\/ssh\/sshd_config`/,/public key and a code/p' "$readme" |
		sed -n 's/^        \([A-Z][A-Za-z]* .*\)/\1/p'
}

new_user
in_place_of_common_auth sshd
in_place_of_common_auth sudo
mapfile -t lines < <(sshd_lines)
check "the README has three lines for sshd_config" test "${#lines[@]}" = 3
# Session modules for a real boot have nothing to do with it.
sed -i '/pam_loginuid\|pam_keyinit\|pam_selinux/d' /etc/pam.d/sshd
sshd_start "${lines[@]}"
kept_out wrong_code "ssh: wrong code" ssh_login "$user" "$password" "$(wrong_code)"
let_in code_accepted "ssh: password and code" ssh_login "$user" "$password" "$(code)"

sudo_setup
kept_out wrong_code "sudo: wrong code" sudo_login "$password" "$(wrong_code)"
let_in code_accepted "sudo: password and code" sudo_login "$password" "$(code 1)"

finish
