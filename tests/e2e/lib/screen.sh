# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Terminals as a person sees them, by tmux.
#
#   screen_open COLUMNSxROWS COMMAND   a shell runs it there
#   on_screen TMUX-COMMAND...          send-keys, capture-pane
#   screen_says REGEX                  such a line stands there
#   screen_close
# shellcheck disable=SC2154 # e2e.sh has the variables

export TMUX_TMPDIR=$work
screens=0

# A server each: one that is ending takes no new session.
screen_open() {
	screens=$((screens + 1))
	on_screen -f /dev/null new-session -d -x "${1%x*}" -y "${1#*x}" "$2" || die "tmux"
}

on_screen() {
	tmux -L "screen$screens" "$@"
}

screen_says() {
	on_screen capture-pane -p | grep -E -- "$1"
}

screen_close() {
	on_screen kill-server
}
