# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What every topic of tests/fault begins with: the vocabulary of tests/e2e, the driver of
# tests/tools, a service whose stack is the module alone, and strace's faults.
# A topic runs as those of tests/e2e do:
#
#   sudo tests/box --bind DIR /disk BUILD=DIR tests/fault/TOPIC.sh
#
#   calls_of COMMAND...                      the system calls of COMMAND; see tracer, begins_at
#   with_fault CALL FAULT NUMBER COMMAND...  COMMAND with strace's FAULT at its NUMBERth CALL
#   has_struck                               whether it came to that
#   killed CALL NUMBER COMMAND...            COMMAND, or a process of its, killed before it
#   equal NAME GOT WANTED
. "$(dirname "$0")/../e2e/lib/e2e.sh"

# shellcheck disable=SC2034 # for the topics
readonly SERVICE=twokey-test STORE=/var/lib/twokey

readonly driver=$work/attempt
# shellcheck disable=SC2086 # a compiler with its options
${CC-cc} -O2 -g -o "$driver" "$here/../../tools/attempt.c" -lpam -lpthread || die "the driver does not build"

# Most of what a login costs is its password's hash, and here are thousands.
hash_by=(--crypt-method YESCRYPT --sha-rounds 1)

# state_of FIELD: of $user's status, a number or a truth value.
state_of() {
	aside twokey status "$user" --json | sed -n "s/^ *\"$1\": \([a-z0-9]*\),\?\$/\1/p"
}

# said_times REGEX: such lines of what the last command made logged.
said_times() {
	grep -cEa -- "$1" "$work/said"
}

# shown_times REGEX: what the driver counted there, 0 if nothing.
shown_times() {
	sed -nE "s/^$1 x ([0-9]+)\$/\1/p" "$work/output" | grep . || echo 0
}

# --- The system calls of a command

# What changes nothing on disk: to a kill the first of several in a row stands for all.
harmless="^(read|lseek|munmap|mmap|mprotect|brk|getrandom|ioctl|fcntl|futex|faccessat2|newfstatat|statx|getdents64)\$"

# What traces a command.
tracer=(strace -f)

# A call, as strace tells it, from which on calls count; where none is, the first that opens twokey.conf
# or the store.
begins_at='^$'

# trace_inside OPTION... -- COMMAND...: a tracer of the program that COMMAND starts by $work/traced.
trace_inside() {
	local before behind
	at_dashes "$@"
	printf '%s\n' "${before[@]}" >"$work/traced.options"
	"${behind[@]}"
}
install -m 755 "$here/../../fault/lib/traced" "$work" || die "no $work/traced"

# calls_of COMMAND...: from $begins_at on, a line for each system call: its name, which of that name
# it is in its process, how often pwrite64, renameat and unlinkat were called before it, what was
# opened last, conf or store, and the call in strace's words, with N for all numbers. A fault
# strikes in each process that gets so far: what several have in common is one line, with the words of
# each, and what one of them has done before is none, for that one would end there.
calls_of() {
	together "${tracer[@]}" -y -o "$work/calls" -- "$@" >"$work/output"
	awk -v store="\"$STORE\"" -v harmless="$harmless" -v begins_at="$begins_at" '
		{ process = /^[0-9]+ / ? $1 : ""; sub(/^[0-9]+ +/, ""); call = $0; sub(/\(.*/, "", call) }
		call !~ /^[a-z0-9_]+$/ { next }
		{ n = ++number[process, call] }
		index($0, "openat2(") == 1 && (index($0, store) || /twokey\.conf"/) {
			opened = index($0, store) ? "store" : "conf"
		}
		opened || $0 ~ begins_at { begun = 1 }
		!begun && n > early[call] { early[call] = n }
		begun && n > early[call] {
			line = place[call, n]
			if (!line && !(call == last && call ~ harmless)) {
				line = place[call, n] = ++lines
				heads[line] = call " " n " " done["pwrite64"] + 0 " " done["renameat"] + 0 " " \
					done["unlinkat"] + 0 " " (opened ? opened : "-")
			}
			gsub(/\\x[0-9a-f][0-9a-f]|0x[0-9a-f]+|[0-9]+/, "N")
			gsub(/N+/, "N")
			if (line && !index(words[line], " " $0))
				words[line] = words[line] " " $0
		}
		begun { done[call]++; last = call }
		END { for (line = 1; line <= lines; line++) print heads[line] words[line] }' "$work/calls"
}

# thin_out: $work/points of $work/all_points: all, or where TIMES=N is set, of calls in the same
# words, such as those that make the store's 64 decoys, the first N, the last, and each 41st of all.
thin_out() {
	awk -v times="${TIMES-0}" '
		{
			line[NR] = words[NR] = $0
			for (i = 1; i <= 6; i++)
				sub(/^[^ ]+ /, "", words[NR])
			all[words[NR]]++
		}
		END {
			for (i = 1; i <= NR; i++) {
				n = ++told[words[i]]
				if (!times || n <= times || n == all[words[i]] || i % 41 == 0)
					print line[i]
			}
		}' "$work/all_points" >"$work/points"
}

# with_fault CALL FAULT NUMBER COMMAND...: FAULT, as strace words it, at its NUMBERth CALL.
with_fault() {
	local call=$1 fault=$2 number=$3
	shift 3
	rm -f "$work/struck"
	"${tracer[@]}" --quiet=all -A -o "$work/struck" -e trace="$call" \
		-e inject="$call:$fault:when=$number" -- "$@"
}

has_struck() {
	grep -q '(INJECTED)$' "$work/struck"
}

# killed CALL NUMBER COMMAND...: before it does that call, or before a process of its does.
killed() {
	local call=$1 number=$2
	shift 2
	# In a shell of its own, which alone remarks upon it.
	(
		together with_fault "$call" signal=KILL "$number" "$@" >"$work/output" </dev/null
		exit "$?"
	) 2>/dev/null
	grep -q '+++ killed by SIGKILL +++$' "$work/struck"
}
