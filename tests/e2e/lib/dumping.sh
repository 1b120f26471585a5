# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that leave all their memory in a file when they end, see tests/tools/dump_memory.c.
#
#   dumping COMMAND...     it does so, in $work/dumps; run by "${under[@]}", if that is not empty
#   clean NAME [N]         what the last one left, N times (default 1) at least, holds what it is to
#                          hold, and no secret
#   $work/login            tests/tools/login_silently.c; it leaves its memory three times
# shellcheck disable=SC2154 # e2e.sh has the variables

. "$here/wanted.sh"

under=()

# Whoever runs it, it may leave a file.
build_dumping() {
	local tools=$here/../../tools
	build_keep_freed
	cc -std=c11 -D_GNU_SOURCE -O2 -shared -fPIC -Wl,-z,now -o "$work/dump_memory.so" \
		"$tools/dump_memory.c" &&
		cc -std=c11 -D_GNU_SOURCE -O2 -o "$work/login" "$tools/login_silently.c" -lpam ||
		die "the tools do not build"
	mkdir -m 1777 "$work/dumps"
}

build_dumping
readonly DUMPING=(LD_PRELOAD="$work/keep_freed.so:$work/dump_memory.so" DUMP_MEMORY="$work/dumps")

dumping() {
	rm -f "$work"/dumps/*
	"${under[@]}" env "${DUMPING[@]}" "$@"
}

clean() {
	check "$1: it left its memory" test "$(find "$work/dumps" -type f | wc -l)" -ge "${2-1}"
	nothing_in "$1" "$work"/dumps/*
}
