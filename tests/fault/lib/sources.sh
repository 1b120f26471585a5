# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What 'twokey import' takes: the key in $work/new_key in each format, beside a line that can't be
# taken where the format has lines.
#
#   write_sources               for $user, who is enrolled; they stay good for that user
#   import_FORMAT COMMAND...    as JSON, whatever $user has by then
# shellcheck disable=SC2154 # e2e.sh has the variables

write_sources() {
	local hex
	mkdir "$work/source"
	hex=$(base32 --decode <"$work/new_key" | od -An -v -tx1 | tr -d ' \n')
	secret "$hex"
	printf '%s\n" RATE_LIMIT 3 30\n" TOTP_AUTH\n11111111\n22222222\n' "$(cat "$work/new_key")" \
		>"$work/source/google"
	printf 'HOTP/T30\t%s\t-\t%s\nnonsense\n' "$user" "$hex" >"$work/source/oath"
	cat >"$work/source/pskc" <<-END
		<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>
		<Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><AlgorithmParameters>
		<ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters><Data><Secret>
		<PlainValue>$(base32 --decode <"$work/new_key" | base64)</PlainValue></Secret>
		<TimeInterval><PlainValue>30</PlainValue></TimeInterval></Data></Key></KeyPackage></KeyContainer>
	END
	twokey export uri "$user" | sed "s/secret=[A-Z2-7]*/secret=$(cat "$work/new_key")/" \
		>"$work/source/uri"
}

import_google() {
	listen "$work/errors" "$@" twokey import google "$work/source/google" --user "$user" --replace --json
}
import_oath() {
	listen "$work/errors" "$@" twokey import oath "$work/source/oath" --replace --json
}
import_pskc() {
	listen "$work/errors" "$@" twokey import pskc "$work/source/pskc" --user "$user" --replace --json
}
import_uri() {
	listen "$work/errors" "$@" twokey import uri --user "$user" --replace --json <"$work/source/uri"
}
