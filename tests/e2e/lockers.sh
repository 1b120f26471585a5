#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Screen lockers, which run as their user: one that has one field, and one that shows each prompt.
. "$(dirname "$0")/lib/e2e.sh"

readonly SCREEN=:7
# Of the fail delay, in which a locker takes no key: libpam makes half as much again of it by chance.
readonly DELAY=3.2

# The display's user, whose password has no letter that a keyboard lacks.
new_keyboard_user() {
	new_user
	password=$(head -c 9 /dev/urandom | od -An -tx1 | tr -d ' \n')
	secret "$password"
	chpasswd <<<"$user:$password"
}

decisions() {
	grep -ac 'pam_twokey(.*:auth): .* result=' "$work/log"
}

decided() {
	[ "$(decisions)" -gt "$before" ]
}

# What shows that a locker has the screen: its window, or the saver that it starts then.
has_screen() {
	xdotool search --onlyvisible --class i3lock || pgrep -P "$locker" saver_multiplex
}

# lock COMMAND...: the screen, until it is unlocked.
lock() {
	setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all \
		env DISPLAY="$SCREEN" HOME="/home/$user" XSECURELOCK_PAM_SERVICE=xsecurelock \
		XSECURELOCK_NO_COMPOSITE=1 XSECURELOCK_SAVER=saver_blank \
		XSECURELOCK_DISCARD_FIRST_KEYPRESS=0 "$@" >"$work/locker" \
		2>>"$work/stderr.all" &
	locker=$!
	wait_until has_screen
}

unlock_by_force() {
	kill "$locker" 2>/dev/null
	wait "$locker"
}

type_line() {
	xdotool type --delay 5 "$1"
	xdotool key Return
}

# Whether the locker has gone, once the module has decided.
is_unlocked() {
	wait_until decided
	for _ in {1..150}; do
		kill -0 "$locker" 2>/dev/null || return 0
		sleep 0.02
	done
	return 1
}

# i3lock_answer TEXT: what is typed into its one field.
i3lock_answer() {
	before=$(decisions)
	type_line "$1"
	is_unlocked
}

# xsecurelock_answer PASSWORD CODE: the prompts take their moment to come.
xsecurelock_answer() {
	before=$(decisions)
	sleep 1
	type_line "$1"
	sleep 3
	type_line "$2"
	is_unlocked
}

helper_setup
pam_twokey i3lock ask=combined
pam_twokey xsecurelock
# Without a reset when its last client goes: the next one may come just then. Without auto-repeat.
in_background Xvfb "$SCREEN" -screen 0 640x480x24 -nolisten tcp -ac -r -noreset
wait_until test -S "/tmp/.X11-unix/X${SCREEN#:}"
export DISPLAY=$SCREEN

new_keyboard_user
lock i3lock --nofork
kept_out wrong_code "one field: a wrong code" i3lock_answer "$password$(wrong_code)"
sleep "$DELAY"
kept_out wrong_password "one field: a wrong password" i3lock_answer "x$password$(code)"
sleep "$DELAY"
let_in code_accepted "one field: right" i3lock_answer "$password$(code)"
logged "the log tells the screen" "tty=$SCREEN .*service=i3lock caller_uid=$(id -u "$user") "

new_keyboard_user
lock xsecurelock
kept_out wrong_code "two prompts: a wrong code" xsecurelock_answer "$password" "$(wrong_code)"
unlock_by_force
lock xsecurelock
right=$(code)
let_in code_accepted "two prompts: right" xsecurelock_answer "$password" "$right"
lock xsecurelock
kept_out replayed_code "two prompts: the same code again" xsecurelock_answer "$password" "$right"
unlock_by_force
lock xsecurelock
let_in recovery_accepted "two prompts: a recovery code" \
	xsecurelock_answer "$password" "${recovery[0]}"

finish
