#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Threads of one process, each a login, under the tool that $UNDER names: of one user and of several,
# let in and refused, in each way of asking.
. "$(dirname "$0")/../fault/lib/fault.sh"

readonly THREADS=${THREADS-8}

# at_once NAME OPTION...: the driver's crowd; none of it ended by a signal.
at_once() {
	local name=$1
	shift
	# shellcheck disable=SC2086 # a tool with its options
	check "$name" timeout 600 ${UNDER-} "$driver" --threads "$THREADS" "$@"
}

# got_in NAME COUNT: of the last crowd.
got_in() {
	equal "$1" "$(shown_times 'result: 0')" "$2"
}

# in_turn LINE...: a file whose lines are taken by one thread each.
in_turn() {
	printf '%s\n' "$@" >"$work/crowd"
}

pam_twokey both
pam_twokey combined ask=combined
pam_twokey code ask=code debug
pam_twokey broken colour=red

new_user
right=$(code)
at_once "one code" code "$user" "$right"
got_in "one gets in" 1
at_once "one recovery code" code "$user" "${recovery[0]}"
got_in "one gets in" 1
at_once "a right password, a wrong code" both "$user" "$password" "$(wrong_code)"
got_in "nobody gets in" 0
at_once "past the lock" combined "$user" "$password${recovery[1]}"
got_in "one gets in" 1
at_once "a wrong password" both "$user" "not $password" "$(code)"
at_once "no answer" both "$user"
at_once "an option that is none" broken "$user" "$password" "$(code)"
got_in "nobody gets in" 0

people_then=()
for _ in $(seq "$THREADS"); do
	new_user --recovery-codes 0
	people_then+=("$user	$password	$(code)")
done
in_turn "${people_then[@]}"
at_once "different users" --each "$work/crowd" both
got_in "all get in" "$THREADS"

new_person
in_turn "$user	$password	123456" "nobody-here	$password	123456" "${people_then[0]}" \
	"${people_then[1]%	*}	123456"
at_once "users of each kind" --each "$work/crowd" both
got_in "nobody gets in" 0

finish
