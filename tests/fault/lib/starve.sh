# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Commands whose memory runs out, by tests/tools/starve.c. A function that verifies looks at
# $status, and at what was shown in $work/seen/output, and collects what is wrong in $trouble.
#
#   at_every_allocation NAME STEP PREPARE VERIFY COMMAND
#   after_accepted, after_wrong      what a login owes, with $typed
#   must_fail, must_go_on            no: what was done without is not known
#   wants_a_word                     on standard error
. "$(dirname "$0")/lib/operations.sh"

starve=$work/starve.so
cc -shared -fPIC -O2 -D_GNU_SOURCE -o "$starve" "$here/../../tools/starve.c" -ldl || die "no library to preload"

# shellcheck disable=SC2034 # for the topics
at='' call='' status=0 from_start=() starver=starved
mkdir "$work/seen"

# starved COMMAND...: its allocation number $at fails.
starved() {
	env LD_PRELOAD="$starve" STARVE_AT="$at" STARVE_COUNT="$work/count" "${from_start[@]}" "$@"
}

# count_allocations COMMAND: in $total, of the one of its processes that has the most.
count_allocations() {
	: >"$work/count"
	at=0 run "$1" "$starver"
	total=$(sort -n "$work/count" | tail -n 1)
}

# at_every_allocation NAME STEP PREPARE VERIFY COMMAND: each STEPth alone, and all from there on.
at_every_allocation() {
	local name=$1 step=$2 prepare=$3 verify=$4 command=$5 number total runs=0 bad=$failed
	"$prepare"
	count_allocations "$command"
	for number in $(seq 1 "$step" "$total"); do
		for at in "$number" "$number+"; do
			runs=$((runs + 1))
			trouble=
			"$prepare"
			run "$command" "$starver"
			status=$?
			cp "$work/output" "$work/seen" # before others run
			[ "$status" -lt 126 ] || trouble+="ended with $status; "
			"$verify"
			[ -z "$trouble" ] || fail "$name: allocation $at of $total" "$trouble"
		done
	done
	check "$name: $runs failures in $total allocations, and all is well" \
		test "$total" -ge 5 -a "$failed" = "$bad"
}

must_fail() {
	false
}
must_go_on() {
	false
}

# The C library and others have words of their own for it.
wants_a_word() {
	grep -Eq '^twokey: |out of memory|Cannot allocate memory' "$work/errors" ||
		trouble+="nothing was said; "
}

# --- Logins

# Whom the module decided about is in the log, with no memory to write it: PAM_SUCCESS, PAM_AUTH_ERR,
# PAM_AUTHINFO_UNAVAIL and PAM_CONV_ERR are its own.
logged_once() {
	case $status in
	0 | 7 | 9 | 19) wants "log lines after $status" "$(said_times ' result=')" 1 ;;
	esac
}

after_accepted() {
	logged_once
	[ "$status" = 0 ] || result "$typed" >/dev/null
	wants "the code, once spent" "$(result "$typed")" 7
	wants "the next code" "$(result "$next")" 0
}

# Where it was looked at, the driver was told so.
after_wrong() {
	logged_once
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
	[ "$status" != 7 ] || wants "failures" "$(state_of failures)" 1
	wants "a right code" "$(result "$right")" 0
}
