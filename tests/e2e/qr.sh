#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The QR code, as files and on terminals: a camera reads it, and what it reads logs in.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/screen.sh"

readonly SERVICE=twokey-test

# camera IMAGE: what it reads there, which may be nothing.
camera() {
	zbarimg --quiet --raw --nodbus "$1" 2>"$work/camera"
}

login() {
	pam_login "$SERVICE" "$user" "$password" "$1"
}

# reads_uri NAME IMAGE: the camera reads the URI of the last enrolment.
reads_uri() {
	check "$1: the camera reads the URI" test "$(camera "$2")" = "${uri:-none}"
}

# uri_field FIELD URI: what the phone makes of it.
uri_field() {
	/usr/bin/python3 -c '
import sys, urllib.parse
query = urllib.parse.urlsplit(sys.argv[2]).query
print(urllib.parse.parse_qs(query, strict_parsing=True)[sys.argv[1]][0])' "$@"
}

# A person sees the code and the URI on standard error.
enrol_with_uri() {
	twokey enroll "$user" --json --no-confirm "$@" >"$work/enrolled" 2>"$work/output" ||
		die "twokey enroll $user $*"
	read_enrolled
	uri=$(json '["uri"]' <"$work/enrolled")
	secret "$uri"
}

pam_twokey "$SERVICE"

# --- Files

new_person
enrol_with_uri --qr "png=$work/qr.png"
reads_uri "PNG" "$work/qr.png"
check "PNG: nobody else may read it" test "$(stat -c %a "$work/qr.png")" = 600
key=$(uri_field secret "$(camera "$work/qr.png")")
let_in code_accepted "PNG: what the camera read logs in" login "$(code)"

mkdir "$work/broken"
libpng=$(sed -n 's/^#define PNG_SONAME "\(.*\)"/\1/p' "$BUILD/config.h")
: >"$work/broken/$libpng"
check_status 3 "libpng can't be loaded" env LD_LIBRARY_PATH="$work/broken" \
	twokey enroll "$user" --replace --qr "png=$work/none.png"
shown "libpng can't be loaded: what to do" "libpng can't be loaded; use --qr svg=FILE"
check "libpng can't be loaded: no file is left" test ! -e "$work/none.png"
let_in code_accepted "libpng can't be loaded: nothing was replaced" login "$(code 1)"

new_person
enrol_with_uri --qr "svg=$work/qr.svg" --issuer "Exämple & Söns, Inc." --label 'Anna "A" <x@y>'
rsvg-convert --output "$work/svg.png" "$work/qr.svg" || die "rsvg-convert"
reads_uri "SVG" "$work/svg.png"
check "SVG: nobody else may read it" test "$(stat -c %a "$work/qr.svg")" = 600
key=$(uri_field secret "$(camera "$work/svg.png")")
let_in code_accepted "SVG: what the camera read logs in" login "$(other_code)"
check "the issuer survived" test "$(uri_field issuer "$uri")" = "Exämple & Söns, Inc."

# --- Terminals

# on_terminal COLUMNS ROWS COMMAND: the screen once COMMAND asks, in $work/screen with colours and in
# $work/text without.
on_terminal() {
	screen_open "$1x$2" "$3"
	wait_until screen_says '^(First code|Press Enter)'
	on_screen capture-pane -p -e -N >"$work/screen"
	on_screen capture-pane -p >"$work/text"
	screen_close
}

# on_both NAME: dark and light, the camera reads the URI.
on_both() {
	local ground
	for ground in dark light; do
		"$here/render_terminal.py" "$ground" "$work/$ground.pgm" <"$work/screen"
		reads_uri "$1, $ground" "$work/$ground.pgm"
	done
}

new_person
enrol_with_uri
on_terminal 100 60 "twokey show $user"
on_both "terminal"
key=$(uri_field secret "$(camera "$work/dark.pgm")")
let_in code_accepted "terminal: what the camera read logs in" login "$(code)"
on_terminal 100 60 "twokey show $user --qr ascii"
on_both "terminal, --qr ascii"
on_terminal 80 60 "twokey show $user"
on_both "terminal of 80 columns"
on_terminal 80 24 "twokey show $user"
on_both "terminal of 80 columns and 24 rows"

# Before the user is enrolled: the same screen, and the key in it.
new_person
on_terminal 100 60 "twokey enroll $user"
uri=$(sed -n 's/^URI: //p' "$work/text")$(sed -n '/^URI: /{n;/^$/!p}' "$work/text")
secret "$uri"
on_both "enroll"
check_status 1 "enroll, broken off: nobody is enrolled" twokey status "$user"

# qr_lines: how many lines of the screen have blocks.
qr_lines() {
	grep -c '[█▀▄]' "$work/text"
}

new_person
on_terminal 40 60 "twokey enroll $user"
check "40 columns: no QR code is drawn" test "$(qr_lines)" = 0
check "40 columns: the PNG file is offered" grep -q "png=FILE" "$work/text"
check "40 columns: the SVG file is offered" grep -q "svg=FILE" "$work/text"
on_terminal 100 15 "twokey enroll $user"
check "15 rows: no QR code is drawn" test "$(qr_lines)" = 0
check "15 rows: the PNG file is offered" grep -q "png=FILE" "$work/text"
on_terminal 100 60 "twokey enroll $user"
check "where there is room it is drawn" test "$(qr_lines)" -gt 10

finish
