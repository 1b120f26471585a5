#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Keys that other programs have: their files, as they themselves wrote them, are imported, and the
# old phone and the old recovery codes log in; what was used before stays used. And the way back.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test PEER=peer-test
readonly URN=urn:ietf:params:xml:ns:keyprov:pskc
readonly HEX=3132333435363738393031323334353637383930

login() {
	pam_login "$SERVICE" "$user" "$@"
}

# import FORMAT ARGUMENT...: what it prints goes to $work/output.
import() {
	twokey import "$@"
}

# hex_code COUNTER|now [OPTION...]: the code of the key in $HEX.
hex_code() {
	local moment=$1
	shift
	if [ "$moment" = now ]; then
		oathtool --totp --now "@$(now_plus 0)" "$@" "$HEX"
	else
		oathtool --counter "$moment" "$@" "$HEX"
	fi | remember
}

pam_twokey "$SERVICE" ask=code
secret "$HEX"

# --- google: a file that the program wrote, and its module after a login

# google_file OPTION...: a phone of $user; sets $file, $key, and $scratch, an array.
google_file() {
	file=/home/$user/.google_authenticator
	as_user env HOME="/home/$user" google-authenticator --force --quiet "$@" \
		>"$work/output" 2>&1 </dev/null || die "google-authenticator"
	key=$(head -n 1 "$file")
	mapfile -t scratch < <(grep -E '^[0-9]{8}$' "$file")
	secret "$key" "${scratch[@]}"
}

new_person
google_file --no-confirm --time-based --disallow-reuse --rate-limit=3 --rate-time=30 --window-size=17
pam_service "$PEER" <<<"auth required pam_google_authenticator.so"
used=$(code)
check "google: the peer accepts a code" pam_login "$PEER" "$user" "$used"
cp "$file" "$work/before"
check "google: --dry-run" import google "$file" --user "$user" --dry-run
shown "google: it tells what would be" "^$user: would be imported: devices: 1, recovery codes: 5\$"
check "google: --dry-run writes nothing" test ! -e /var/lib/twokey
check "google: import" import google "$file" --user "$user"
shown "google: the user is told" "^$user: imported: devices: 1, recovery codes: 5\$"
shown "google: the rate limit is named" ":2: $user: RATE_LIMIT is left behind"
shown "google: the window is named" ":3: $user: WINDOW_SIZE is left behind"
check "google: the source is unchanged" cmp "$file" "$work/before"
kept_out replayed_code "google: a code that the peer accepted" login "$used"
used=$(code 1)
let_in code_accepted "google: the old phone" login "$used"
let_in recovery_accepted "google: an old recovery code" login "${scratch[0]}"
kept_out recovery_spent "google: the same recovery code" login "${scratch[0]}"
kept_out wrong_code "google: eight digits that are none" login 10000001
check_status 1 "google: who is enrolled already is refused" import google "$file" --user "$user"
shown "google: and is told" "is enrolled already"
check "google: --if-missing is content" import google "$file" --user "$user" --if-missing
let_in recovery_accepted "google: which changed nothing" login "${scratch[1]}"
for _ in 1 2 3 4 5; do
	run login "$(wrong_code)"
done
kept_out locked "google: a lock holds for recovery codes that can be guessed" login "${scratch[2]}"
check "google: --replace" import google "$file" --user "$user" --replace
let_in recovery_accepted "google: and without a lock they do" login "${scratch[2]}"
kept_out replayed_code "google: but a code that was used stays used" login "$used"
kept_out recovery_spent "google: and so does a recovery code" login "${scratch[1]}"
check "google: --replace again" import google "$file" --user "$user" --replace
kept_out recovery_spent "google: and again" login "${scratch[0]}"
kept_out recovery_spent "google: with one that was used in between" login "${scratch[2]}"
let_in recovery_accepted "google: the next one counts" login "${scratch[3]}"

new_person
google_file --counter-based --no-rate-limit --window-size=3
counter=$(sed -n 's/^" HOTP_COUNTER //p' "$file")
google_code() { oathtool --base32 --counter "$1" "$key" | remember; }
used=$(google_code "$counter")
check "google, HOTP: the peer accepts a code" pam_login "$PEER" "$user" "$used"
check "google, HOTP: import" import google "$file" --user "$user" --device token --json
check "google, HOTP: the device's name" test \
	"$(json '["imported"][0]["devices"]' <"$work/output")" = token
kept_out replayed_code "google, HOTP: a code that the peer accepted" login "$used"
used=$(google_code $((counter + 1)))
let_in code_accepted "google, HOTP: the next code" login "$used"
check "google, HOTP: --replace" import google "$file" --user "$user" --replace
kept_out replayed_code "google, HOTP: the code that was used here" login "$used"
let_in code_accepted "google, HOTP: the one behind it" login "$(google_code $((counter + 2)))"

new_person
google_file --no-confirm --time-based --allow-reuse --no-rate-limit --step-size=60 --emergency-codes=1 --window-size=3
check "google, 60 seconds: import" import google "$file" --user "$user"
let_in code_accepted "google, 60 seconds: the old phone" \
	login "$(oathtool --base32 --totp --time-step-size=60s "$key" | remember)"

# An eight-digit phone and eight-digit recovery codes side by side.
new_person
google_file --no-confirm --time-based --allow-reuse --no-rate-limit --window-size=3
check "google, and a phone of 8 digits: import" import google "$file" --user "$user"
aside twokey enroll "$user" --add --device big --digits 8 --no-confirm --qr none --json >"$work/enrolled"
big=$(json '["secret"]' <"$work/enrolled")
secret "$big"
let_in recovery_accepted "google, and a phone of 8 digits: recovery code" login "${scratch[0]}"
let_in code_accepted "google, and a phone of 8 digits: code" \
	login "$(oathtool --base32 --totp --digits 8 "$big" | remember)"

# --- google --home: what users can put there

new_person
first=$user
google_file --no-confirm --time-based --disallow-reuse --no-rate-limit --window-size=3
new_person
second=$user
ln -s "/home/$first/.google_authenticator" "/home/$second/.google_authenticator"
new_person
third=$user
mkfifo "/home/$third/.google_authenticator"
new_person
fourth=$user
cp "/home/$first/.google_authenticator" "/home/$fourth/"
chown "$first:" "/home/$fourth/.google_authenticator"
check_status 3 "google --home: what can't be trusted is refused" import google --home --if-missing
shown "google --home: a link" "/home/$second/.google_authenticator: a link stands on its path"
shown "google --home: a FIFO" "/home/$third/.google_authenticator: it is not a regular file"
shown "google --home: another's file" "/home/$fourth/.google_authenticator: it belongs neither"
check "google --home: the rest is imported" twokey status "$first"
for user in "$second" "$third" "$fourth"; do
	check_status 1 "google --home: $user is not" twokey status "$user"
	rm "/home/$user/.google_authenticator"
done
check "google --home: without them all is well" import google --home --if-missing
check_status 1 "google --home: who is enrolled is refused" import google --home
shown "and named" "^twokey: $first: .*--replace"
check_status 1 "google --home: --dry-run tells so before" import google --home --dry-run
shown "and names them" "^twokey: $first: .*--replace"
listen "$work/output" twokey import google --home --json >"$work/json"
check "google --home: and JSON names no file" \
	grep -Pzq "\"source\": null,\s*\"line\": null,\s*\"user\": \"$first\"" "$work/json"

# --- oath: the users file, as the module rewrote it

cat >"$work/users.oath" <<-END
	# type user password key
	HOTP		oa	-	$HEX
	HOTP/E/7	ob	+	$HEX	5
	HOTP/E		oc	-	$HEX
	HOTP/T30	od	-	$HEX
	HOTP/T30/8	oe	-	$HEX
	HOTP/T60/6	of	secretpin	$HEX
	HOTP/T30	oa	-	4142434445464748494a4b4c4d4e4f5051525354
END
chmod 600 "$work/users.oath"
peer_oath() { # DIGITS USER CODE
	pam_service "$PEER" <<<"auth required pam_oath.so usersfile=$work/users.oath window=20 digits=$1"
	check "oath: the peer accepts a code of $2" pam_login "$PEER" "$2" "$3"
}
peer_oath 6 oc "$(hex_code 4)"
six=$(hex_code now)
peer_oath 6 od "$six"
eight=$(hex_code now --digits 8)
peer_oath 8 oe "$eight"
check "oath: the peer rewrote its file" grep -q "^HOTP/E.oc.*L\$" "$work/users.oath"
cp "$work/users.oath" "$work/before"
for name in oa ob oc od oe of; do
	useradd "$name" || die "useradd"
done
check "oath: import" import oath "$work/users.oath"
shown "oath: two lines are two devices" "^oa: imported: devices: 2, recovery codes: 0\$"
shown "oath: the PIN is named" ":7: of: the password of this file is left behind"
check "oath: the source is unchanged" cmp "$work/users.oath" "$work/before"
user=oa
let_in code_accepted "oath: HOTP" login "$(hex_code 0)"
let_in code_accepted "oath: the second device, TOTP" \
	login "$(oathtool --totp 4142434445464748494a4b4c4d4e4f5051525354 | remember)"
user=ob
kept_out replayed_code "oath: HOTP/E/7 before its counter" login "$(hex_code 4 --digits 7)"
let_in code_accepted "oath: HOTP/E/7 at its counter" login "$(hex_code 5 --digits 7)"
user=oc
kept_out replayed_code "oath: HOTP/E, a code that the peer accepted" login "$(hex_code 4)"
let_in code_accepted "oath: HOTP/E, the next code" login "$(hex_code 5)"
user="od"
kept_out replayed_code "oath: HOTP/T30, a code that the peer accepted" login "$six"
let_in code_accepted "oath: HOTP/T30, the next code" \
	login "$(oathtool --totp --now "@$(now_plus 1)" "$HEX" | remember)"
user=oe
kept_out replayed_code "oath: HOTP/T30/8, a code that the peer accepted" login "$eight"
user=of
let_in code_accepted "oath: HOTP/T60/6" login "$(hex_code now --time-step-size=60s)"

# One code would count once for each of two devices with one key, however they differ.
printf '%s\n' "HOTP/T30 og - $HEX" "HOTP oh - $HEX" "HOTP/T30/8 og - $HEX" >"$work/twins.oath"
for option in --dry-run ""; do
	# shellcheck disable=SC2086 # none or one
	check_status 1 "oath: two lines of a user with one key $option" \
		import oath "$work/twins.oath" --if-missing $option
	shown "oath: the line is named, the device and the mend $option" \
		"twins.oath:3: og: this is the key of device token, line 1, too: .*'twokey enroll og --add "
done
check_status 1 "oath: and nothing is written of the user" twokey status og
check "oath: another user's key it may be" twokey status oh
listen "$work/output" twokey import oath "$work/twins.oath" --replace --json >"$work/json"
check "oath: JSON says the same" grep -q "the key of device token, line 1, too: one phone" "$work/json"

printf '%s\n' "HOTP/T45 x - $HEX" "HOTP y - 00" "HOTP z -" "OCRA w - $HEX" "HOTP v - ${HEX}zz" \
	"HOTP/T30 u - $HEX 0 123456 yesterday" "HOTP t - $HEX -1" >"$work/bad.oath"
check_status 1 "oath: lines that are none" import oath "$work/bad.oath"
for line in ":1: x: the type" ":2: y: the key" ":3: the line lacks" ":4: w: the type" \
	":5: v: the key" ":6: u: the time" ":7: t: the counter"; do
	shown "oath: it names $line" "bad.oath$line"
done

# --- uri and pskc

new_person
uri="otpauth://totp/Old%20Server:$user@old.example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
secret "$uri"
echo "$uri&issuer=Old%20Server&algorithm=SHA256&digits=8" >"$work/uris"
check "uri: import" sh -c "twokey import uri <$work/uris"
key=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
let_in code_accepted "uri: the old phone" \
	login "$(oathtool --base32 --totp=sha256 --digits 8 "$key" | remember)"
sed p "$work/uris" >"$work/twins"
check_status 1 "uri: the same one twice" sh -c "twokey import uri --replace <$work/twins"
shown "uri: and where" "^twokey: -:2: $user: this is the key of device phone, line 1, too: "
let_in code_accepted "uri: the user stays enrolled" \
	login "$(oathtool --base32 --totp=sha256 --digits 8 --now "@$(now_plus 1)" "$key" | remember)"
check_status 1 "uri: one that is none" sh -c "echo otpauth://totp/x | twokey import uri"
shown "uri: and why" "^twokey: -:1: there is no key"
for name in ua ub uc; do
	useradd "$name" || die "useradd"
done
{
	echo "otpauth://totp/ua?secret=$key"
	echo "otpauth://totp/ub?secret=$key&image=$(printf '%05000d' 0)"
	echo "otpauth://totp/uc?secret=$key"
} >"$work/uris"
check_status 1 "uri: a line too long" sh -c "twokey import uri <$work/uris"
shown "uri: and which" "^twokey: -:2: it is longer than 4095 bytes\$"
check "uri: the line before it is imported" twokey status ua
check "uri: and the line behind it" twokey status uc
check_status 1 "uri: it is not" twokey status ub

# pskc_file USER-COLUMN: the container that another program makes of a table.
pskc_file() {
	printf '%s\n' "id,secret,counter,time_interval,response_length,algorithm,key_userid" "$1" |
		csv2pskc --secret-encoding hex
}
new_person
pskc_file "1,$HEX,,30,6,$URN:totp,\"UID=$user,DC=example\"" >"$work/totp.xml"
check "pskc: the file is one" pskctool --info "$work/totp.xml"
check "pskc, TOTP: import" import pskc "$work/totp.xml"
let_in code_accepted "pskc, TOTP: the old token" login "$(hex_code now)"
new_person
pskc_file "1,$HEX,7,,8,$URN:hotp," >"$work/hotp.xml"
check_status 1 "pskc, HOTP: whose is it?" import pskc "$work/hotp.xml"
check "pskc, HOTP: import" import pskc "$work/hotp.xml" --user "$user"
kept_out replayed_code "pskc, HOTP: a code before the counter" login "$(hex_code 6 --digits 8)"
let_in code_accepted "pskc, HOTP: the code at the counter" login "$(hex_code 7 --digits 8)"

pskc_file "1,$HEX,,30,6,$URN:totp,"$'\n'"2,$HEX,7,,8,$URN:hotp," >"$work/twins.xml"
check_status 1 "pskc: two tokens with one key" import pskc "$work/twins.xml" --user "$user" --replace
shown "pskc: and which" "$user: this is the key of device token, line [0-9]+, too: "

# refused_pskc NAME REGEX SED-SCRIPT: what the script makes of a good file is refused.
refused_pskc() {
	sed "$3" "$work/totp.xml" >"$work/bad.xml"
	check_status 1 "pskc: $1" import pskc "$work/bad.xml" --user "$user" --replace
	shown "pskc: $1, and why" "$2"
}
refused_pskc "a document type" "document type" '1a <!DOCTYPE x [<!ENTITY e "x">]>'
refused_pskc "cut short" "not well-formed" '$d'
refused_pskc "another algorithm" "neither TOTP nor HOTP" 's/pskc:totp/pskc:ocra/'
refused_pskc "another hash" "SHA1, SHA256 or SHA512" 's/<pskc:ResponseFormat/<pskc:Suite>MD5<\/pskc:Suite>&/'
refused_pskc "another encoding" "not decimal" 's/<pskc:ResponseFormat/& Encoding="HEXADECIMAL"/'
refused_pskc "nested too deep" "nested too deep" \
	"s/<pskc:Issuer/$(printf '<x>%.0s' {1..20})&/; s/<pskc:Key /$(printf '<x>%.0s' {1..20})&/"
printf '%s\n' "1,313233,,30,6,$URN:totp," | sed '1i id,secret,counter,time_interval,response_length,algorithm,key_userid' |
	csv2pskc --secret-encoding hex --password topsecret >"$work/encrypted.xml"
check_status 1 "pskc: encrypted" import pskc "$work/encrypted.xml" --user "$user" --replace
shown "pskc: encrypted, and why" "the key is encrypted"

# --- Sources that can't be read, and words that are none

check_status 3 "no such file" import oath "$work/nowhere"
check_status 3 "a directory" import oath "$work"
shown "a directory, and why" "not a regular file"
printf 'HOTP\0x - %s\n' "$HEX" >"$work/nul"
check_status 3 "a NUL byte" import oath "$work/nul"
truncate --size 70M "$work/large"
check_status 3 "too large" import oath "$work/large"
for arguments in "" "steam x" "google $work/nul" "oath" "oath a b" "uri x" "oath x --home" \
	"oath x --user alice" "google --home --user alice" "oath x --device a/b" \
	"oath x --replace --if-missing"; do
	# shellcheck disable=SC2086 # words
	check_status 2 "usage: $arguments" import $arguments
done
: >"$work/empty"
check_status 1 "google: an empty file" import google "$work/empty" --user x
yes 12345678 | head -c 65537 >"$work/long"
check_status 1 "google: more than any such file has" import google "$work/long" --user x
shown "google: what it has" "/long: x: the file is too large to be one of these"
printf '%s\n' "$key" '" TOTP_AUTH' '" DISALLOW_REUSE 999999999999' >"$work/last_step"
check_status 1 "google: a used step that none comes behind" import google "$work/last_step" --user x
shown "google: and why" "last_step:3: x: DISALLOW_REUSE holds what is no step"

# --- The way back

new_user
used=$(code)
let_in code_accepted "export: a login before it" login "$used"
check "export oath" twokey export oath "$user"
logged "export oath is logged" "user=$user .*the key of device phone was exported"
cp "$work/output" "$work/users.oath"
secret "$(cut -f 4 "$work/users.oath")"
pam_service "$PEER" <<<"auth required pam_oath.so usersfile=$work/users.oath window=5 digits=6"
check_status 7 "export oath: a code that was used" pam_login "$PEER" "$user" "$used"
check "export oath: the phone logs in by the peer" pam_login "$PEER" "$user" "$(code 1)"
check "export uri" twokey export uri "$user"
cp "$work/output" "$work/uris"
secret "$(cat "$work/uris")"
twokey remove "$user" >/dev/null
check "export uri: and back" sh -c "twokey import uri <$work/uris"
let_in code_accepted "export uri: the phone logs in" login "$(code)"
new_user --algorithm SHA256
check_status 1 "export oath: what the peer does not know" twokey export oath "$user"
shown "export oath: is named" "$user: device phone: pam_oath knows SHA1 alone"
check_status 1 "export: nobody" twokey export uri nobody-enrolled
check_status 2 "export: no form" twokey export
check "export: all" twokey export uri
secret "$(cat "$work/output")"
check "export: all are there" test "$(grep -c '^otpauth' "$work/output")" -ge 10
check_status 3 "export: not for users" as_user twokey export uri

finish
