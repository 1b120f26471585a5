# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What find_secrets.py is to find nowhere, in $work/wanted.
#
#   note NAME VALUE...     a secret that must be nowhere
#   person                 a new user, as new_user has it, and all that is secret of them
#   eight_digits [SECONDS] their code now, or then
#   build_keep_freed       $work/keep_freed.so, see tests/tools/keep_freed.c
#   nothing_in NAME FILE...  memory of a process with it: what it planted is found, no secret is
# shellcheck disable=SC2154 # e2e.sh has the variables

note() {
	local name=$1
	shift
	printf "$name\t%s\n" "$@" >>"$work/wanted"
}

# Each has codes of eight digits: six might stand somewhere by chance.
person() {
	local -a hashes
	new_user --digits 8
	: >"$work/wanted"
	note password "$password"
	note key "$key"
	note "recovery code" "${recovery[@]}"
	note "password hash" "$(getent shadow "$user" | cut -d: -f2)"
	mapfile -t hashes < <(sed -n 's/^recovery: //p' "/var/lib/twokey/users/$user")
	note "recovery hash" "${hashes[@]}"
}

eight_digits() {
	oathtool --base32 --totp --digits 8 --now "@$(now_plus "${1-0}")" - <<<"$key" | remember
}

# Bound at once: what a register still holds would be saved on the stack where a call is bound late.
build_keep_freed() {
	cc -std=c11 -D_GNU_SOURCE -O2 -fno-builtin -shared -fPIC -Wl,-z,now -o "$work/keep_freed.so" \
		"$here/../../tools/keep_freed.c" || die "keep_freed.c does not build"
}

nothing_in() {
	local name=$1
	shift
	check "$name: the marker is found in freed memory" \
		test -z "$(grep -La "<left<free<by<hand>" "$@")"
	check "$name: the marker is found on the stack" \
		test -z "$(grep -La "<left<below<by<hand>" "$@")"
	check "$name: no secret is" "$here/find_secrets.py" "$work/wanted" "$@"
}
