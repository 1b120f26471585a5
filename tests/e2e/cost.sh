#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The system calls, syncs, instructions and memory of a login, and of an enrolment: never more than
# tests/bench/README.md says.
. "$(dirname "$0")/lib/e2e.sh"

readonly BENCH=$here/../../bench

secret JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP # of setting.py
make -C "${BUILD:?}" bench_login >"$work/output" 2>&1 || die "make bench_login"
listen "$work/output" env BUILD="$BUILD" "$BENCH/cost.py" >"$work/costs" ||
	die "cost.py: $(tail -n 3 "$work/output")"
while read -r found limit what; do
	check "$what: $found, at most $limit" test "$found" -le "$limit"
done <"$work/costs"
check "all was measured" test "$(wc -l <"$work/costs")" = 16
# The counts count: a limit that is lower than anything possible is exceeded.
check_status 1 "a login without a system call there is not" \
	test "$(awk '/system calls/ { print $1; exit }' "$work/costs")" -le 0

finish
