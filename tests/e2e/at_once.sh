#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Many logins at one instant: a code counts once, guesses are counted, and nobody is in another's way.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test ROUNDS=10 CROWD=50

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

# crowd ANSWER...: so many attempts of $user at once.
crowd() {
	"$here/at_once.py" "$CROWD" "$SERVICE" "$user" "$password" "$@"
}

# said_times REGEX: such lines of what the last command made logged.
said_times() {
	grep -cE "$1" "$work/said"
}

# The store on the real disk, where there is one: a file system in memory syncs at once.
if [ -d /disk ]; then
	rm -rf /disk/twokey && mkdir -m 700 /disk/twokey /var/lib/twokey
	mount --bind /disk/twokey /var/lib/twokey || die "no bind mount"
fi

pam_twokey "$SERVICE"
for round in $(seq "$ROUNDS"); do
	new_user --recovery-codes 1
	check "round $round: $CROWD logins with one code" crowd "$(code)"
	shown "round $round: one got in" "^0 x 1\$"
	shown "round $round: all others were refused" "^7 x $((CROWD - 1))\$"
	run twokey unlock "$user"
	check "round $round: $CROWD logins with one recovery code" crowd "${recovery[0]}"
	shown "round $round: one got in by it" "^0 x 1\$"
done

new_user
check "$CROWD wrong codes" crowd "$(wrong_code)"
shown "none got in" "^7 x $CROWD\$"
evaluated=$(said_times 'reason=wrong_code') locked=$(said_times 'reason=locked')
check "five were looked at" test "$evaluated" = 5
check "all others met the lock" test "$locked" = $((CROWD - 5))

new_user
for _ in $(seq $((CROWD - 1))); do
	printf '%s\t%s\n' "not $password" "$(code)"
done >"$work/crowd"
printf '%s\t%s\n' "$password" "$(code)" >>"$work/crowd"
check "strangers in a crowd around the owner" \
	"$here/at_once.py" --answers "$work/crowd" "$CROWD" "$SERVICE" "$user"
shown "the owner gets in" "^0 x 1\$"
check "and no failure is left" test "$(twokey status "$user" --json | json '["failures"]')" = 0

finish
