# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The commands by which $user sees and changes what is $user's own, for topics that break them in
# the middle; see operations.sh. Whoever verifies needs must_fail and wants_a_word.
#
#   renewed, then after_own_status      own_status COMMAND...
#   renewed, then after_own_recovery    own_recovery COMMAND...
#   with_spare, then after_own_remove   own_remove COMMAND...
# shellcheck disable=SC2154 # e2e.sh and operations.sh have the variables

# typing_own WORD... -- COMMAND...: 'twokey WORD...' of $user's own, who types password and code.
typing_own() {
	local before behind
	at_dashes "$@"
	printf '%s\n' "$password" "$typed" |
		listen "$work/errors" "${behind[@]}" setpriv --reuid="$user" --regid="$user" --init-groups \
			twokey "${before[@]}"
}
own_status() {
	typing_own status "$user" --json -- "$@"
}
own_recovery() {
	typing_own recovery "$user" --count 1 -- "$@"
}
own_remove() {
	typing_own remove "$user" --device spare -- "$@"
}

after_own() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
	else
		[[ $status =~ ^[1-3]$ ]] || trouble+="ended with $status; "
		# A write may be that of the word, in another process.
		[ "$call" = write ] || wants_a_word
		result "$typed" >/dev/null
	fi
	wants "the code, once spent" "$(result "$typed")" 7
	nothing_stays
}
after_own_status() {
	[ "$status" != 0 ] || wants "devices" "$(json '["devices"].__len__()' <"$work/seen/output")" 1
	after_own
}
after_own_recovery() {
	after_own
	if [ "$status" = 0 ]; then
		wants "an old recovery code" "$(result "${recovery[0]}")" 7
		read_recovery_codes "$work/seen/output"
		wants "the new one" "$(result "${recovery[0]-none}")" 0
	fi
}
after_own_remove() {
	after_own
	[ "$status" != 0 ] || wants "the spare" "$(new_phone)" 7
	wants "the next code" "$(result "$next")" 0
}
