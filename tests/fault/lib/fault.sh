# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What every topic of tests/fault begins with: the vocabulary of tests/e2e, the driver of
# tests/tools, and the name of a service whose stack is the module alone.
# A topic runs as those of tests/e2e do:
#
#   sudo tests/box --bind DIR /disk BUILD=DIR tests/fault/TOPIC.sh
#
#   state_of FIELD       of $user's status
#   said_times REGEX     lines that the last COMMAND made logged
#   shown_times REGEX    what the driver counted there
#   equal NAME GOT WANTED
. "$(dirname "$0")/../e2e/lib/e2e.sh"

# shellcheck disable=SC2034 # for the topics
readonly SERVICE=twokey-test STORE=/var/lib/twokey

readonly driver=$work/attempt
cc -O2 -o "$driver" "$here/../../tools/attempt.c" -lpam -lpthread || die "the driver does not build"

# state_of FIELD: of $user's status, as JSON has it.
state_of() {
	twokey status "$user" --json | json "[\"$1\"]"
}

# said_times REGEX: such lines of what the last command made logged.
said_times() {
	grep -cEa -- "$1" "$work/said"
}

# shown_times REGEX: what the driver counted there, 0 if nothing.
shown_times() {
	sed -nE "s/^$1 x ([0-9]+)\$/\1/p" "$work/output" | grep . || echo 0
}

# equal NAME GOT WANTED
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail "$1" "$2, not $3"
	fi
}
