#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What is left in memory of an enrolment at a login, and of each command that handles a key: it writes
# all its memory to a file when it ends - heap, freed chunks, stack, data - and no password, code, key,
# recovery code or hash is in it. What keep_freed.c planted is. See login_secrets.sh, too.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/dumping.sh"

readonly SERVICE=twokey-test
readonly RECOVERY='[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}'

enrolled() {
	key=$(json '["secret"]' <"$work/enrolled")
	mapfile -t recovery < <(json '["recovery_codes"]' <"$work/enrolled")
	secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
}

# note_key: as a page shows it, too.
note_key() {
	secret "$key"
	note key "$key"
	note "key in groups" "$(sed 's/..../& /g; s/ $//' <<<"$key")"
}

new_user # makes the store

# --- Enrolment at a login: what the pages showed, the QR code in their middle included

pam_service "$SERVICE" <<-END
	auth     required pam_twokey.so unenrolled=enroll
	account  required pam_twokey.so
	password required pam_twokey.so
END
# enrols_at_login LETTER CELLS...: drawn so, in lines of these characters.
enrols_at_login() {
	local name="enrolment at a login, $1"
	new_person
	: >"$work/wanted"
	rm -f "$work"/dumps/* "$work/pages"
	together "$here/enrol_at_login.py" --pages "$work/pages" \
		password="$password" code= letter="$1" app enter \
		-- env "${DUMPING[@]}" "$work/login" "$SERVICE" "$user" enrol >"$work/printed"
	check "$name: it was enrolled" test "$(twokey status "$user" --json | json '["enrolled"]')" = true
	key=$(sed -n 1p "$work/printed")
	mapfile -t recovery < <(grep -oE "^$RECOVERY" "$work/printed")
	mapfile -t drawn < <(grep -E "^[ $2]{30,}\$" "$work/pages")
	secret "${recovery[@]}" "${recovery[@]//-/}"
	check "$name: all was seen" test "${#key}:${#recovery[@]}" = 32:10 -a "${#drawn[@]}" -gt 20
	note password "$password"
	note_key
	note "recovery code" "${recovery[@]}"
	note "line of a QR code" "${drawn[@]:8:12}"
	clean "$name" 3
}
enrols_at_login i '▀▄█'
enrols_at_login a '#'

# --- An enrolment at a login that comes to nothing

# breaks_off_enrolment REASON NAME ANSWER...: behind the password and a code.
breaks_off_enrolment() {
	local reason=$1 name="enrolment at a login, $2"
	shift 2
	new_person
	: >"$work/wanted"
	run answering "$password" 000000 "$@" -- dumping "$work/login" "$SERVICE" "$user" enrol
	key=$(grep -aoEm 1 '^ {4}([A-Z2-7]{4} ?){8}' "$work/output" | tr -d ' ')
	logged "$name: it ends for $reason" "enrolment failure; .* reason=$reason "
	check "$name: the key was seen" test "${#key}" = 32
	note password "$password"
	note_key
	clean "$name" 3
}
breaks_off_enrolment no_answer "no answer"
breaks_off_enrolment wrong_code "wrong codes" 000000 111111 222222

# --- The command: what it prints is its business, what it keeps is not.

# enrols_unseen NAME OPTION...: $user, where nobody looks at what is printed.
enrols_unseen() {
	local name=$1
	shift
	: >"$work/wanted"
	listen "$work/output" dumping twokey enroll "$user" --json --no-confirm --qr none "$@" \
		>"$work/enrolled"
	enrolled
	check "$name: it was enrolled" test "${#key}" = 32
	note key "$key"
	[ "${#recovery[@]}" = 0 ] || note "recovery code" "${recovery[@]}"
	clean "$name"
}

new_person
enrols_unseen "twokey enroll --json"
enrols_unseen "twokey enroll --add" --add --device tablet
enrols_unseen "twokey enroll --replace" --replace

# enrols_by NAME OPTION...: with a key from standard input, and the first code behind it. With --json it is
# standard error that shows a person the code.
enrols_by() {
	local name=$1 first heard=together
	shift
	[[ " $* " != *" --json "* ]] || heard=for_a_person
	new_person
	key=$(head -c 20 /dev/urandom | base32)
	secret "$key"
	: >"$work/wanted"
	note key "$key"
	first=$(eight_digits)
	note "first code" "$first"
	printf '%s\n%s\n' "$key" "$first" |
		"$heard" dumping twokey enroll "$user" --secret-stdin --digits 8 "$@" >"$work/printed"
	check "$name: it was enrolled" test "$(twokey status "$user" --json | json '["enrolled"]')" = true
	mapfile -t recovery < <(grep -oE "$RECOVERY" "$work/printed")
	secret "${recovery[@]}" "${recovery[@]//-/}"
	note "recovery code" "${recovery[@]}"
	clean "$name"
}

enrols_by "twokey enroll, for a person" --qr utf8
enrols_by "twokey enroll, a code in a file" --qr "png=$work/code.png"
enrols_by "twokey enroll --json, for a person" --qr ascii --json
person
eight_digits | together dumping twokey verify "$user" >"$work/printed"
note "right code" "$(tail -n 1 "$work/secrets")"
clean "twokey verify"
together dumping twokey show "$user" >"$work/printed"
clean "twokey show"
together dumping twokey show "$user" --json >"$work/printed"
clean "twokey show --json"
together strace -o "$work/trace" twokey show "$user" >"$work/printed"
check "twokey show: no core dump is possible once it looks for a key" sh -c '
	sed -n "/\"users\"/q; /PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0/p" "$1" | grep -q . &&
		grep -q "\"users" "$1"' sh "$work/trace"
together dumping twokey export uri "$user" >"$work/printed"
clean "twokey export uri"
together dumping twokey export oath "$user" >"$work/printed"
clean "twokey export oath"
together dumping twokey status "$user" >"$work/printed"
clean "twokey status"
together dumping twokey recovery "$user" >"$work/printed"
mapfile -t recovery < <(grep -oE "$RECOVERY" "$work/printed")
secret "${recovery[@]}" "${recovery[@]//-/}"
note "recovery code" "${recovery[@]}"
clean "twokey recovery"

# imports FORM [FILE]: a key of another program's, for a new person, from $work/source.
imports() {
	together dumping twokey import "$@" <"$work/source" >"$work/printed"
	check "twokey import $1: it was enrolled" \
		test "$(twokey status "$user" --json | json '["enrolled"]')" = true
	clean "twokey import $1"
}

# new_key: of a new person; $hex is the same in hexadecimal.
new_key() {
	new_person
	key=$(head -c 20 /dev/urandom | base32)
	hex=$(base32 --decode <<<"$key" | od -An -v -tx1 | tr -d ' \n')
	secret "$key" "$hex"
	: >"$work/wanted"
	note key "$key"
	note "key in hexadecimal" "$hex"
}

new_key
scratch=$(shuf -i 10000000-99999999 -n 1)
secret "$scratch"
note "recovery code of google" "$scratch"
printf '%s\n" TOTP_AUTH\n%s\n' "$key" "$scratch" >"$work/source"
imports google "$work/source" --user "$user"
new_key
printf 'HOTP/T30\t%s\t-\t%s\n' "$user" "$hex" >"$work/source"
imports oath "$work/source"
new_key
echo "otpauth://totp/$user?secret=$key" >"$work/source"
imports uri
new_key
plain=$(base32 --decode <<<"$key" | base64)
secret "$plain"
note "key in base64" "$plain"
cat >"$work/source" <<-END
	<?xml version="1.0"?>
	<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>
	<Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><Data><Secret>
	<PlainValue>$plain</PlainValue></Secret></Data></Key></KeyPackage></KeyContainer>
END
imports pskc "$work/source" --user "$user"

finish
