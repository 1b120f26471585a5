#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whoever runs su sets its limits, signals, descriptors and environment: none of them is a way in, a
# guess that is not counted, or an end of su by anything but su.
. "$(dirname "$0")/lib/e2e.sh"

pam_twokey su
# Where this is, su writes refusals to it, and a limit of 0 ends su there: after us, and not by us.
rm -f /var/log/btmp

# su_under COMMAND... -- PASSWORD CODE: su started by a user's COMMAND; its status in $work/status.
# It prints to a pipe, for a limit on files would end it at its first prompt to one.
su_under() {
	local wrapper=()
	while [ "$1" != -- ]; do
		wrapper+=("$1")
		shift
	done
	printf '%s\n' "$2" "$3" |
		timeout 30 setpriv --reuid=nobody --regid=nogroup --clear-groups \
			"${wrapper[@]}" su "$user" -c : 2>&1 | cat
	echo "${PIPESTATUS[1]}" >"$work/status"
}

# Whatever becomes of su's command under the limit, the module let the user in.
was_let_in() {
	grep -q 'pam_twokey(su:auth): .* result=success' "$work/said"
}

failures() {
	twokey status "$user" --json | json '["failures"]'
}

# no_way_in NAME COMMAND...: a wrong code is counted, or nothing was looked at; su ends by itself.
no_way_in() {
	local name=$1 before
	shift
	before=$(failures)
	run su_under "$@" -- "$password" "$(wrong_code)"
	check "$name: a wrong code is refused" test "$(cat "$work/status")" -gt 0
	check "$name: no signal ended su" test "$(cat "$work/status")" -lt 128
	run su_under "$@" -- "$password" "$right"
	if was_let_in; then
		kept_out replayed_code "$name: let in, and the code is spent" \
			su_login "$password" "$right"
	else
		check "$name: kept out, and no signal ended su" test "$(cat "$work/status")" -lt 128
		check "$name: what was not counted was not looked at" \
			test "$(failures)" -ge "$before"
		let_in code_accepted "$name: without it the code is good" su_login "$password" "$right"
	fi
}

# each NAME COMMAND...: for a fresh user.
each() {
	new_user
	right=$(code)
	no_way_in "$@"
}

each "file size 0" prlimit --fsize=0
each "file size 10" prlimit --fsize=10
each "file size 0, the signal ignored" env --ignore-signal=XFSZ prlimit --fsize=0
each "file size 4500, in the middle of a slot" prlimit --fsize=4500
for files in 4 6 8 10 12; do
	each "$files descriptors" prlimit --nofile="$files"
done
each "a stack of 64 KiB" prlimit --stack=65536
each "an address space of 32 MiB" prlimit --as=33554432
each "no processes" prlimit --nproc=0
each "every signal ignored" env --ignore-signal
each "every signal blocked" env --block-signal
each "no standard error" sh -c 'exec "$0" "$@" 2>&-'
each "no standard output" sh -c 'exec "$0" "$@" >&-'
each "an environment of traps" env LD_PRELOAD=/nonexistent.so LD_LIBRARY_PATH=/tmp \
	MALLOC_PERTURB_=165 MALLOC_CHECK_=3 LANG=../../x LC_ALL=tr_TR.UTF-8 TZ=:/etc/shadow IFS=/ \
	LOCPATH=/tmp TMPDIR=/nonexistent FAKETIME=-1d

new_user
run su_under prlimit --fsize=0 -- "$password" "$(code)"
logged "the log tells the limit and the mend" "authpriv.err .* reason=file_size_limit .*ulimit -f"
check "nothing was written" test "$(failures)" = 0

finish
