#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A host's clock that is anywhere: back an hour, in 1970, past 2038 and 2^32, and at the edges of a
# step. No code counts twice, a lock neither ends early nor lasts for ever, and the log tells why.
. "$(dirname "$0")/lib/fault.sh"

faketime_library=$(find /usr/lib /usr/local/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
[ -n "$faketime_library" ] || die "libfaketime is not installed"

# at OFFSET|DATE COMMAND...: the clock of COMMAND is off by so many seconds, or stands there.
at() {
	local when=$1
	shift
	(
		export FAKETIME=$when FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$faketime_library TZ=UTC
		"$@"
	)
}

# at_time SECONDS COMMAND...: the clock stands at so many seconds since 1970.
at_time() {
	local time=$1
	shift
	at "$(date --utc --date="@$time" '+%Y-%m-%d %H:%M:%S')" "$@"
}

login() {
	timeout 30 "$driver" "$SERVICE" "$user" "$password" "$@"
}

renew() {
	enrol --replace --recovery-codes 2
}

# --- Back

# back NAME SECONDS: after a success now the clock is so much lower.
back() {
	local name=$1 seconds=$2 now right
	renew
	now=$(date +%s)
	right=$(code_at "$now")
	let_in code_accepted "$name: before, a code gets in" login "$right"
	kept_out clock_behind "$name: the same code again" at "-$seconds" login "$right"
	kept_out clock_behind "$name: the code of that time" \
		at "-$seconds" login "$(code_at $((now - seconds)))"
	logged "$name: the log tells by how much" "clock_behind_seconds=[0-9]+.*set the clock"
	let_in recovery_accepted "$name: a recovery code is good" at "-$seconds" login "${recovery[0]}"
	kept_out recovery_spent "$name: once" at "-$seconds" login "${recovery[0]}"
	kept_out replayed_code "$name: the clock is right again, the code is spent" login "$right"
	let_in code_accepted "$name: and the next one is good" login "$(code 1)"
}

# A lock that was set before the clock fell ends its length after, and not at once.
back_while_locked() {
	local name=$1 seconds=$2
	renew
	"$driver" --processes 5 "$SERVICE" "$user" "$password" "$(wrong_code)" >/dev/null
	kept_out locked "$name: the lock holds" at "-$seconds" \
		login "$(code_at $(($(date +%s) - seconds)))"
	logged "$name: for a minute at most" "locked_seconds=([1-9]|[1-5][0-9]|60)( |\$)"
	let_in recovery_accepted "$name: a recovery code is good" at "-$seconds" login "${recovery[0]}"
}

# --- Forward

# forward NAME TIME: the clock stands there; codes are TIME's, each counts once, and guesses lock.
forward() {
	local name=$1 time=$2 right
	renew
	right=$(code_at "$time")
	let_in code_accepted "$name: a code gets in" at_time "$time" login "$right"
	kept_out replayed_code "$name: once" at_time "$time" login "$right"
	let_in code_accepted "$name: the next one, too" \
		at_time $((time + 30)) login "$(code_at $((time + 30)))"
	for guess in 1 2 3 4 5; do
		kept_out wrong_code "$name: guess $guess" \
			at_time $((time + 60)) login "$(code_at $((time + 100000)))"
	done
	kept_out locked "$name: the lock holds" at_time $((time + 110)) \
		login "$(code_at $((time + 110)))"
	let_in code_accepted "$name: and ends" at_time $((time + 150)) login "$(code_at $((time + 150)))"
	check "$name: status can be told" at_time $((time + 150)) twokey status "$user" --json
	kept_out clock_behind "$name: and the clock is right again" login "$(code)"
	logged "$name: the log says what to do" "twokey unlock"
	check "$name: twokey unlock mends it" twokey unlock "$user"
	let_in code_accepted "$name: the next code gets in" login "$(code 1)"
}

# beyond NAME SECONDS: further ahead than the state can hold.
beyond() {
	renew
	fails_closed clock_unreadable "$1: nobody gets in" at "+$2" login "$(code)"
	logged "$1: the log says what to do" "set it"
	let_in code_accepted "$1: and the clock is right again" login "$(code)"
}

# --- Edges

# Around the edges of the window, a second each: codes of the step before, this one and the next.
edges() {
	local start second offset wanted
	start=$((($(date +%s) / 30 + 20) * 30))
	for second in -1 0 1 29 30; do
		for offset in -2 -1 0 1 2; do
			renew
			wanted=let_in
			[ "${offset#-}" = 2 ] && wanted=kept_out
			"$wanted" "$([ "$wanted" = let_in ] && echo code_accepted || echo wrong_code)" \
				"second $second of a step: the code of step $offset" \
				at_time $((start + second)) \
				login "$(code_at $((start + second + 30 * offset)))"
		done
	done
}

# The lock is over at its last second, and not before.
edge_of_lock() {
	local start=$((($(date +%s) / 30 + 20) * 30))
	renew
	for _ in 1 2 3 4 5; do
		at_time "$start" "$driver" "$SERVICE" "$user" "$password" "$(wrong_code)" >/dev/null
	done
	kept_out locked "a second before the lock ends" at_time $((start + 59)) \
		login "$(code_at $((start + 59)))"
	logged "the log tells the second" "locked_seconds=1( |\$)"
	let_in code_accepted "the second in which it ends" at_time $((start + 60)) \
		login "$(code_at $((start + 60)))"
}

# A phone that runs ever further ahead is followed, ten steps at most, and no code counts twice.
drift() {
	local now step right followed=0 back
	renew
	now=$(($(date +%s) / 30 * 30))
	for step in {1..80}; do
		# Each login is four minutes after the last, and the phone six seconds further ahead.
		right=$(code_at $((now + 246 * step)))
		run at_time $((now + 240 * step)) login "$right"
		grep -q 'reason=code_accepted' "$work/said" || break
		followed=$step
		run at_time $((now + 240 * step)) login "$right"
		grep -q 'result: 0' "$work/output" &&
			fail "drift: step $step: a code counts twice" ""
	done
	back=$(twokey status "$user" --json | json '["devices"][0]["drift_seconds"]')
	trace "followed for $followed logins, to a drift of $back seconds"
	check "a drift is followed" test "$back" -ge 200
	check "by ten steps at most" test "$back" -le 300 -a "$followed" -lt 80
}

# A phone whose clock is off by more than the window is told how far, and how to go on.
phone_ahead() {
	local now
	renew
	now=$EPOCHSECONDS
	kept_out wrong_code "a phone five steps ahead" \
		at_time "$now" login "$(code_at $((now + 150)))"
	logged "the log tells the drift" 'drift_seconds=\+150'
	kept_out wrong_code "a phone fifty steps ahead" login "$(code 50)"
	check "is told no drift" sh -c "! grep -q drift_seconds $work/said"
	pam_twokey "$SERVICE" window=6
	let_in code_accepted "five steps ahead with window=6" login "$(code 5)"
	pam_twokey "$SERVICE" window=0
	renew
	kept_out wrong_code "window=0: two steps ahead" login "$(code 2)"
	pam_twokey "$SERVICE"
}

pam_twokey "$SERVICE"
new_user
phone_ahead
back "an hour back" 3600
back "a day back" 86400
back "to 1970" $(($(date +%s) - 1000))
back_while_locked "an hour back while locked" 3600
back_while_locked "to 1970 while locked" $(($(date +%s) - 1000))
forward "before 2^31" $(((1 << 31) - 60))
forward "past 2038" $(((1 << 31) + 1000))
forward "before 2^32" $(((1 << 32) - 60))
forward "past 2^32" $(((1 << 32) + 1000))
forward "the year 5000" 95617584000
beyond "the year 40000" 1200000000000
beyond "the year 3000000000" 94670000000000000
edges
edge_of_lock
drift

finish
