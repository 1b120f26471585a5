# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The operations that topics of tests/fault break in the middle: logins with a right code, a wrong
# one and a recovery code, the session after one, and the commands that change a record. For each a
# function that brings about what comes before, and the operation, which runs what stands before it in
# its arguments:
#
#   renewed, with_wrong, with_recovery                  typed_login COMMAND...
#   renewed, with_wrong, with_recovery                  login_by_helper COMMAND...
#   with_news                                           open_session COMMAND...
#   not_enrolled                                        enrol_at_login COMMAND...
#   not_enrolled                                        enrol_oneself COMMAND...
#   no_store, not_enrolled, renewed, locked_out, spent  command_NAME COMMAND...
#   with_spare                                          the same, where there is a device to remove
#   spare_spent                                         command_remove_device COMMAND...
#
# $user has $key and $recovery, $typed is typed, $right is the code of now, $next the one after, $wrong
# one far from any that could be right.
# Whoever verifies collects what is wrong in $trouble.
# shellcheck disable=SC2034 # for the topics
. "$(dirname "$0")/lib/fault.sh"

typed='' right='' next='' wrong='' trouble=''

# wants WHAT GOT WANTED
wants() {
	[ "$2" = "$3" ] || trouble+="$1: $2, not $3; "
}

# result ANSWER: the PAM code of a login with it.
result() {
	"$driver" "$SERVICE" "$user" "$password" "$1" >/dev/null </dev/null
	echo "$?"
}

# --- Logins

key=$(head -c 20 /dev/urandom | base32)
secret "$key"
echo "$key" >"$work/key"

# The time step, of 30 seconds, that the phone was looked at last.
shown_in=''

# look_at_phone: sets $right, $next and $wrong, which stay the same for a step.
look_at_phone() {
	[ "$shown_in" != $((EPOCHSECONDS / 30)) ] || return 0
	shown_in=$((EPOCHSECONDS / 30))
	right=$(code) next=$(code 1) wrong=$(wrong_code)
}

# Fresh, with the same key, of which a record that was replaced would keep what was used.
renewed() {
	aside twokey remove "$user" >/dev/null
	together twokey enroll "$user" --no-confirm --qr none --recovery-codes 2 --secret-stdin \
		<"$work/key" >"$work/enrolled" || die "$(cat "$work/enrolled")"
	read -r key <"$work/key"
	read_recovery_codes "$work/enrolled"
	look_at_phone
	typed=$right
}
with_wrong() {
	renewed
	typed=$wrong
}
with_recovery() {
	renewed
	typed=${recovery[0]}
}
typed_login() {
	"$@" "$driver" "$SERVICE" "$user" "$password" "$typed"
}

# $typed is spent by a login.
spend() {
	local entered
	entered=$(result "$typed")
	[ "$entered" = 0 ] || die "$typed does not get in: $entered"
}
spent() {
	renewed
	spend
}

# What is known of a state is kept, whether its file is the old one or the new one: no code counts
# anew.
still_spent() {
	wants "the code, once spent" "$(result "$typed")" 7
	wants "the next code" "$(result "$next")" 0
}

# --- The session after a login

# pam_telling SERVICE: sessions alone, for a login by $SERVICE.
pam_telling() {
	pam_service "$1" <<-END
		auth     required pam_permit.so
		session  required pam_permit.so
		session  optional pam_twokey.so
	END
}

# A wrong code was tried before $typed got in, and nobody was told.
with_news() {
	renewed
	result "$wrong" >/dev/null
	spend
}
open_session() {
	"$@" "$driver" --session "$SERVICE-session" "$user"
}

# news_in FILE: how often a session told of it there.
news_in() {
	grep -c '^info: 1 wrong code was tried before this login, ' "$1"
}

# told_next: how often the next session does.
told_next() {
	open_session env >"$work/next_session" </dev/null
	news_in "$work/next_session"
}

# told_at_last FILE: by the session whose output that is, or by the next one, or by both.
told_at_last() {
	[ $(($(news_in "$1") + $(told_next))) -ge 1 ] || trouble+="the user was not told; "
	wants "told by the session after" "$(told_next)" 0
}

# --- Enrolment at a login

# pam_enrolling SERVICE: who has no record gets one.
pam_enrolling() {
	pam_service "$1" <<-END
		auth     required pam_twokey.so unenrolled=enroll
		account  required pam_twokey.so
		password required pam_twokey.so
	END
}

cc -O2 -o "$work/login_silently" "$here/../../tools/login_silently.c" -lpam ||
	die "login_silently.c does not build"

host=("$work/login_silently")

# All that $user types at $host.
enrol_at_login() {
	"$@" "$here/enrol_at_login.py" "password=$password" code= app enter -- "${host[@]}" "$SERVICE-enrol" \
		"$user" enrol
}

# seen_at_login: a record is one of which key and recovery codes were seen. Sets $enrolled.
seen_at_login() {
	local key
	key=$(sed -n 1p "$work/output")
	[ "$key" = None ] || secret "$key"
	enrolled=$(state_of enrolled)
	if [ "$enrolled" = true ]; then
		wants "the phone" "$(result "$(code 1)")" 0
		wants "a recovery code" \
			"$(result "$(grep -Em 1 '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$' "$work/output")")" 0
	fi
}

# Who is in is enrolled. Of the rest there is a line of the module's, or libpam's own.
after_enrolled_at_login() {
	local enrolled
	[ "$status" != 124 ] || trouble+="the user waits in vain; "
	seen_at_login
	if [ "$status" = 0 ]; then
		wants "is enrolled" "$enrolled" true
	elif [[ ! ${call-none} =~ ${LOGGING-^$} ]]; then
		grep -Eq ' result=(error|refused) | enrolment failure;|: (PAM |vasprintf: )' "$work/said" ||
			trouble+="nothing was logged; "
	fi
	nothing_stays
}

# --- By the helper

# What the helper asks by for the password of who enrols.
user_stack() {
	install -m 644 "$here/../../../helper/pam.d/twokey" /etc/pam.d/twokey
}

login_by_helper() {
	"$@" setpriv --reuid="$user" --regid="$user" --init-groups \
		"$driver" "$SERVICE" "$user" "$password" "$typed"
}

# $user enrols, by the command at a terminal.
enrol_oneself() {
	"$@" "$here/enrol_oneself.py" --password "$password" "$user"
}

# seen_by_oneself: a record is one of which the key was seen. Sets $enrolled.
seen_by_oneself() {
	local key
	key=$(json '["key"]' <"$work/output")
	[ "$key" = null ] || secret "$key"
	enrolled=$(state_of enrolled)
	[ "$enrolled" != true ] || wants "the phone" "$(result "$(code 1)")" 0
}

# Who has no record is told so.
after_enrolled_oneself() {
	local enrolled
	status=$(json '["status"]' <"$work/output")
	seen_by_oneself
	if [ "$status" = 0 ]; then
		wants "is enrolled" "$enrolled" true
	else
		[[ $status =~ ^[1-3]$ ]] || trouble+="ended with $status; "
		json '["shown"]' <"$work/output" | grep -q 'twokey: ' || trouble+="nothing was said; "
	fi
	nothing_stays
}

# --- Commands

no_store() {
	rm -rf "$STORE"
}
not_enrolled() {
	aside twokey remove "$user" >/dev/null
}
with_spare() {
	renewed
	together command_add env >"$work/output" || die "$(cat "$work/output")"
}
locked_out() {
	renewed
	"$driver" --processes 5 "$SERVICE" "$user" "$password" "$(wrong_code)" >/dev/null
}

# The phone that the commands enrol.
new_key=$(head -c 20 /dev/urandom | base32)
secret "$new_key"
echo "$new_key" >"$work/new_key"
# shellcheck disable=SC2016 # for the shell that runs it
printf '#!/bin/sh\nexec twokey "$@" --no-confirm --qr none --secret-stdin <%s\n' "$work/new_key" \
	>"$work/twokey_with_key"
chmod 755 "$work/twokey_with_key"

command_enroll() {
	"$@" "$work/twokey_with_key" enroll "$user"
}
command_replace() {
	"$@" "$work/twokey_with_key" enroll "$user" --replace
}
command_add() {
	"$@" "$work/twokey_with_key" enroll "$user" --add --device spare --recovery-codes 0
}
command_remove() {
	"$@" twokey remove "$user"
}
# Of two devices the first: what is known of the other one takes its place.
command_remove_device() {
	"$@" twokey remove "$user" --device phone
}
command_unlock() {
	"$@" twokey unlock "$user"
}
command_rebuild() {
	"$@" twokey unlock "$user" --rebuild
}
command_recovery() {
	"$@" twokey recovery "$user"
}

# What a command that did not end leaves in the store is gone with the next change of a record, of
# another user, $other, too.
nothing_stays() {
	is_littered || return
	aside twokey enroll "$other" --replace --recovery-codes 0 --no-confirm --qr none >/dev/null
	no_litter
}

# All that a store may hold: its directories, 64 decoys, and the users of these topics, whole files.
readonly DECOYS="decoys/([0-5][0-9]|6[0-3])" USERS="users/(anna|b)[0-9]+"
readonly OF_A_STORE="^(d 700 (users|new|decoys)|f 600 12288 ($DECOYS|$USERS))\$"

litter() {
	find "$STORE" -mindepth 1 \( -type d -printf 'd %m %P\n' -o -printf '%y %m %s %P\n' \) \
		2>/dev/null | grep -Ev "$OF_A_STORE"
}

is_littered() {
	litter >/dev/null
}

no_litter() {
	! is_littered || trouble+="litter: $(litter | xargs); "
}

# is_enrolled 0|1: the exit status of what asks.
is_enrolled() {
	aside twokey status "$user" >/dev/null
	wants "is enrolled" "$?" "$1"
}

# new_code [STEPS]
new_code() {
	local key=$new_key
	code "${1-0}"
}
new_phone() {
	result "$(new_code)"
}
new_code_gets_in() {
	wants "the new phone" "$(new_phone)" 0
}

# Two phones, and a code of the new one is spent.
spare_spent() {
	with_spare
	typed=$(new_code)
	spend
}
spare_still_spent() {
	wants "the new phone's code, once spent" "$(result "$typed")" 7
	wants "the new phone's next code" "$(result "$(new_code 1)")" 0
}

# --- Sheets for b1, b2 and b3, of whom $work/list is

OUT=/disk/$(basename "$0" .sh)

forget_sheets() {
	rm -rf "$OUT"
	find "$STORE/users" -name 'b[0-9]' -delete
}

# What a person has in hand logs in, once the batch has run again, whatever happened before.
sheets_end_whole() {
	local name
	listen "$work/errors" twokey enroll --batch "$work/list" --out "$OUT" --recovery-codes 1 --quiet ||
		trouble+="the next run: $(cat "$work/errors"); "
	for name in b1 b2 b3; do
		grep -q "^key: $(grep -Eo '([A-Z2-7]{4} ){7}[A-Z2-7]{4}' "$OUT/$name.txt" | tr -d ' ')\$" \
			"$STORE/users/$name" || trouble+="$name has no sheet; "
	done
	wants "temporary files" "$(find "$OUT" -name '.*' -type f)" ""
	no_litter
}
