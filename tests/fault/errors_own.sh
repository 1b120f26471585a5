#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of the commands by which users see and change what is theirs, and of the
# twokey-helper that they ask, fails in each way that it can: no success that is not on disk, a word
# where it is none, the code spent once. And each works where reads and writes move a few bytes at a
# time. STEP=1 leaves out no call that errors_of knows, but for what an enrolment at a terminal
# repeats.
. "$(dirname "$0")/lib/errors.sh"
. "$(dirname "$0")/lib/own.sh"

# trace_command OPTION... -- enrol_oneself COMMAND...: what is typed into, and all that it starts.
trace_command() {
	local before behind
	at_dashes "$@"
	"${behind[0]}" --strace "${before[*]}" "${behind[@]:1}"
}
# Nobody is asked for a password that the terminal would show.
after_enrolled_unseen() {
	[ "$call" != ioctl ] || ! grep -Fq -- "$password" "$work/output" ||
		trouble+="the password was shown; "
	after_enrolled_oneself
}

# As many pam_unix closes before it starts its own helper.
ulimit -n 256
helper_setup
user_stack
pam_twokey "$SERVICE"
echo "self_enroll = yes" >"$CONF"
new_user
other=$user
new_user
# What strace lets fail is not done, and a pipe that no kernel leaves open is waited for.
readonly WAITED_FOR="close\(N<pipe:"
for what in status recovery remove; do
	prepare=$([ "$what" = remove ] && echo with_spare || echo renewed)
	by_few_bytes 0 "$what, by oneself" "$prepare" "after_own_$what" "own_$what"
	SPARED="$WAITED_FOR|${SPARED-^\$}" FEWER=3 at_every_call "$what, by oneself" "$NONE" . \
		"$prepare" "after_own_$what" "own_$what"
done
tracer=(trace_command)
# Of a message that the terminal does not take nothing is to be seen.
SPARED="^write\$|$WAITED_FOR|${SPARED-^\$}" TIMES=1 at_every_call "whoever enrols oneself" "^ioctl\$" \
	"$NONE" not_enrolled after_enrolled_unseen enrol_oneself

finish
