# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What find_secrets.py is to find nowhere, in $work/wanted.
#
#   note NAME VALUE...     a secret that must be nowhere
#   person                 a new user, as new_user has it, and all that is secret of them
#   eight_digits [SECONDS] their code now, or then
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
