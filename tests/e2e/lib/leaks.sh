# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What a topic must leave nowhere: each password, key, code and recovery code that it uses. At its
# end these are searched for, and found once they were planted there:
#
#   $work/*log           all that was logged
#   $work/stderr.all     what commands and the hosts of the module printed on standard error; what the
#                       topic itself did there is in $work/stderr.topic
#   $work/programs       what programs were started with: see watch_programs.py
#
# Nor may a program leave a core dump, with whatever it knew.
# shellcheck disable=SC2154 # e2e.sh has the variables

touch "$work/secrets" "$work/stderr.all" "$work/stderr.topic" "$work/programs"
chmod 600 "$work/secrets"

# secret VALUE...: must never be found there.
secret() {
	printf '%s\n' "$@" >>"$work/secrets"
}

is_watched() {
	[ -s "$work/programs" ] || [ -s "$work/unwatched" ]
}

# watch_leaks: from now on; what the topic prints on standard error comes at its end.
watch_leaks() {
	in_background "$here/watch_programs.py" "$work/programs" 2>"$work/unwatched"
	disown "$!" # hostile.sh counts its jobs
	wait_until is_watched
	exec {real_stderr}>&2 2>>"$work/stderr.topic"
}

unwatch_leaks() {
	[ -z "${real_stderr-}" ] || exec 2>&"$real_stderr"
	cat "$work/stderr.topic" >&2
}

# allow_cores: the kernel writes them, of programs that don't forbid it.
allow_cores() {
	local pattern
	read -r pattern </proc/sys/kernel/core_pattern
	core_name=${pattern%%%*} no_cores=''
	if [ -z "$core_name" ] || [[ $core_name = *[/\|]* ]]; then
		no_cores="kernel.core_pattern is ${pattern:-empty}, which names no file beside a program"
	else
		: >"$work/allowed_cores"
		ulimit -S -c "$(ulimit -H -c)"
		[ "$(ulimit -c)" != 0 ] || no_cores="RLIMIT_CORE is 0"
	fi
}

# find_cores: those of this topic. They are in the directory where a program ran: /, a home, $work.
find_cores() {
	find / "$work" -maxdepth 3 \( -path /proc -o -path /sys \) -prune -o \
		-type f -name "$core_name*" -newer "$work/allowed_cores" -print | grep .
}

# for_a_person COMMAND...: what it prints on standard error is meant to be seen, keys and all.
for_a_person() {
	"$@" 2>&1
}

# listen FILE COMMAND...: what it prints on standard error is in FILE, and no secret is to be there.
listen() {
	local status file=$1
	shift
	"$@" 2>"$file"
	status=$?
	[ ! -s "$file" ] || cat "$file" >>"$work/stderr.all"
	return "$status"
}

# together COMMAND...: what it prints on standard error follows what it prints on standard output, and no
# secret is to be there. COMMAND may set the caller's variables, and be together itself.
together() {
	local together_err="$work/stderr.$BASHPID.${#FUNCNAME[@]}" together_status
	"$@" 2>"$together_err"
	together_status=$?
	[ ! -s "$together_err" ] || tee -a "$work/stderr.all" <"$together_err"
	return "$together_status"
}

# aside COMMAND...: what it prints on standard error is for nobody to see, and no secret is to be there.
# What is started in the background, by a process ID that is needed, appends to the file itself.
aside() {
	"$@" 2>>"$work/stderr.all"
}

# find_leaks FILE...: the lines that hold a secret; one of digits as a number of its own only, and not
# as a process ID, in the log or a word of the shell's or strace's, which has six digits, too, after a
# hundred thousand processes.
find_leaks() {
	sed -E 's/^([^ ]+ [^ []+)\[[0-9]+\]:/\1:/
		s/^(.*: line [0-9]+: *)[0-9]+ /\1/
		s/^(strace: Process )[0-9]+ /\1/' "$@" >"$work/searched"
	grep '^[0-9]*$' "$work/secrets" >"$work/numbers"
	grep -v '^[0-9]*$' "$work/secrets" >"$work/texts"
	{
		grep -Fahw -f "$work/numbers" "$work/searched"
		grep -Fah -f "$work/texts" "$work/searched"
	} | grep .
}

# Each lets the secret in $work/planted out, where no program under test had a hand in it.
plant_in_log() {
	logger --socket /dev/log --tag planted --file "$work/planted"
	log_mark
}

plant_on_stderr() {
	run sh -c 'cat "$1" >&2' sh "$work/planted"
}

plant_in_arguments() {
	xargs --arg-file "$work/planted" --delimiter '\n' true
}

# no_leak NAME PLANT FILE...
no_leak() {
	local name="no key, code, password or recovery code was $1" plant=$2
	shift 2
	if find_leaks "$@" >"$work/output"; then
		fail "$name" "found:"
		return
	fi
	"$plant"
	if find_leaks "$@" >"$work/output"; then
		ok "$name"
	else
		fail "$name" "the search finds nothing at all"
	fi
}

check_cores() {
	local name="no program left a core dump"
	if [ -n "$no_cores" ]; then
		ok "$name # SKIP $no_cores"
	elif find_cores >"$work/output"; then
		fail "$name" "found:"
	else
		# In a shell of its own, which alone remarks upon it.
		(cd "$work" && sh -c 'kill -SEGV $$'; true) 2>/dev/null
		check "$name, and one would be found" find_cores
	fi
}

check_leaks() {
	: >"$work/said"
	tail -n 1 "$work/secrets" >"$work/planted"
	no_leak logged plant_in_log "$work"/*log
	no_leak "on standard error" plant_on_stderr "$work/stderr.all" "$work/stderr.topic"
	if [ -s "$work/unwatched" ]; then
		: >"$work/output"
		lacks "no program was started with a secret" \
			"$(cat "$work/unwatched"): it takes a kernel with fanotify's permission events, and its own root"
	else
		no_leak "given to a program" plant_in_arguments "$work/programs"
	fi
	check_cores
}
