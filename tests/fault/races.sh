#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Many attempts at one instant, by processes and by threads, on a disk and in memory: a code counts
# once, five guesses are looked at, and nobody is in another's way. ROUNDS=N goes on for longer: so
# many crowds of a kind with one code, and an eighth of that with guesses.
. "$(dirname "$0")/lib/fault.sh"

readonly ROUNDS=${ROUNDS-25} CROWD=50 CODE_SERVICE=twokey-code
readonly GUESS_ROUNDS=$(((ROUNDS + 7) / 8))
# Where nobody is locked nothing but single use keeps out the others of a crowd.
readonly PATIENT_SERVICE=twokey-patient

# attempts OPTION... SERVICE USER [ANSWER...]
attempts() {
	timeout 120 "$driver" "$@"
}

# A fresh record, without the cost of a new person.
renew() {
	enrol --replace --recovery-codes 1
}

# one_of_a_crowd KIND SERVICE ANSWER: what became of it and of the others, on one line. Asked for the
# code alone, all are at the store at the same instant, and not when their password's hash is done.
one_of_a_crowd() {
	run attempts --"$1" "$CROWD" "$2" "$user" "$3"
	echo "$(shown_times 'result: 0') in, $(shown_times 'result: 7') refused:" \
		"$(said_times 'reason=(replayed_code|recovery_spent)( |$)') of them spent," \
		"$(said_times reason=locked) locked"
}

# all_alike NAME FILE ROUNDS LINE: so many lines, and no other.
all_alike() {
	equal "$1, $3 rounds: $4" "$(sort "$2" | uniq -c | xargs)" "$3 $4"
}

one_code() {
	local kind others=$((CROWD - 1))
	for kind in processes threads; do
		: >"$work/by_code"
		: >"$work/by_recovery"
		: >"$work/without_lock"
		for _ in $(seq "$ROUNDS"); do
			renew
			one_of_a_crowd "$kind" "$CODE_SERVICE" "$(code 1)" >>"$work/by_code"
			one_of_a_crowd "$kind" "$CODE_SERVICE" "${recovery[0]}" >>"$work/by_recovery"
			renew
			one_of_a_crowd "$kind" "$PATIENT_SERVICE" "$(code 1)" >>"$work/without_lock"
		done
		all_alike "$1: $CROWD $kind with one code" "$work/by_code" "$ROUNDS" \
			"1 in, $others refused: 5 of them spent, $((others - 5)) locked"
		all_alike "$1: $CROWD $kind with one recovery code" "$work/by_recovery" "$ROUNDS" \
			"1 in, $others refused: $others of them spent, 0 locked"
		all_alike "$1: $CROWD $kind with one code, and no lock" "$work/without_lock" "$ROUNDS" \
			"1 in, $others refused: $others of them spent, 0 locked"
	done
}

# Nobody learns of a sixth guess whether it was right, and none is looked at. Their password's hash
# spreads the guesses over some time; asked for the code alone they meet at the store.
many_guesses() {
	local kind service as_wanted typed
	as_wanted="$CROWD refused, 5 looked at, $((CROWD - 5)) met the lock, 5 failures on disk"
	for service in "$SERVICE" "$CODE_SERVICE"; do
		for kind in processes threads; do
			for _ in $(seq "$GUESS_ROUNDS"); do
				renew
				typed=("$(wrong_code)")
				[ "$service" = "$CODE_SERVICE" ] || typed=("$password" "${typed[@]}")
				run attempts --"$kind" "$CROWD" "$service" "$user" "${typed[@]}"
				echo "$(shown_times 'result: 7') refused," \
					"$(said_times reason=wrong_code) looked at," \
					"$(said_times reason=locked) met the lock," \
					"$(state_of failures) failures on disk"
			done >"$work/by_guess"
			all_alike "$1: $CROWD wrong codes by $kind at $service" "$work/by_guess" \
				"$GUESS_ROUNDS" "$as_wanted"
		done
	done
}

# wrong_before: the wrong codes before $user's success, of the state's newer slot. A user who was in
# while locked has as many as the lock takes, or fewer than were looked at.
wrong_before() {
	awk '/^state / { sequence = $2 }
		/^earlier / && sequence >= newest { newest = sequence; earlier = $2 }
		END { print earlier + 0 }' "$STORE/users/$user"
}

# The owner among the guesses of who knows the password: in, if among those that were looked at. Four
# came before at most; the right code sets the count to 0, and five more are looked at.
# right_in_crowd WHERE KIND SIZE: one such crowd; sets $entered.
right_in_crowd() {
	local size=$3 name="$1: a right code among guesses, by $2" looked_at met_lock before failures
	renew
	{
		yes "$user	$(wrong_code)" | head -n $((size - 1))
		echo "$user	$(code)"
	} | shuf >"$work/crowd"
	run attempts --"$2" "$size" --each "$work/crowd" "$CODE_SERVICE"
	entered=$(shown_times 'result: 0')
	looked_at=$(said_times reason=wrong_code) met_lock=$(said_times reason=locked)
	trace "$size $2: $entered in, $looked_at wrong codes looked at"
	if [ "$entered" = 1 ]; then
		before=$(wrong_before) failures=$(state_of failures)
		check "$name: in before the lock" test "$before" -le 4 -a "$failures" -le 5
		equal "$name: each guess is accounted for" \
			"$looked_at looked at, $met_lock met the lock" \
			"$((before + failures)) looked at, $((size - 1 - before - failures)) met the lock"
	else
		equal "$name: the lock came first" "$entered $looked_at" "0 5"
	fi
}

# Of eight, the right one is among the first five by chance, as often as not: it is tried until it is.
right_among_guesses() {
	local kind entered
	for kind in processes threads; do
		entered=0
		for _ in {1..30}; do
			[ "$entered" = 0 ] || break
			right_in_crowd "$1" "$kind" 8
		done
		equal "$1: a right code among guesses, by $kind: in at last" "$entered" 1
		for _ in $(seq "$GUESS_ROUNDS"); do
			right_in_crowd "$1" "$kind" "$CROWD"
		done
	done
}

# What one user does is nothing to another.
different_users() {
	local kind person people_then=()
	for person in {1..25}; do
		new_user --recovery-codes 0
		people_then+=("$user:$password:$key")
	done
	for kind in processes threads; do
		: >"$work/crowd"
		for person in "${people_then[@]}"; do
			IFS=: read -r user password key <<<"$person"
			[ "$kind" = processes ] || run twokey unlock "$user"
			printf '%s\t%s\t%s\n' "$user" "$password" \
				"$(code "$([ "$kind" = processes ] && echo 0 || echo 1)")" >>"$work/crowd"
		done
		run attempts --"$kind" 25 --each "$work/crowd" "$SERVICE"
		equal "$1: 25 users at once, by $kind: all get in" "$(shown_times 'result: 0')" 25
	done
}

# The owner stands at this prompt.
stands_at() {
	[ "$(grep -c '^hidden: ' "$work/owner")" = "$1" ]
}

# owner_and PROMPT NAME ANSWER...: someone tries ANSWERs again and again while the owner stands at
# that prompt, the first or the second, and then types a right code.
owner_and() {
	local prompt=$1 name=$2 owner
	shift 2
	rm -f "$work/type"
	: >"$work/owner"
	"$driver" --hold "$work/type" --at "$prompt" "$service" "$user" "${owner_types[@]}" \
		"$(code 1)" >"$work/owner" 2>>"$work/stderr.all" </dev/null &
	owner=$!
	wait_until stands_at "$prompt"
	run attempts --processes "$guesses" "$service" "$user" "$@"
	equal "$name: the guesses are refused" "$(shown_times 'result: 7')" "$guesses"
	check "$name: and the owner stands there still" stands_at "$prompt"
	: >"$work/type"
	wait "$owner"
	equal "$name: the owner gets in" "$?" 0
}

others_guess() {
	local guesses service=$SERVICE owner_types=("$password") kind prompt at
	for prompt in 1 2; do
		at="while the owner stands at prompt $prompt"
		guesses=$CROWD
		renew
		owner_and "$prompt" "$1: wrong passwords $at" "not $password" "$(wrong_code)"
		guesses=4
		renew
		owner_and "$prompt" "$1: wrong codes $at" "$password" "$(wrong_code)"
	done
	owner_types=() service=$CODE_SERVICE
	renew
	owner_and 1 "$1: wrong codes while the owner stands at the only prompt" "$(wrong_code)"
	for kind in processes threads; do
		renew
		{
			yes "$user	not $password	$(code)" | head -n $((CROWD - 1))
			echo "$user	$password	$(code)"
		} >"$work/crowd"
		run attempts --"$kind" "$CROWD" --each "$work/crowd" "$SERVICE"
		equal "$1: the owner amid wrong passwords, by $kind, gets in" \
			"$(shown_times 'result: 0')" 1
		equal "$1: and no failure is left" "$(state_of failures)" 0
	done
}

# The driver does tell when more than one gets in.
control() {
	pam_service twokey-control <<-END
		auth required pam_permit.so
	END
	check "control: $CROWD at once where nothing is asked" \
		attempts --threads "$CROWD" twokey-control "$user"
	shown "control: all get in" "^result: 0 x $CROWD\$"
}

file_system_of() {
	findmnt --noheadings --output FSTYPE --target "$1"
}

# The store is on the machine's own disk, where that is ext4, for its time to sync.
mount_disk() {
	if [ -d /disk ] && [ "$(file_system_of /disk)" = ext4 ]; then
		rm -rf /disk/twokey
		mkdir -m 700 /disk/twokey && mount --bind /disk/twokey "$STORE"
	else
		mount_ext4 "$STORE" && chmod 700 "$STORE"
	fi
}

# all WHERE: the store is there.
all() {
	new_user
	one_code "$1"
	many_guesses "$1"
	right_among_guesses "$1"
	others_guess "$1"
	different_users "$1"
}

pam_twokey "$SERVICE"
pam_twokey "$CODE_SERVICE" ask=code
pam_twokey "$PATIENT_SERVICE" ask=code max_failures=1000
new_person
control
install -d -m 700 "$STORE"
mount -t tmpfs -o mode=700 store "$STORE" || die "no tmpfs"
all "in memory"
umount "$STORE"
if mount_disk >"$work/output" 2>&1; then
	equal "on ext4: there the store is" "$(file_system_of "$STORE")" ext4
	all "on ext4"
	umount "$STORE"
	rm -rf /disk/twokey
else
	lacks_ext4 "on ext4"
fi

finish
