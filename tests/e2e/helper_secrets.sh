#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What is left in memory of the helper when it ends, and of the command that speaks to it: no
# password, code, key, recovery code or hash. Root's strace holds the helper up at its end. And while
# they know a key, none of them is such that the kernel would write its memory to a core dump.
# What keep_freed.c planted is found.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/wanted.sh"

readonly HOLD=(--quiet=all -e trace=exit_group --inject=exit_group:delay_enter=2s)

# Of programs that run as their user, the loader takes no library but from there.
preload_keep_freed() {
	build_keep_freed
	install -m 755 "$work/keep_freed.so" /usr/local/lib/twokey-keep_freed.so
	echo /usr/local/lib/twokey-keep_freed.so >/etc/ld.so.preload
}

# copying PROGRAM... -- COMMAND...: the memory of each at its end; sets $status to COMMAND's.
copying() {
	local copies=() copier
	while [ "$1" != -- ]; do
		copies+=("$1" "$work/$1.memory")
		shift
	done
	rm -f "$work/begun"
	"$here/copy_memory.py" "$work/begun" "${copies[@]}" &
	copier=$!
	wait_until test -e "$work/begun"
	"${@:2}"
	status=$?
	wait "$copier"
}

# clean NAME PROGRAM
clean() {
	nothing_in "$1" "$work/$2.memory"
	rm "$work/$2.memory"
}

# asked STATUS NAME FIELD=VALUE...: one request.
asked() {
	local wanted=$1 name=$2
	shift 2
	"$here/make_request.py" user="$user" "$@" >"$work/request"
	together copying twokey-helper -- strace -u "$user" "${HOLD[@]}" "$HELPER" \
		<"$work/request" >"$work/output"
	check "$name: the answer" test "$status" = "$wanted"
	clean "$name" twokey-helper
}

# Whoever runs this. What may dump core is its user's in /proc, all else root's (PR_SET_DUMPABLE).
cat >"$work/tell_dumpable" <<-'END'
	#!/bin/sh
	# usage: tell_dumpable PROGRAM...: a line for each that runs
	for program; do
		for pid in $(pgrep -x "$program"); do
			echo "$program: $(stat -c %U "/proc/$pid/environ")"
		done
	done
END
chmod 755 "$work/tell_dumpable"

# undumpable NAME PROGRAM...: by what $work/dumpable tells of them.
undumpable() {
	local name=$1
	shift
	printf '%s: root\n' "$@" >"$work/none"
	check "$name" diff "$work/none" "$work/dumpable"
}

runs() {
	pgrep -x "$1"
}

# What waits for its input, by $user; see tell_dumpable.
waiting() {
	local program
	program=$(basename "$1")
	{
		wait_until runs "$program"
		"$work/tell_dumpable" "$program" >"$work/dumpable"
		echo "something"
	} | as_user "$@" >"$work/output"
}

# session NAME [OPTION...]: an enrolment by the command, at a terminal; both programs' memory.
session() {
	local name=$1
	shift
	listen "$work/output" copying twokey-helper twokey -- "$here/enrol_oneself.py" --password "$password" \
		--meanwhile "$work/tell_dumpable twokey twokey-helper >$work/dumpable" \
		--strace "-o /dev/null ${HOLD[*]}" "$@" >"$work/seen"
	key=$(json '["key"]' <"$work/seen")
	mapfile -t recovery < <(json '["recovery"]' <"$work/seen")
	secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
	note key "$key"
	note "recovery code" "${recovery[@]}"
	check "$name: all was seen" test "${#key}:${#recovery[@]}" = 32:10
	clean "$name: the helper" twokey-helper
	clean "$name: the command" twokey
	undumpable "$name: both leave no core dump" twokey twokey-helper
}

helper_setup
install -m 644 "$here/../../../helper/pam.d/twokey" /etc/pam.d/twokey
echo "self_enroll = yes" >/etc/security/twokey.conf
person
right=$(eight_digits)
wrong=$(eight_digits 1000)
note "right code" "$right"
note "wrong code" "$wrong"
preload_keep_freed
asked 41 "a wrong code" kind=password,code password="$password" code="$wrong"
asked 41 "a wrong password" kind=password,code password="not$password" code="$right"
asked 40 "a right code" kind=password,code password="$password" code="$right"
asked 40 "a recovery code" kind=code code="${recovery[0]}"

new_person
: >"$work/wanted"
note password "$password"
session "enrolment" "$user"
old_code=${recovery[0]}
note "recovery code" "$old_code"
session "replacement" --code "$old_code" "$user" --replace
rm /etc/ld.so.preload

waiting "$(dirname "$HELPER")/twokey-qr" utf8 dark
undumpable "twokey-qr leaves no core dump" twokey-qr
waiting tee /dev/null
check "another program might" grep -qx "tee: $user" "$work/dumpable"

finish
