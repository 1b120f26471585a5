#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Records, states and stores that are damaged, foreign or not to be trusted: no login, one line of
# the log that names the file, what is wrong and what mends it, and the mend mends it.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey RECORD=4096 BLOCK=4096

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

# tear SLOT: flip a bit of it.
tear() {
	printf 'S' | dd of="$file" bs=1 seek=$((RECORD + $1 * BLOCK)) conv=notrunc status=none
}

# newest: the slot that counts.
newest() {
	/usr/bin/python3 -c 'import sys
blocks = open(sys.argv[1], "rb").read()[4096:]
print(max((0, 1), key=lambda slot: int(blocks[slot * 4096 + 6:][:20])))' "$file"
}

new_victim() {
	new_user
	file=$STORE/users/$user
	cp "$file" "$work/whole"
}

pam_twokey "$SERVICE"

# --- Records

# bad_record NAME PROBLEM COMMAND...: the command damages $file.
bad_record() {
	local name=$1 problem=$2
	shift 2
	cp "$work/whole" "$file"
	"$@" || die "$name: $*"
	fails_closed record_damaged "$name" login "$(code)"
	logged "$name: the log names the file, the problem and the mend" \
		"authpriv.err .* file=users/$user .*problem=\"[^\"]*$problem.*twokey enroll --replace"
	check_status 3 "$name: status fails" twokey status "$user"
	shown "$name: and names the file" "$STORE/users/$user"
	cp "$work/whole" "$file"
}

# edited NAME OLD NEW PROBLEM: the record is edited, its checksum is right.
edited() {
	bad_record "$1" "$4" "$here/edit_record.py" "$file" "$2" "$3"
}

megabyte() {
	head -c 1000000 /dev/zero | tr '\0' x >"$file"
}

new_victim
bad_record "empty" "cut short" truncate -s 0 "$file"
bad_record "truncated" "cut short" truncate -s 100 "$file"
bad_record "a line of a megabyte" "too long" megabyte
bad_record "random bytes" "" dd if=/dev/urandom of="$file" bs=12288 count=1 status=none
bad_record "one character changed" "checksum" sed -i 's/^device: phone/device: phony/' "$file"
edited "of another version" 'twokey: 1' 'twokey: 2' "another version"
edited "with CR LF" '1\n' '1\r\n' "CR LF"
edited "a device twice" 'device: phone' \
	'device: phone\ntype: hotp\nalgorithm: SHA1\ndigits: 6\nkey: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\ndevice: phone' \
	"of this name"
edited "two devices with one key" 'device: phone' \
	"device: token\\ntype: hotp\\nalgorithm: SHA512\\ndigits: 8\\nkey: $key\\ndevice: phone" \
	"the key of another device"
edited "a key that is no base32" '\nkey: ' '\nkey: !' "base32"
edited "digits 0" 'digits: 6' 'digits: 0' "digits"
edited "digits 99" 'digits: 6' 'digits: 99' "digits"
edited "period 0" 'period: 30' 'period: 0' "period"
edited "another user's" "user: $user" "user: somebody" "another user"
let_in code_accepted "restored from a backup" login "$(code)"
truncate -s 0 "$file"
enrol --replace
let_in code_accepted "enrolled again over the damage" login "$(code)"

# --- States

new_victim
right=$(code)
let_in code_accepted "a state with two whole slots" login "$right"
tear $((1 - $(newest)))
kept_out replayed_code "the older slot torn" login "$right"
let_in code_accepted "and the next code" login "$(code 1)"

new_victim
tear "$(newest)"
let_in code_accepted "the newer slot torn" login "$(code)"

new_victim
tear 0
tear 1
fails_closed state_damaged "both slots torn" login "$(code)"
logged "the log names the mend" "authpriv.err .* file=users/$user .*twokey unlock --rebuild"
check_status 3 "status fails" twokey status "$user"
shown "status still tells the device" "device +phone: totp"
check_status 3 "unlock alone does not mend it" twokey unlock "$user"
check "unlock --rebuild does" twokey unlock "$user" --rebuild
shown "it tells when codes count again" "accepted again in 330 seconds"
kept_out replayed_code "until then a code may have been used" login "$(code)"
kept_out recovery_spent "and so may a recovery code" login "${recovery[0]}"
let_in code_accepted "then the same phone logs in" \
	faketime -f +400 "$here/pam_login.py" "$SERVICE" "$user" "$password" "$(code 13)"

new_victim
truncate -s $((RECORD + BLOCK)) "$file"
fails_closed state_damaged "a state that is cut off" login "$(code)"

new_user --hotp
file=$STORE/users/$user
tear 0
tear 1
enrol_token() { printf '%s\n' "$key" | twokey enroll "$user" --secret-stdin --hotp --counter 9 --no-confirm --qr none "$@"; }
check_status 1 "a counter that is lost is not begun anew" enrol_token --replace
shown "and why, and what to do" "^twokey: $user: the counter .* lost .*'twokey remove'"
check "unlock --rebuild" twokey unlock "$user" --rebuild
check_status 1 "nor is it then" enrol_token --replace
twokey remove "$user" >/dev/null
check "after 'twokey remove' it is" enrol_token

# --- Files and stores that can't be trusted

# untrusted REASON NAME COMMAND...
untrusted() {
	local reason=$1 name=$2
	shift 2
	new_victim
	"$@" || die "$name: $*"
	fails_closed "$reason" "$name" login "$(code)"
	logged "$name: it is named" "authpriv.err .* store=$STORE .*error="
	rm -rf "$file"
}

as_link() { mv "$file" "$work/elsewhere" && ln -s "$work/elsewhere" "$file"; }
as_fifo() { rm "$file" && mkfifo -m 600 "$file"; }
as_directory() { rm "$file" && mkdir -m 700 "$file"; }
untrusted file_untrusted "a link" as_link
untrusted file_untrusted "a directory" as_directory

# The others have no errno to tell.
new_victim
as_fifo
fails_closed file_untrusted "a FIFO" login "$(code)"
rm "$file"
new_victim
ln "$file" "$STORE/hard-link"
fails_closed file_untrusted "a hard link" login "$(code)"
rm "$STORE/hard-link"
let_in code_accepted "mended" login "$(code)"
chown nobody "$file"
fails_closed file_untrusted "another's file" login "$(code 1)"
chown root "$file"
let_in code_accepted "mended, too" login "$(code 1)"

new_victim
chmod 777 "$STORE"
fails_closed store_untrusted "a store that anybody may write" login "$(code)"
chmod 700 "$STORE"
chown nobody "$STORE"
fails_closed store_untrusted "another's store" login "$(code)"
chown root "$STORE"
mv "$STORE" /var/lib/real && ln -s real "$STORE"
fails_closed store_untrusted "a store that is a link" login "$(code)"
rm "$STORE"
mkfifo -m 700 "$STORE"
fails_closed store_untrusted "a store that is a FIFO" login "$(code)"
rm "$STORE"
fails_closed store_missing "a store that is missing" login "$(code)"
mv /var/lib/real "$STORE"
let_in code_accepted "all mended" login "$(code)"

finish
