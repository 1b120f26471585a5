#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Memory runs out in the commands that take or tell many users at once: no crash, nobody enrolled by
# half, what was said to be done is done, and JSON tells all or the exit status is 3. STEP=1 leaves
# no allocation out.
. "$(dirname "$0")/lib/starve.sh"
. "$(dirname "$0")/lib/sources.sh"

readonly STEP=${STEP-5}
# These have many allocations, most of them in libraries that they load.
readonly TRY_STEP=$((STEP == 1 ? 1 : STEP * 3)) DOCTOR_STEP=$((STEP == 1 ? 1 : STEP * 7))

from_start=(STARVE_FROM_START=1)

# --- import

# What was not told to have failed is told in JSON, and there; and there is no user by half.
after_import() {
	local imported phone
	phone=$(new_phone)
	[[ $phone =~ ^[07]$ ]] || trouble+="a login: $phone; "
	if [ "$status" -le 1 ]; then
		imported=$(json '["imported"].__len__()' <"$work/output" 2>&1)
		[[ $imported =~ ^[01]$ ]] || trouble+="no whole JSON; "
		[ "$imported" != 1 ] || wants "the phone" "$phone" 0
		[ "$status" != 0 ] || wants "imported" "$imported" 1
	else
		grep -Eqh '^twokey: |out of memory|Cannot allocate memory' "$work/errors" "$work/output" ||
			trouble+="nothing was said; "
	fi
	no_litter
}

# --- enroll --batch

batch() {
	listen "$work/errors" "$@" twokey enroll --batch "$work/list" --out "$OUT" --recovery-codes 1 --json
}
after_batch() {
	local enrolled
	if [ "$status" -le 1 ]; then
		enrolled=$(json '["enrolled"]' <"$work/output" 2>&1)
		[[ $enrolled =~ ^[0-3]$ ]] || trouble+="no whole JSON; "
		[ "$status" = 1 ] || wants "enrolled" "$enrolled" 3
	fi
	sheets_end_whole
}

# --- What tells

list_json() {
	listen "$work/errors" "$@" twokey list --json
}
list_text() {
	listen "$work/errors" "$@" twokey list
}
list_unenrolled() {
	listen "$work/errors" "$@" twokey list --unenrolled --json
}
status_json() {
	listen "$work/errors" "$@" twokey status "$user" --json
}
show_text() {
	listen "$work/errors" "$@" twokey show "$user"
}
show_json() {
	listen "$work/errors" "$@" twokey show "$user" --json
}
export_uri() {
	listen "$work/errors" "$@" twokey export uri --json
}
export_oath() {
	listen "$work/errors" "$@" twokey export oath
}
doctor_json() {
	listen "$work/errors" "$@" twokey doctor --json
}
try_json() {
	printf '%s\n' x 000000 | listen "$work/errors" "$@" twokey try "$SERVICE" nobody --json
}

# Once, to compare. Where the host's locale can't be loaded a QR code is drawn in ASCII.
nothing() { :; }
remember_told() {
	[ -s "$work/told.$1" ] || aside "$1" env >"$work/told.$1"
	[ -s "$work/told.$1.ascii" ] || aside "$1" env LC_ALL=C >"$work/told.$1.ascii"
}
# All of it, or exit status 3 and a word.
tells_all() {
	if [ "$status" -le 1 ]; then
		cmp -s "$work/output" "$work/told.$1" || cmp -s "$work/output" "$work/told.$1.ascii" ||
			trouble+="something is missing; "
	else
		grep -q '^twokey: ' "$work/errors" || trouble+="nothing was said; "
	fi
}
# What can't be looked at, or what the stack logs of it, is told as such: but it is told.
tells_findings() {
	if [ "$status" -le 1 ]; then
		json '.__len__()' <"$work/output" >/dev/null 2>&1 || trouble+="no whole JSON; "
	else
		grep -q '^twokey: ' "$work/errors" || trouble+="nothing was said; "
	fi
}
tells_refusal() {
	tells_findings
	[ "$status" != 0 ] || trouble+="success with a wrong code; "
}

# Where no memory is left for a module that it loads, glibc ends the process.
sed -i 's/^\(passwd\|group\|shadow\|gshadow\):.*/\1: files/' /etc/nsswitch.conf

pam_twokey "$SERVICE"
new_user
write_sources
printf '%s\n' b1 b2 b3 >"$work/list"
for format in google oath pskc uri; do
	at_every_allocation "import $format" "$STEP" not_enrolled after_import "import_$format"
done
at_every_allocation "enroll --batch" "$STEP" forget_sheets after_batch batch
forget_sheets
enrol --replace
new_user --algorithm SHA256
for command in list_json list_text list_unenrolled status_json show_text show_json export_uri export_oath; do
	remember_told "$command"
	verify() { tells_all "$command"; }
	at_every_allocation "${command/_/ }" "$STEP" nothing verify "$command"
done
at_every_allocation "try" "$TRY_STEP" nothing tells_refusal try_json
at_every_allocation "doctor" "$DOCTOR_STEP" nothing tells_findings doctor_json

finish
