#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Completion in real shells: every command and option that the code knows, users, devices, values.
. "$(dirname "$0")/lib/e2e.sh"

export HOME=/root

install_completions() {
	install -D -m 644 "$here/../../../completions/twokey" \
		/usr/share/bash-completion/completions/twokey &&
		install -D -m 644 -t /usr/share/zsh/vendor-completions "$here/../../../completions/_twokey" &&
		install -D -m 644 -t /usr/share/fish/vendor_completions.d \
			"$here/../../../completions/twokey.fish"
}

commands() {
	LC_ALL=C twokey --help | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# options_of COMMAND: by the parser's own word, which calls '--=' ambiguous, and by --help; json and
# store, which every command takes, only where --help tells of them.
options_of() {
	{
		together env LC_ALL=C twokey "$1" --= | grep -o -- "'--[a-z][a-z-]*'" | tr -d "'" |
			grep -vx -- '--json\|--store'
		LC_ALL=C twokey "$1" --help | grep -o -- '--[a-z][a-z-]*'
	} | sort -u
}

# offers SHELL NAME LINE WORD...: all of these words, for this line.
offers() {
	local shell=$1 name=$2 line=$3 word missing=
	shift 3
	together "$here/complete.py" "$shell" "$line" >"$work/output"
	for word in "$@"; do
		grep -Fqx -- "$word" "$work/output" || missing="$missing $word"
	done
	if [ "$#" = 0 ] || [ -n "$missing" ]; then
		fail "$shell: $name" "not offered:$missing"
	else
		ok "$shell: $name"
	fi
}

check "installed where packages put them" install_completions
new_user --device pixel
twokey enroll "$user" --add --device tablet --no-confirm --qr none >"$work/output"
mapfile -t names < <(commands)
check "there are commands" test "${#names[@]}" -ge 8

for shell in bash zsh fish; do
	offers "$shell" "commands" "twokey " "${names[@]}"
	for name in "${names[@]}"; do
		mapfile -t options < <(options_of "$name")
		offers "$shell" "options of $name" "twokey $name --" "${options[@]}"
	done
	offers "$shell" "who is enrolled" "twokey status " "$user"
	offers "$shell" "accounts" "twokey enroll " "$user" nobody
	offers "$shell" "services" "twokey try s" su sudo sshd
	offers "$shell" "a user's devices" "twokey remove $user --device " pixel tablet
	offers "$shell" "formats" "twokey show $user --qr " utf8 ascii none png= svg=
	offers "$shell" "directories" "twokey list --store /var/l" lib log
done

finish
