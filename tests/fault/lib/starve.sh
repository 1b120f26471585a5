# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Commands whose memory runs out, by tests/tools/starve.c. A function that verifies looks at
# $status, and collects what is wrong in $trouble.
#
#   at_every_allocation NAME STEP PREPARE VERIFY COMMAND
. "$(dirname "$0")/lib/operations.sh"

starve=$work/starve.so
cc -shared -fPIC -O2 -o "$starve" "$here/../../tools/starve.c" -ldl || die "no library to preload"

# shellcheck disable=SC2034 # for the topics
at='' status=0 from_start=()

# starved COMMAND...: its allocation number $at fails.
starved() {
	env LD_PRELOAD="$starve" STARVE_AT="$at" STARVE_COUNT="$work/count" "${from_start[@]}" "$@"
}

# allocations_of COMMAND: of the one of its processes that has the most.
allocations_of() {
	: >"$work/count"
	at=0 run "$1" starved
	sort -n "$work/count" | tail -n 1
}

# at_every_allocation NAME STEP PREPARE VERIFY COMMAND: each STEPth alone, and all from there on.
at_every_allocation() {
	local name=$1 step=$2 prepare=$3 verify=$4 command=$5 number total runs=0 bad=$failed
	"$prepare"
	total=$(allocations_of "$command")
	for number in $(seq 1 "$step" "$total"); do
		for at in "$number" "$number+"; do
			runs=$((runs + 1))
			trouble=
			"$prepare"
			run "$command" starved
			status=$?
			[ "$status" -lt 126 ] || trouble+="ended with $status; "
			"$verify"
			[ -z "$trouble" ] || fail "$name: allocation $at of $total" "$trouble"
		done
	done
	check "$name: $runs failures in $total allocations, and all is well" \
		test "$total" -ge 5 -a "$failed" = "$bad"
}
