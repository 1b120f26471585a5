#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# German and French: what a person reads is theirs; the log, JSON and exit statuses stay.
. "$(dirname "$0")/lib/e2e.sh"

# in_language LANGUAGE COMMAND...
in_language() {
	env LC_ALL=C.UTF-8 LANGUAGE="$1" "${@:2}"
}

# translation_of LANGUAGE TEXT: its translation, which must be another text.
translation_of() {
	local translated
	translated=$(in_language "$1" gettext --domain=twokey "$2")
	[ "$translated" != "$2" ] || translated="$2 has no translation"
	echo "$translated"
}

new_user
twokey status "$user" --json >"$work/english" || die "status --json"
twokey enroll damaged --no-confirm --qr none >"$work/output"
printf x | dd of=/var/lib/twokey/users/damaged bs=1 seek=9 conv=notrunc status=none
for language in none de fr; do
	in_language "$language" twokey doctor --json >"$work/found.$language"
done
check "de: what doctor finds is the same in JSON" cmp "$work/found.none" "$work/found.de"
check "fr: what doctor finds is the same in JSON" cmp "$work/found.none" "$work/found.fr"
check_status 3 "de: a damaged record" in_language de twokey status damaged
shown "de: and what is wrong with it" "^twokey: .*damaged:1: der Datensatz ist von einer anderen Version"
check_status 1 "fr: a URI that is none" sh -c "echo x | LC_ALL=C.UTF-8 LANGUAGE=fr twokey import uri"
shown "fr: and what is wrong with it" ":1: elle ne commence pas par otpauth://"
twokey remove damaged >"$work/output"
for language in de fr; do
	case $language in
	de)
		usage='^Aufruf: twokey BEFEHL' missing='nicht registriert' columns='^BENUTZER .*GERÄTE'
		unknown='keinen Befehl'
		;;
	fr)
		usage='^usage : twokey COMMAND' missing='enrôlé' columns='^UTILISATEUR .*APPAREILS'
		unknown='commande'
		;;
	esac
	check "$language: --help" in_language "$language" twokey --help
	shown "$language: --help: in the reader's language" "$usage"
	check_status 1 "$language: a refusal has the same exit status" \
		in_language "$language" twokey remove nobody-here
	shown "$language: a refusal" "$missing"
	check_status 2 "$language: so has a mistake" in_language "$language" twokey nonsense
	shown "$language: a mistake" "$unknown"
	check "$language: a table" in_language "$language" twokey list
	shown "$language: a table's columns" "$columns"
	check "$language: JSON is the same" cmp "$work/english" \
		<(in_language "$language" twokey status "$user" --json)
	for command in enroll list status verify try show unlock recovery remove import export doctor; do
		check "$language: $command --help" in_language "$language" twokey "$command" --help
		check "$language: $command --help: nothing is left in English" \
			test "$(grep -c '^usage:' "$work/output")" = 0
	done
done

# The module asks in the language of the program that loads it, and logs in English. It finds the
# catalogues where the package puts them.
for language in de fr; do
	catalogue=$(find /usr/share/locale /usr/local/share/locale -path "*/$language/*/twokey.mo" | head -n 1)
	install -D -m 644 "$catalogue" "/usr/share/locale/$language/LC_MESSAGES/twokey.mo"
done 2>"$work/output"
pam_twokey su
for language in de fr; do
	check_status 1 "su, $language: refused" bash -c \
		'printf "%s\n" "$1" "$2" | LC_ALL=C.UTF-8 LANGUAGE=$3 setpriv --reuid=nobody \
			--regid=nogroup --clear-groups su "$4" -c true' - \
		"$password" "$(wrong_code)" "$language" "$user"
	logged "su, $language: the log stays English" "authentication failure; .*\(the code is wrong\)"
	shown "su, $language: the prompt does not" "$(translation_of "$language" 'Verification code: ')"
done

finish
