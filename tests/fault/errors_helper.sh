#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each system call of twokey-helper fails in each way that it can, from its first own one on: in
# logins of users who may not open the store, and where they enrol themselves. In the program that
# asks it those calls fail by which it is started and waited for, and with STEP=1 the others. What a
# login owes is owed here too, and where reads and writes move a few bytes at a time. STEP=1 leaves
# out no call that errors_of knows.
. "$(dirname "$0")/lib/errors.sh"

# What starts a process and waits for it.
readonly PROCESS_CALLS="^(pipe2|clone3?|dup2|wait4)\$"

code_by_helper() {
	"$@" setpriv --reuid="$user" --regid="$user" --init-groups \
		"$driver" "$SERVICE-code" "$user" "$typed"
}

# Who is not enrolled would be let in, and asked nothing.
code_if_enrolled() {
	"$@" setpriv --reuid="$user" --regid="$user" --init-groups \
		"$driver" "$SERVICE-allow" "$user" "$typed"
}

helper_setup
user_stack
pam_service "$SERVICE-allow" <<-END
	auth     required pam_twokey.so ask=code unenrolled=allow
	auth     required pam_permit.so
	account  required pam_permit.so
END
pam_twokey "$SERVICE"
pam_twokey "$SERVICE-code" ask=code
echo "# nothing of note" >"$CONF"
new_user
other=$user
new_user
at_every_call "whoever asks the helper" "$PROCESS_CALLS" "$NONE" renewed after_accepted login_by_helper
by_few_bytes 0 "a right code" renewed after_accepted login_by_helper
by_few_bytes 7 "a wrong code" with_wrong after_wrong login_by_helper
by_few_bytes 0 "a recovery code" with_recovery after_accepted login_by_helper
by_few_bytes 0 "the code alone" renewed after_accepted code_by_helper
by_few_bytes 0 "enrolled by oneself" not_enrolled after_enrolled_oneself enrol_oneself
helper_under root 4755 "$work/traced"
tracer=(trace_inside)
begins_at='^rt_sigaction[(]SIGHUP'
at_every_call "a right code" "$STORE_CALLS" . renewed after_accepted login_by_helper
at_every_call "a wrong code" "$STORE_CALLS" . with_wrong after_wrong login_by_helper
at_every_call "a recovery code" "$NONE" . with_recovery after_accepted login_by_helper
at_every_call "the code alone" "$NONE" . renewed after_accepted code_by_helper
at_every_call "the code alone, wrong" "$NONE" . with_wrong after_wrong code_by_helper
echo "unenrolled = allow" >"$CONF"
at_every_call "unenrolled=allow, a wrong code" "$LOOKS" . with_wrong after_wrong code_if_enrolled
echo "# nothing of note" >"$CONF"
# What strace lets fail is not done, and a pipe that no kernel leaves open is waited for.
SPARED="close\(N<pipe:|${SPARED-^\$}" FEWER=8 at_every_call "enrolled by oneself" "$NONE" . \
	not_enrolled after_enrolled_oneself enrol_oneself

finish
