#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A host's clock that is anywhere: back an hour, in 1970, past 2038 and 2^32, and at the edges of a
# step and of windows. No code counts twice, a lock neither ends early nor lasts for ever, a leap of
# the clock is not taken for a phone's drift, and the log tells why.
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

# drift_is NAME SECONDS: the drift of $user's device.
drift_is() {
	equal "$1" "$(twokey status "$user" --json | json '["devices"][0]["drift_seconds"]')" "$2"
}

# back NAME SECONDS: after a success the clock is so much lower. The phone is a step ahead, and its
# drift a quarter of that.
back() {
	local name=$1 seconds=$2 now=$EPOCHSECONDS right
	local past=$((now - seconds))
	renew
	right=$(code_at $((now + 30)))
	let_in code_accepted "$name: before, a code gets in" at_time "$now" login "$right"
	kept_out clock_behind "$name: the same code again" at_time "$past" login "$right"
	kept_out clock_behind "$name: the code of that time" \
		at_time "$past" login "$(code_at "$past")"
	logged "$name: the log tells by how much" "clock_behind_seconds=[0-9]+.*set the clock"
	let_in recovery_accepted "$name: a recovery code is good" \
		at_time "$past" login "${recovery[0]}"
	kept_out recovery_spent "$name: once" at_time "$past" login "${recovery[0]}"
	drift_is "$name: the drift is what it was" 7
	kept_out replayed_code "$name: the clock is right again, the code is spent" \
		at_time "$now" login "$right"
	let_in code_accepted "$name: and the next one is good" \
		at_time $((now + 30)) login "$(code_at $((now + 60)))"
	drift_is "$name: and tells of the drift" 12
}

# steps_back SECOND SECONDS: a code is accepted in that second of its step, then the clock is so
# much lower. Within the window the code is known to be spent; a step beyond it is that of a phone
# which is ahead; and where no window explains it the clock is behind.
steps_back() {
	local start=$((EPOCHSECONDS / 30 * 30)) name="second $1 of a step, $2 seconds back"
	local now=$((start + $1)) past=$((start + $1 - $2)) right why
	local steps=$(((start - past / 30 * 30) / 30))
	renew
	right=$(code_at "$now")
	case $steps in
	0 | 1) why=replayed_code ;;
	2) why=wrong_code ;;
	*) why=clock_behind ;;
	esac
	let_in code_accepted "$name: before, a code gets in" at_time "$now" login "$right"
	kept_out "$why" "$name: it is spent" at_time "$past" login "$right"
	[ "$why" != wrong_code ] || logged "$name: the log tells by how much" "drift_seconds=\+60"
	[ "$why" != clock_behind ] ||
		logged "$name: the log tells by how much" \
			"clock_behind_seconds=$((start - past))( |\$)"
	drift_is "$name: the drift is what it was" 0
	let_in code_accepted "$name: the clock is right again, the next one is good" \
		at_time $((now + 30)) login "$(code_at $((now + 30)))"
}

# lock_at TIME: by guesses then.
lock_at() {
	renew
	at_time "$1" "$driver" --processes 5 "$SERVICE" "$user" "$password" "$(wrong_code)" >/dev/null
}

# A lock that was set before the clock fell ends its length after, and not at once.
back_while_locked() {
	local name=$1 now=$EPOCHSECONDS past
	past=$((now - $2))
	lock_at "$now"
	kept_out locked "$name: the lock holds" at_time "$past" login "$(code_at "$past")"
	logged "$name: for a minute" "locked_seconds=60( |\$)"
	kept_out locked "$name: to its last second" \
		at_time $((past + 59)) login "$(code_at $((past + 59)))"
	logged "$name: which the log tells" "locked_seconds=1( |\$)"
	let_in code_accepted "$name: and ends" at_time $((past + 60)) login "$(code_at $((past + 60)))"
	lock_at "$now"
	let_in recovery_accepted "$name: a recovery code is good" \
		at_time "$past" login "${recovery[0]}"
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
	drift_is "$name: no drift of the phone" 0
	kept_out clock_behind "$name: and the clock is right again" login "$(code)"
	logged "$name: the log says what to do" "twokey unlock"
	check "$name: twokey unlock mends it" twokey unlock "$user"
	drift_is "$name: and leaves the drift" 0
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

# edges WINDOW: at both edges of a step, the last codes within the window and the first beyond it.
edges() {
	local window=$1 beyond=$(($1 + 1)) start=$(((EPOCHSECONDS / 30 + 20) * 30)) second offset
	local verdict
	pam_twokey "$SERVICE" window="$window"
	for second in -1 0 1 29 30; do
		for offset in $(printf '%s\n' "-$beyond" "-$window" 0 "$window" "$beyond" | sort -nu); do
			renew
			verdict=(let_in code_accepted)
			[ "${offset#-}" -le "$window" ] || verdict=(kept_out wrong_code)
			"${verdict[@]}" "window=$window, second $second of a step: the code of step $offset" \
				at_time $((start + second)) \
				login "$(code_at $((start + second + 30 * offset)))"
		done
	done
	pam_twokey "$SERVICE"
}

# The lock is over at its last second, and not before.
edge_of_lock() {
	local start=$(((EPOCHSECONDS / 30 + 20) * 30))
	lock_at "$start"
	kept_out locked "a second before the lock ends" at_time $((start + 59)) \
		login "$(code_at $((start + 59)))"
	logged "the log tells the second" "locked_seconds=1( |\$)"
	let_in code_accepted "the second in which it ends" at_time $((start + 60)) \
		login "$(code_at $((start + 60)))"
}

# drift SECONDS: a phone that gains so many a login, four minutes after the last, or loses them, is
# followed, ten steps at most, and no code counts twice.
drift() {
	local gain=$1 name="a phone that gains $1 seconds a login" now step right followed=0 drift
	renew
	now=$((EPOCHSECONDS / 30 * 30))
	for step in {1..80}; do
		right=$(code_at $((now + (240 + gain) * step)))
		run at_time $((now + 240 * step)) login "$right"
		grep -q 'reason=code_accepted' "$work/said" || break
		followed=$step
		run at_time $((now + 240 * step)) login "$right"
		grep -q 'result: 0' "$work/output" &&
			fail "$name: step $step: a code counts twice" ""
	done
	drift=$(twokey status "$user" --json | json '["devices"][0]["drift_seconds"]')
	trace "followed for $followed logins, to a drift of $drift seconds"
	drift=$((gain < 0 ? -drift : drift))
	check "$name: is followed" test "$drift" -ge 200
	check "$name: by ten steps at most" test "$drift" -le 300 -a "$followed" -lt 80
}

# A phone whose clock is off by more than the window: the log tells how far, up to five steps more.
phone_is_off() {
	local now=$EPOCHSECONDS steps
	for steps in -6 -5 +5 +6; do
		renew
		kept_out wrong_code "a phone $steps steps ahead" \
			at_time "$now" login "$(code_at $((now + 30 * steps)))"
		logged "the log tells the drift" "drift_seconds=[${steps:0:1}]$((30 * ${steps:1}))( |\$)"
	done
	for steps in -7 +7; do
		renew
		kept_out wrong_code "a phone $steps steps ahead" \
			at_time "$now" login "$(code_at $((now + 30 * steps)))"
		check "is told no drift" sh -c "! grep -q drift_seconds $work/said"
	done
}

pam_twokey "$SERVICE"
new_user
phone_is_off
back "an hour back" 3600
back "a day back" 86400
back "to 1970" $((EPOCHSECONDS - 1000))
for seconds in 29 30 31 59 60 61 90; do
	steps_back 0 "$seconds"
	steps_back 29 "$seconds"
done
back_while_locked "a minute back while locked" 60
back_while_locked "an hour back while locked" 3600
back_while_locked "to 1970 while locked" $((EPOCHSECONDS - 1000))
forward "before 2^31" $(((1 << 31) - 60))
forward "past 2038" $(((1 << 31) + 1000))
forward "before 2^32" $(((1 << 32) - 60))
forward "past 2^32" $(((1 << 32) + 1000))
forward "the year 5000" 95617584000
beyond "the year 40000" 1200000000000
beyond "the year 3000000000" 94670000000000000
edges 0
edges 1
edges 6
edges 10
edge_of_lock
drift 6
drift -6

finish
