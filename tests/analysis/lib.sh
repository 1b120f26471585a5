# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What each run of tests/analysis begins with: a scratch directory $work, builds of its own there,
# and $found, where the tools leave their reports, whoever runs them. One line a check.
#
#   build NAME COMPILER [ARGUMENT]...   configure and make, in $work/NAME
#   judge NAME STATUS                   ok, where STATUS is 0 and no report was left
#   plant MISTAKE COMMAND...            ok, where COMMAND leaves a report
#   run_topic BUILD LIBRARIES HOSTED TOPIC [NAME=VALUE]...   in a throwaway root, as tests/check does
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

analysis=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
tree=$(realpath "$analysis/../..")
[ "$(id -u)" != 0 ] || "$tree/tests/packages/install" build check || exit
work=$(mktemp -d /var/tmp/twokey-analysis.XXXXXX) || exit
readonly analysis tree work found=$work/found TOPIC_SECONDS=1800
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$work"
mkdir -m 1777 "$found" "$work/disk"

failed=0

ok() {
	printf 'ok - %s\n' "$1"
}

# not_ok NAME: and why, from standard input. Not at the end of a pipe, whose shell is another one.
not_ok() {
	failed=1
	printf 'not ok - %s\n' "$1"
	head -n 60 | sed 's/^/# /'
}

die() {
	printf 'not ok - %s\n' "$1"
	exit 1
}

# need TOOL...: what is not installed is said, and skipped.
need() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null && continue
		echo "ok - $(basename "$0") # SKIP $tool is not installed"
		exit 0
	done
}

# --- Builds

unpack() {
	[ ! -e "$work/source" ] || return 0
	mkdir "$work/source"
	"$tree/tests/copy_source" "$work/source" && cd "$work/source" && ./autogen.sh
}

# The fuzzers' targets are left out: they are always built with sanitizers.
build() {
	local name=$1 compiler=$2
	shift 2
	{
		(unpack) && mkdir "$work/$name" && cd "$work/$name" &&
			../source/configure --prefix=/usr --sysconfdir=/etc "CC=$compiler" \
				"CFLAGS=-O1 -g -fno-omit-frame-pointer" twokey_cv_sanitizers=no "$@" &&
			make -j"$(nproc)" && make -j"$(nproc)" check TESTS=
	} >"$work/$name.log" 2>&1 && return
	not_ok "$name: the build" < <(tail -n 20 "$work/$name.log")
	exit 1
}

# crypt_of BUILD: the name of libcrypt.
crypt_of() {
	sed -n 's/^#define CRYPT_SONAME "\(.*\)"/\1/p' "$work/$1/config.h"
}

# --- Reports

# findings: all reports, but for lines that $noise, a regex, matches. They are gone then.
findings() {
	find "$found" -type f -exec cat {} + | grep -Eva "$noise"
	find "$found" -type f -delete
}

judge() {
	findings >"$work/findings"
	if [ "$2" = 0 ] && [ ! -s "$work/findings" ]; then
		ok "$1: nothing is found"
	else
		not_ok "$1" < <(
			[ "$2" = 0 ] || echo "status $2"
			cat "$work/findings" "$work/output"
		)
	fi
}

# plant MISTAKE COMMAND...
plant() {
	local mistake=$1
	shift
	"$@" >"$work/output" 2>&1 </dev/null
	findings >"$work/findings"
	if [ "${mistake%%,*}" = nothing ] && [ ! -s "$work/findings" ]; then
		ok "nothing is found where nothing is${mistake#nothing}"
	elif [ "${mistake%%,*}" != nothing ] && [ -s "$work/findings" ]; then
		ok "a planted mistake is found: $mistake"
	else
		not_ok "a planted mistake: $mistake" < <(cat "$work/findings" "$work/output")
	fi
}

# --- Topics of tests/e2e and tests/fault

box_is_possible() {
	local why
	why=$("$tree/tests/box" true 2>&1) && return
	echo "ok - the topics # SKIP ${why%%$'\n'*}"
	return 1
}

# run_topic BUILD LIBRARIES HOSTED TOPIC [NAME=VALUE]...: what it prints, in $work/output; see in_box.
run_topic() {
	local build=$1 libraries=$2 hosted=$3 topic=$4
	shift 4
	timeout --foreground --signal=KILL "$TOPIC_SECONDS" \
		"$tree/tests/box" --bind "$work/disk" /disk --bind "$work" "$work" "BUILD=$work/$build" "$@" \
		"$work/source/tests/analysis/in_box" "$libraries" "$hosted" "$work/source/tests/$topic" \
		>"$work/output" 2>&1 </dev/null
}
