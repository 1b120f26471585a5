#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A login, or a command that changes a record, is killed before each of its system calls on the
# store: no code counts twice, no guess that was looked at is uncounted, no record is lost, nothing
# needs an administrator, and no litter outlives the next change.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey
readonly CALLS="openat2 flock pread64 pwrite64 fdatasync fsync fchmod renameat unlinkat"

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

status_of() {
	twokey status "$user" --json | json "$1"
}

# killed CALL N COMMAND...: at its N-th CALL; false if there were not so many.
killed() {
	local call=$1 number=$2
	shift 2
	# In a shell of its own, which alone remarks upon it.
	(strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$number" \
		"$@" >/dev/null 2>&1 </dev/null
	exit $?) 2>/dev/null
	[ $? = 137 ]
}

# at_every_call NAME SETUP CHECK COMMAND...: COMMAND is killed wherever it can be.
at_every_call() {
	local name=$1 setup=$2 verify=$3 call number kills=0
	shift 3
	for call in $CALLS; do
		number=1
		while "$setup" && killed "$call" "$number" "$@"; do
			kills=$((kills + 1))
			trace "$name: killed before $call number $number"
			"$verify" "$call" "$number"
			number=$((number + 1))
		done
	done
	check "$name: it was killed in $kills places" test "$kills" -ge 5
}

once_at_most() {
	run login "$right"
	check "and the code counts once at most" sh -c "! $here/pam_login.py $SERVICE $user '$password' $right"
	let_in code_accepted "the next code gets in" login "$(code 1)"
}

# --- Logins

fresh_user() {
	new_user --recovery-codes 1
	right=$(code) wrong=$(wrong_code)
	printf '%s\n' "$right" >"$work/right"
	cat >"$work/attempt" <<-END
		#!/bin/sh
		exec $here/pam_login.py $SERVICE $user '$password' \$(cat $work/typed)
	END
	chmod 755 "$work/attempt"
}

with_right() { fresh_user && echo "$right" >"$work/typed"; }
with_wrong() { fresh_user && echo "$wrong" >"$work/typed"; }
with_recovery() { fresh_user && echo "${recovery[0]}" >"$work/typed"; }

after_right() { once_at_most; }
after_wrong() {
	# The first write is the charge: whoever got as far as a second, or a sync, was counted.
	case $1$2 in
	pwrite642 | fdatasync1) check "the guess is counted" test "$(status_of '["failures"]')" = 1 ;;
	esac
	once_at_most
}
after_recovery() {
	run login "${recovery[0]}"
	check "and the recovery code counts once at most" \
		sh -c "! $here/pam_login.py $SERVICE $user '$password' ${recovery[0]}"
	let_in code_accepted "the phone's code gets in" login "$right"
}

pam_twokey "$SERVICE"
at_every_call "a right code" with_right after_right "$work/attempt"
at_every_call "a wrong code" with_wrong after_wrong "$work/attempt"
at_every_call "a recovery code" with_recovery after_recovery "$work/attempt"

# --- Commands

victim() {
	new_user
	right=$(code)
	echo "$user" >"$work/victim"
	printf '#!/bin/sh\nexec twokey "$@" "$(cat %s)"\n' "$work/victim" >"$work/command"
	chmod 755 "$work/command"
}
newcomer() {
	victim
	twokey remove "$user" >/dev/null
}

no_litter() {
	run twokey enroll somebody --replace --no-confirm --qr none
	check "no litter stays" test -z "$(ls "$STORE/new")"
	run twokey remove somebody
}

# The old record or the new one, whole.
old_or_new() {
	check "there is a whole record" twokey status "$user"
	no_litter
}
record_or_none() {
	run twokey status "$user"
	check "there is a whole record, or none" test $? -le 1
	no_litter
}
old_phone() {
	old_or_new
	let_in code_accepted "the phone still counts" login "$right"
}

at_every_call "enroll" newcomer record_or_none "$work/command" enroll --no-confirm --qr none
at_every_call "enroll --replace" victim old_or_new \
	"$work/command" enroll --replace --no-confirm --qr none
at_every_call "recovery" victim old_phone "$work/command" recovery
at_every_call "unlock" victim old_phone "$work/command" unlock
at_every_call "unlock --rebuild" victim old_phone "$work/command" unlock --rebuild
at_every_call "remove" victim record_or_none "$work/command" remove

finish
