#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A login of each kind, and each subcommand, under the tool that $UNDER names.
. "$(dirname "$0")/../fault/lib/fault.sh"

under() {
	# shellcheck disable=SC2086 # a tool with its options
	timeout 300 ${UNDER-} "$@"
}

login() {
	under "$driver" "$service" "$user" "$@"
}

subcommand() {
	under "$(type -P twokey)" "$@"
}

with_input() {
	local text=$1
	shift
	printf '%s\n' "$text" | "$@"
}

pam_twokey both
pam_twokey combined ask=combined
pam_twokey code ask=code
pam_twokey strict max_failures=2 debug
pam_twokey allowing unenrolled=allow
pam_twokey broken colour=red
pam_twokey nowhere store=/var/lib/elsewhere
pam_service first <<-END
	auth     required pam_unix.so nodelay
	auth     required pam_twokey.so use_first_pass
	account  required pam_unix.so
END
pam_service enrolling <<-END
	auth     required pam_twokey.so unenrolled=enroll
	account  required pam_twokey.so
	password required pam_twokey.so
	session  required pam_twokey.so
	session  required pam_permit.so
END
helper_setup

# --- Logins

service=both
new_user
right=$(code)
kept_out wrong_password "a wrong password" login "not $password" "$right"
kept_out empty_password "no password" login "" "$right"
kept_out wrong_code "a wrong code" login "$password" "$(wrong_code)"
kept_out malformed_code "what is no code" login "$password" "open up"
let_in code_accepted "a right code" login "$password" "$right"
kept_out replayed_code "the same again" login "$password" "$right"
let_in recovery_accepted "a recovery code" login "$password" "${recovery[0]}"
kept_out recovery_spent "the same again" login "$password" "${recovery[0]}"
fails_closed no_answer "no answer" login "$password"
user=nobody-here kept_out unknown_user "an unknown user" login "$password" 123456
service=broken fails_closed bad_option "an option that is none" login "$password" 123456
service=nowhere fails_closed store_missing "no store" login "$password" 123456

service=strict
new_user --hotp
kept_out wrong_code "a guess" login "$password" "$(wrong_code)"
kept_out wrong_code "another" login "$password" "$(wrong_code)"
kept_out locked "the lock" login "$password" "$(wrong_code)"
let_in recovery_accepted "past the lock" login "$password" "${recovery[1]}"
let_in code_accepted "a code by counter" \
	login "$password" "$(oathtool --base32 --hotp --counter 1 - <<<"$key" | remember)"

service=combined
new_user
kept_out wrong_code "in one field, a wrong code" login "$password$(wrong_code)"
let_in code_accepted "in one field, a right one" login "$password$(code)"
let_in recovery_accepted "in one field, a recovery code" login "$password${recovery[2]}"
service=code
kept_out wrong_code "a wrong code alone" login "$(wrong_code)"
let_in code_accepted "a right code alone" login "$(code 1)"
service=first
kept_out wrong_code "after pam_unix, a wrong code" login "$password" "$(wrong_code)"
let_in recovery_accepted "after pam_unix" login "$password" "${recovery[3]}"

new_person
service=both kept_out unenrolled "not enrolled" login "$password" 123456
service=allowing let_in unenrolled_allowed "not enrolled, and allowed" login "$password" ""
# shellcheck disable=SC2086 # a tool with its options
check "enrolled in the middle of a login" \
	"$here/enrol_at_login.py" "password=$password" code= letter=i wrong app enter -- \
	${UNDER-} pamtester enrolling "$user" \
	authenticate 'chauthtok(PAM_CHANGE_EXPIRED_AUTHTOK)' open_session close_session
logged "and the log says so" "enrolment success; user=$user .*reason=enrolled"
key=$(sed -n 1p "$work/output")
secret "$key"

# --- By the helper: first whoever asks it is under the tool, then the helper itself

mkdir -m 755 "$work/users"
install -m 755 "$driver" "$work/users"
by_user() {
	# shellcheck disable=SC2086 # a tool with its options
	as_user timeout 300 $tool "$work/users/attempt" both "$user" "$@"
}

logins_by_helper() {
	local tool=$1
	new_user
	right=$(code)
	kept_out wrong_password "by the helper, a wrong password" by_user "not $password" "$right"
	kept_out wrong_code "by the helper, a wrong code" by_user "$password" "$(wrong_code)"
	let_in code_accepted "by the helper, a right one" by_user "$password" "$right"
	kept_out replayed_code "by the helper, the same again" by_user "$password" "$right"
	let_in recovery_accepted "by the helper, a recovery code" by_user "$password" "${recovery[0]}"
}

logins_by_helper "${UNDER-}"
helper_under twokey 755 "${UNDER:-env}"
logins_by_helper ""

# --- Commands

new_person
check "enroll" subcommand enroll "$user" --no-confirm --qr utf8
check "enroll --replace --json" subcommand enroll "$user" --replace --json --no-confirm --qr none
key=$(json '["secret"]' <"$work/output")
secret "$key"
check_status 1 "verify, a wrong code" with_input "$(wrong_code)" subcommand verify "$user"
check "verify, a right one" with_input "$(code)" subcommand verify "$user"
check "enroll --add" subcommand enroll "$user" --add --device spare --hotp --no-confirm --qr none
check "recovery" subcommand recovery "$user"
check "status" subcommand status "$user"
check "status --json" subcommand status "$user" --json
check "show" subcommand show "$user" --device phone
check "show --json" subcommand show "$user" --device phone --json
check "list" subcommand list
check "list --json" subcommand list --json
check "remove --device" subcommand remove "$user" --device spare
check "export" subcommand export uri "$user"
cp "$work/output" "$work/exported"
check "import" with_input "$(cat "$work/exported")" subcommand import uri --user "$user" --replace
check "unlock" subcommand unlock "$user"
check "unlock --rebuild" subcommand unlock "$user" --rebuild
check "try" with_input "$password"$'\n'"$(code 1)" subcommand try both "$user"
check "remove" subcommand remove "$user"
check_status 1 "status of who is not enrolled" subcommand status "$user"
printf '%s\n' "$user" >"$work/batch"
check "enroll --batch" subcommand enroll --batch "$work/batch" --out "$work/sheets"
run subcommand doctor
shown "doctor" twokey
check "--help" subcommand --help

finish
