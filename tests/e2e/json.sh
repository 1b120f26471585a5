#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --json: each command prints one JSON text with the fields and types that twokey(8) promises.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test
page=$here/../../../man/twokey.8

# shaped NAME SHAPE STATUS COMMAND...: it ends with STATUS, and prints such a JSON text.
shaped() {
	local name=$1 shape=$2 wanted=$3 status
	shift 3
	listen "$work/output" "$@" >"$work/printed"
	status=$?
	if [ "$status" = "$wanted" ]; then
		check "$name" "$here/schema.py" "$shape" "$work/printed" "$page"
	else
		fail "$name" "exit status $status, not $wanted"
	fi
}

# note_secrets: what was printed last is secret.
note_secrets() {
	key=$(json '["secret"]' <"$work/printed")
	mapfile -t recovery < <(json '["recovery_codes"]' <"$work/printed")
	secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
}

pam_twokey "$SERVICE"
new_person
shaped "enroll" enroll 0 twokey enroll "$user" --no-confirm --qr none --json
note_secrets
shaped "status" status 0 twokey status "$user" --json
let_in code_accepted "a login" pam_login "$SERVICE" "$user" "$password" "$(code)"
shaped "status after a login" status 0 twokey status "$user" --json
shaped "verify, refused" verify 1 answering "$(wrong_code)" -- twokey verify "$user" --json
shaped "verify, accepted" verify 0 answering "$(code 1)" -- twokey verify "$user" --json
shaped "try" try 1 answering "$password" "$(wrong_code)" -- \
	twokey try "$SERVICE" "$user" --json
shaped "try, without a user" try 1 answering x y z -- twokey try "$SERVICE" --json
shaped "unlock" unlock 0 twokey unlock "$user" --json
check "unlock: nothing was lost" test "$(json '["state_lost"]' <"$work/printed")" = false
dd if=/dev/zero of="/var/lib/twokey/users/$user" bs=4096 seek=1 count=2 conv=notrunc status=none
shaped "status of a damaged state" status 3 twokey status "$user" --json
shaped "unlock --rebuild" unlock 0 twokey unlock "$user" --rebuild --json
check "unlock --rebuild: the state was lost" test "$(json '["state_lost"]' <"$work/printed")" = true
shaped "recovery" recovery 0 twokey recovery "$user" --count 2 --json
mapfile -t recovery < <(json '["recovery_codes"]' <"$work/printed")
secret "${recovery[@]}" "${recovery[@]//-/}"
shaped "show" show 0 twokey show "$user" --json
secret "$(json '["uri"]' <"$work/printed")"
shaped "enroll --add --hotp" enroll 0 \
	twokey enroll "$user" --add --device token --hotp --no-confirm --qr none --json
secret "$(json '["secret"]' <"$work/printed")"
shaped "status of an HOTP device" status 0 twokey status "$user" --json
shaped "list" list 0 twokey list --json
new_person
shaped "status, not enrolled" status-unenrolled 1 twokey status "$user" --json
shaped "list --unenrolled" list-unenrolled 0 twokey list --unenrolled --json
check "list --unenrolled: somebody" test "$(json '.__len__()' <"$work/printed")" -ge 1
new_user
shaped "remove --device" remove 0 twokey remove anna1 --device token --json
shaped "remove" remove 0 twokey remove "$user" --json
check "remove: it has" test "$(json '["removed"]' <"$work/printed")" = true
shaped "doctor" doctor 0 twokey doctor --json
echo "auth sufficient pam_permit.so" >"/etc/pam.d/$SERVICE"
echo "auth required pam_twokey.so" >>"/etc/pam.d/$SERVICE"
shaped "doctor, with a problem" doctor 1 twokey doctor --json

pam_twokey "$SERVICE"

new_user
shaped "export uri" export-uri 0 twokey export uri "$user" --json
json '[0]["uri"]' <"$work/printed" >"$work/uri"
secret "$(cat "$work/uri")"
shaped "export oath" export-oath 0 twokey export oath "$user" --json
line=$(json '[0]["line"]' <"$work/printed")
secret "$(cut -f 4 <<<"$line")"
twokey export oath "$user" >"$work/line"
check "export oath: the line is that of the file" test "$line" = "$(cat "$work/line")"
enrol --add --device big --algorithm SHA512
shaped "export oath, what it does not know" export-oath 1 twokey export oath "$user" --json
check "export oath: the rest is there" test "$(json '.__len__()' <"$work/printed")" = 1
shaped "export, all" export-uri 0 twokey export uri --json
mapfile -t uris < <(json '[0]["uri"]' <"$work/printed")
secret "${uris[@]}"
check "export: every device" test "$(json '.__len__()' <"$work/printed")" \
	= "$(grep -rc '^device: ' /var/lib/twokey/users | awk -F : '{ sum += $2 } END { print sum }')"
shaped "export, nobody" export-uri 1 twokey export uri nobody --json
check "export, nobody: an empty array" test "$(json '.__len__()' <"$work/printed")" = 0
twokey remove "$user" >"$work/output"
shaped "import --dry-run" import 0 answering "$(cat "$work/uri")" -- twokey import uri --dry-run --json
check "import --dry-run: tells that it is one" test "$(json '["dry_run"]' <"$work/printed")" = true
shaped "import" import 0 answering "$(cat "$work/uri")" -- twokey import uri --json
check "import: who" test "$(json '["imported"][0]["user"]' <"$work/printed")" = "$user"
shaped "import, refused" import 1 answering "$(cat "$work/uri")" nonsense -- twokey import uri --json
check "import, refused: why" test "$(json '["remarks"].__len__()' <"$work/printed")" = 2
shaped "import, no source" import 3 twokey import oath "$work/nowhere" --json
check "import, no source: no line" test "$(json '["remarks"][0]["line"]' <"$work/printed")" = null

batch() {
	twokey enroll --batch - --out "$work/sheets" --json
}
shaped "enroll --batch" enroll-batch 0 answering paul quentin -- batch
check "enroll --batch: how many" test "$(json '["enrolled"]' <"$work/printed")" = 2
shaped "enroll --batch, a failure" enroll-batch 1 answering paul 'rita,a:b' -- batch
check "enroll --batch, a failure: who" test "$(json '["failed"][0]["user"]' <"$work/printed")" = rita

# A name that JSON can't tell: it is said, and what was done stays done.
printf -v odd 'odd\xff'
user=$odd
check_status 3 "enroll, no UTF-8" twokey enroll "$user" --no-confirm --qr none --json
check "was done" twokey status "$user"
for command in "show $odd" "export uri $odd" "export uri" "list" "status $odd"; do
	# shellcheck disable=SC2086 # words
	check_status 3 "$(printf '%q' "$command"), no UTF-8" twokey $command --json
	shown "is told" "^twokey: the JSON text can't be made"
done
check_status 3 "try, no UTF-8" twokey try "$SERVICE" "$odd" --json
check_status 3 "import, no UTF-8" answering "$(cat "$work/uri")" -- \
	twokey import uri --user "$odd" --replace --json
check_status 3 "enroll --batch, no UTF-8" answering "$odd,a:b" -- batch
twokey remove "$odd" >"$work/output"

mapfile -t commands < <(twokey --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
check "there are commands" test "${#commands[@]}" -ge 12
for command in "${commands[@]}" "enroll --batch -"; do
	# shellcheck disable=SC2086 # words
	check "$command --help tells of it" sh -c 'twokey "$@" --help | grep -q -e --json' - $command
	check "and so does the synopsis of $command" awk -v command="${command%% *}" '
		$0 == ".Sh DESCRIPTION" { exit !found }
		$1 == ".Cm" { named = $2 == command }
		named && $0 == ".Op Fl -json" { found = 1 }
		named && $0 == ".Op Ar options" { found = 1 }' "$page"
done

check_status 1 "the schema is not met by something else" \
	"$here/schema.py" status "$work/printed" "$page"

finish
