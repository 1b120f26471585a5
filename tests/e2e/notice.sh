#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the session phase tells a user, and when it holds its tongue.
. "$(dirname "$0")/lib/e2e.sh"

# with_session SERVICE [OPTION...]: the options for both phases.
with_session() {
	local service=$1
	shift
	pam_service "$service" <<-END
		auth     sufficient pam_rootok.so
		auth     required pam_twokey.so $*
		account  required pam_permit.so
		session  required pam_permit.so
		session  optional pam_twokey.so $*
	END
}

# told NAME REGEX, untold NAME: by the login that was let in just now.
told() {
	check "$1" grep -Eq -- "$2" "$work/answer"
}

untold() {
	check "$1" test "$(grep -Ec 'wrong code|recovery code|The clock' "$work/answer")" = 0
}

# su_shell PASSWORD CODE: but for a login shell, su keeps what a session tells to itself.
su_shell() {
	printf '%s\n' "$1" "$2" "${WHOAMI[2]}" |
		says "in as $user" timeout 30 setpriv --reuid=nobody --regid=nogroup --clear-groups \
			su - "$user"
}

# A session alone: root is asked for no key.
session_alone() {
	says "in as $user" su - "$user" <<<"${WHOAMI[2]}"
}

with_session su
with_session tell
new_user --recovery-codes 4
let_in code_accepted "su: a login like any other" su_shell "$password" "$(code)"
untold "su: nothing is said"

# A login by ssh with a shell, as a person sees it.
ssh_shell() {
	"$here/terminal.py" --answer 'Password: ' "$password" --answer 'Verification code: ' "$1" \
		--answer '\$ ' exit \
		ssh -F none -p "$SSH_PORT" -l "$user" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentityFile=none 127.0.0.1 |
		tr -d '\r' >"$work/answer"
}

pam_service sshd <<-END
	auth     required pam_twokey.so
	account  required pam_permit.so
	session  required pam_permit.so
	session  optional pam_twokey.so
END
sshd_start "AuthenticationMethods keyboard-interactive"
new_user --recovery-codes 4
kept_out wrong_code "ssh: a wrong code" ssh_login "$user" "$password" "$(wrong_code)"
let_in code_accepted "ssh: and a right one" ssh_shell "$(code)"
told "ssh: of the one wrong code, when and whence" \
	'^1 wrong code was tried before this login, on 20..-..-.. ..:.. UTC from 127\.0\.0\.1\.$'
let_in code_accepted "ssh: and the next" ssh_shell "$(code 1)"
untold "ssh: nothing twice"
kept_out wrong_code "ssh: another wrong code" ssh_login "$user" "$password" "$(wrong_code)"
let_in recovery_accepted "ssh: a command alone, to which sshd shows nothing" \
	ssh_login "$user" "$password" "${recovery[0]}"
untold "ssh: a command alone: nothing is said"
let_in recovery_accepted "ssh: a shell after that" ssh_shell "${recovery[1]}"
check "ssh: it counted as told" test "$(grep -c 'wrong code' "$work/answer")" = 0

new_user --recovery-codes 4
for _ in 1 2 3; do
	run su_shell "$password" "$(wrong_code)"
done
let_in code_accepted "su: after three wrong codes" su_shell "$password" "$(code)"
told "su: of all three" '3 wrong codes were tried before this login, the last on .*UTC'
session_alone >"$work/output"
untold "a session without a login tells it no second time"

let_in recovery_accepted "one of four recovery codes" su_shell "$password" "${recovery[0]}"
untold "three are left: nothing is said"
let_in recovery_accepted "another" su_shell "$password" "${recovery[1]}"
told "two are left" 'You have 2 recovery codes left: ask for new ones\.$'
let_in recovery_accepted "another" su_shell "$password" "${recovery[2]}"
told "one is left" 'You have 1 recovery code left: ask for new ones\.$'

new_user --recovery-codes 0
with_session su window=5
let_in code_accepted "a code of five steps ahead" su_shell "$password" "$(code 5)"
told "the device's clock" 'The clock of your device phone is about [0-9]+ seconds ahead: set it'

# --- What was not told yet

# sudo and its like open no session that tells; so do logins of a screen locker, or a script.
pam_twokey speechless
new_user --recovery-codes 4
for _ in 1 2; do
	kept_out wrong_code "a wrong code" pam_login speechless "$user" "$password" "$(wrong_code)"
done
let_in code_accepted "in where no session tells" pam_login speechless "$user" "$password" "$(code)"
kept_out wrong_code "a third" pam_login speechless "$user" "$password" "$(wrong_code)"
let_in recovery_accepted "in again where no session tells" \
	pam_login speechless "$user" "$password" "${recovery[0]}"
with_session su
let_in code_accepted "in where a session tells" su_shell "$password" "$(code 1)"
told "of all three" '3 wrong codes were tried before this login'
let_in recovery_accepted "and once more" su_shell "$password" "${recovery[1]}"
check "nothing of them twice" test "$(grep -c 'wrong code' "$work/answer")" = 0

new_user
for _ in 1 2 3 4 5; do
	run pam_login speechless "$user" "$password" "$(wrong_code)"
done
kept_out locked "locked by somebody" su_shell "$password" "$(code)"
check "root unlocks" twokey unlock "$user"
let_in code_accepted "unlocked" su_shell "$password" "$(code)"
told "of the guesses that were unlocked" '5 wrong codes were tried before this login'

# --- Silence

new_user
with_session su quiet
run su_shell "$password" "$(wrong_code)"
let_in code_accepted "quiet: a login after a wrong code" su_shell "$password" "$(code)"
untold "quiet: nothing is said"

check "PAM_SILENT: the session is opened" \
	pamtester -v tell "$user" 'open_session(PAM_SILENT)'
cp "$work/output" "$work/answer"
untold "PAM_SILENT: nothing is said"
together pamtester tell "$user" open_session >"$work/answer"
told "but without it" '^1 wrong code was tried'

new_person
session_alone >"$work/output"
untold "who is not enrolled is told nothing"
new_user
mv "/var/lib/twokey/users/$user" "/var/lib/twokey/users/$user.away"
ln -s "$user.away" "/var/lib/twokey/users/$user"
check "a record that can't be trusted is no obstacle to a session" session_alone

finish
