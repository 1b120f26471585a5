#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A session with twokey-helper as a program of the user's own would hold it, in the place of the
# command: whatever it says and when, it learns and changes nothing that its user may not. 40 is
# done, 41 refused, 43 an error.
. "$(dirname "$0")/lib/e2e.sh"

# session KIND [ARGUMENT...]: of $user; see attack_session.py.
session() {
	local kind=$1
	shift
	as_user "$work/attack_session.py" "$HELPER" "$kind" "$user" "$@"
}

# ends STATUS NAME KIND [ARGUMENT...]: the session does, and nothing was shown or changed.
ends() {
	local status=$1 name=$2
	shift 2
	record_of >"$work/before"
	run session "$@"
	check_output "$name: status $status" "exit $status"
	check_none "$name: no key, no code, no record was shown"
	record_of >"$work/after"
	check_same "$name: the record is as before"
}

check_output() {
	if grep -qx "$2" "$work/output"; then ok "$1"; else fail "$1" "not: $2"; fi
}

check_none() {
	if grep -Eq 'key|code|record' <(sed 's/ask-code//' "$work/output"); then
		fail "$1" "it was"
	else
		ok "$1"
	fi
}

# The record's part of the file; what was counted is not part of it.
record_of() {
	head -c 4096 "/var/lib/twokey/users/$user" 2>/dev/null
}

check_same() {
	if cmp -s "$work/before" "$work/after"; then ok "$1"; else fail "$1" "it is not"; fi
}

counted() {
	test "$(twokey status "$user" --json | json '["failures"]')" = "$1"
}

helper_setup
install -m 644 "$here/../../../helper/pam.d/twokey" /etc/pam.d/twokey
install -m 755 "$here/attack_session.py" "$work"
install -d -m 700 -o twokey -g twokey /var/lib/twokey
echo "self_enroll = yes" >/etc/security/twokey.conf
new_user # somebody is enrolled

# --- Who has no record

new_person
ends 43 "no wish" enroll @no-wish
for size in 1 100 4095 4096 4097 60000; do
	ends 43 "$size bytes in the place of a wish" enroll "@wish-bytes $size"
done
for wish in mode=9 mode=-1 mode= name=../x name=$'a\nb' type=key digits=0 digits=99 period=1 \
	period=99999999999999999999 codes=17 codes=-1 issuer=$'\e[2J' label=a:b; do
	ends 43 "a wish of ${wish@Q}" enroll --wish "$wish" "$password"
done
ends 41 "a wrong password" enroll "not $password"
ends 43 "noise for a password" enroll "@bytes 50"
ends 43 "a wish for a password" enroll @wish
ends 43 "no password" enroll
ends 41 "status, without a record" status "$password"
ends 41 "new recovery codes, without a record" recovery "$password"
ends 41 "a removal, without a record" remove "$password"

# From here on the key of an own record to be is shown; nothing comes of it without its code.
# unfinished NAME STEP...
unfinished() {
	local name=$1
	shift
	run session enroll "$password" "$@"
	check "$name: nothing is written" test ! -e "/var/lib/twokey/users/$user"
}
unfinished "no first code"
unfinished "three wrong ones" 000000 letters ""
unfinished "noise" "@bytes 3000"
unfinished "a wish" @wish
unfinished "gone" @close

# --- Who has one

new_user
ends 41 "status: a wrong password" status "not $password" "$(code)"
for kind in status recovery remove; do
	ends 43 "$kind: no code" "$kind" "$password"
	ends 43 "$kind: noise for a code" "$kind" "$password" "@bytes 100"
	ends 43 "$kind: gone" "$kind" "$password" @close 2>/dev/null
done
check "none of it was a guess" counted 0
failures=0
for kind in enroll\ --wish\ mode=2 enroll\ --wish\ mode=3 status recovery remove; do
	read -ra words <<<"$kind"
	ends 41 "$kind: a wrong code" "${words[@]}" "$password" "$(wrong_code)"
	failures=$((failures + 1))
	[ "$failures" = 5 ] || check "$kind: is counted" counted "$failures"
done
ends 41 "locked" status "$password" "$(code)"
check "root unlocks" twokey unlock "$user"
right=$(code)
run session status "@passed $password" "@passed $right"
check_output "descriptors along with the answers: nothing of them" "exit 40"
ends 41 "the code again" status "$password" "$right"
for mode in 0 1; do
	ends 40 "another enrolment, mode $mode: there is one" enroll --wish "mode=$mode" "$password"
done

# --- What is no socket of this host's, or none of packets

cat >"$work/listen.py" <<'END'
import socket, subprocess, sys
family, kind, helper = sys.argv[1:]
one = socket.socket(getattr(socket, family), getattr(socket, kind))
try:
    one.bind(("127.0.0.1", 0) if family == "AF_INET" else b"")
    one.listen()
except OSError:
    pass
sys.exit(subprocess.run([helper], stdin=one, timeout=20).returncode)
END
for kind in "AF_INET SOCK_STREAM" "AF_UNIX SOCK_STREAM" "AF_UNIX SOCK_SEQPACKET"; do
	read -ra words <<<"$kind"
	check_status 43 "a socket that listens, $kind" \
		as_user python3 "$work/listen.py" "${words[@]}" "$HELPER"
done

finish
