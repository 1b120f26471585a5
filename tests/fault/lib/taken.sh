# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Commands that take a code of the phone, and those that write a picture of its key, for topics that
# break them in the middle; see operations.sh. Whoever verifies needs must_fail, must_go_on and
# wants_a_word.
#
#   typed_renewed                                     verify_code COMMAND...
#   typed_first, then after_confirmed                 enroll_confirmed COMMAND...
#   whole_image once; without_image and after_image   enroll_png, enroll_svg COMMAND...
# shellcheck disable=SC2034,SC2154 # e2e.sh and operations.sh have or read the variables

# --- A code

verify_code() {
	"$@" twokey verify "$user" <"$work/typed"
}
typed_renewed() {
	renewed
	echo "$typed" >"$work/typed"
}
# $user's key, and a code of the phone that has it.
typed_first() {
	local key=$new_key
	not_enrolled
	# As phone.py does: looked at in the next step, it would make a phone late that is not.
	while [ $((EPOCHSECONDS % 30)) -gt 26 ]; do
		sleep 0.1
	done
	printf '%s\n' "$new_key" "$(code)" >"$work/typed"
}
enroll_confirmed() {
	listen "$work/errors" "$@" twokey enroll "$user" --qr utf8 --recovery-codes 1 --secret-stdin \
		<"$work/typed"
}
# Whoever is enrolled has seen what to log in with.
after_confirmed() {
	local key=$new_key
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		wants "the phone" "$(result "$(code 1)")" 0
		read_recovery_codes "$work/seen/output"
		wants "the recovery code" "$(result "${recovery[0]-none}")" 0
	else
		must_go_on && trouble+="not tried again; "
		wants_a_word
	fi
	nothing_stays
}

# --- An image

readonly IMAGE=$OUT.image

without_image() {
	not_enrolled
	rm -f "$IMAGE"
}
enroll_png() {
	enroll_image png "$@"
}
enroll_svg() {
	enroll_image svg "$@"
}
enroll_image() {
	local format=$1
	shift
	listen "$work/errors" "$@" twokey enroll "$user" --no-confirm --recovery-codes 0 --secret-stdin \
		--qr "$format=$IMAGE" <"$work/new_key"
}
# whole_image FORMAT: what $IMAGE is to be, in $work/whole.
whole_image() {
	without_image
	"enroll_$1" env >/dev/null
	cp "$IMAGE" "$work/whole"
}
# A part of an image leads to no key, or to another.
after_image() {
	if [ "$status" = 0 ]; then
		must_fail && trouble+="success, but not on disk; "
		cmp -s "$IMAGE" "$work/whole" || trouble+="success, but no such image; "
		new_code_gets_in
	else
		wants_a_word
		[ ! -e "$IMAGE" ] || cmp -s "$IMAGE" "$work/whole" || trouble+="a part of the image stays; "
	fi
	nothing_stays
}
