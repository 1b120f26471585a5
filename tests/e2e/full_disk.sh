#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A store whose file system is full, has no inodes left, or is read-only.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

# fill_up ON: with ever less at once, for what is left is less than a block of what is written.
fill_up() {
	local size
	for size in 64k 1k 1; do
		dd if=/dev/zero of="$STORE/filler" bs="$size" oflag=append conv=notrunc,fsync
	done 2>/dev/null
	check "$1: not a block is left" test "$(df --output=avail "$STORE" | tail -n 1)" -eq 0
	check "$1: nor for a byte" bash -c "! echo >'$STORE/byte' && test ! -s '$STORE/byte'"
	rm "$STORE/byte"
}

# full ON: who was enrolled before it was.
full() {
	local right enrolled enrolled_password enrolled_key
	new_user
	enrolled=$user enrolled_password=$password enrolled_key=$key
	fill_up "$1"
	right=$(code)
	let_in code_accepted "$1: an enrolled user gets in" login "$right"
	kept_out replayed_code "$1: the code is spent nevertheless" login "$right"
	kept_out wrong_code "$1: a wrong code is refused" login "$(wrong_code)"
	check "$1: and counted" test "$(twokey status "$user" --json | json '["failures"]')" = 2
	let_in recovery_accepted "$1: a recovery code is good" login "${recovery[0]}"
	kept_out recovery_spent "$1: once" login "${recovery[0]}"
	new_person
	check_status 3 "$1: nobody can be enrolled" twokey enroll "$user" --no-confirm --qr none
	shown "$1: the command tells why" "No space left on device"
	shown "$1: and what to do" "free some space"
	check_status 3 "$1: nor enrolled anew" \
		twokey enroll "$enrolled" --replace --no-confirm --qr none
	check "$1: no litter stays" test -z "$(ls "$STORE/new")"
	user=$enrolled password=$enrolled_password key=$enrolled_key
	let_in code_accepted "$1: and who was enrolled still is" login "$(code 1)"
	rm "$STORE/filler"
}

# without_inodes ON: the same, for who was enrolled before it was.
without_inodes() {
	local right i enrolled enrolled_password enrolled_key
	new_user
	enrolled=$user enrolled_password=$password enrolled_key=$key
	for i in $(seq 300); do
		: >"$STORE/filler-$i" || break
	done 2>/dev/null
	check "$1: not an inode is left" test "$(df --output=iavail "$STORE" | tail -n 1)" -eq 0
	right=$(code)
	let_in code_accepted "$1: an enrolled user gets in without inodes" login "$right"
	kept_out replayed_code "$1: the code is spent without inodes" login "$right"
	kept_out wrong_code "$1: a wrong code is refused without inodes" login "$(wrong_code)"
	check "$1: and counted without inodes" \
		test "$(twokey status "$user" --json | json '["failures"]')" = 2
	new_person
	check_status 3 "$1: nobody can be enrolled without inodes" \
		twokey enroll "$user" --no-confirm --qr none
	shown "$1: the command tells why there is no record" "No space left on device"
	check "$1: no litter stays without inodes" test -z "$(ls "$STORE/new")"
	user=$enrolled password=$enrolled_password key=$enrolled_key
	let_in code_accepted "$1: and the next code gets in" login "$(code 1)"
	rm -f "$STORE"/filler-*
}

# read_only ON: one code was spent before it was.
read_only() {
	local spent next
	new_user
	spent=$(code)
	let_in code_accepted "$1: a login before it is read-only" login "$spent"
	mount -o remount,ro "$STORE" || die "no remount"
	fails_closed store_read_only "$1, read-only: nobody gets in, for a guess can't be counted" \
		login "$(code 1)"
	logged "$1: the log tells why and what to do" "authpriv.err .* error=EROFS .*remount"
	fails_closed store_read_only "$1, read-only: a replay is refused" login "$spent"
	fails_closed store_read_only "$1: nor is a stranger told apart" \
		pam_login "$SERVICE" nobody-here "$password" 123456
	check_status 3 "$1: unlock fails, too" twokey unlock "$user"
	mount -o remount,rw "$STORE" || die "no remount"
	next=$(code 1)
	let_in code_accepted "$1, writable again" login "$next"
	kept_out replayed_code "$1, writable again: a replay is refused" login "$next"
}

in_each_way() {
	full "$1"
	without_inodes "$1"
	read_only "$1"
	umount "$STORE"
}

pam_twokey "$SERVICE"
mkdir -p "$STORE"
if mount_ext4 "$STORE" >"$work/output" 2>&1; then
	chmod 700 "$STORE"
	in_each_way ext4
else
	lacks_ext4 "an ext4 that takes nothing"
fi
mount -t tmpfs -o mode=700,size=2m,nr_inodes=200 full "$STORE" || die "no tmpfs"
in_each_way tmpfs

# --- Full, for a program that runs as its user

helper_setup
mount -t tmpfs -o mode=700,uid=twokey,gid=twokey,size=2m full "$STORE" || die "no tmpfs"
new_user
cat /dev/zero >"$STORE/filler" 2>/dev/null
check "not a block is left for the helper" \
	test "$(df --output=avail "$STORE" | tail -n 1)" -eq 0
right=$(code)
kept_out wrong_code "by the helper: a wrong code" \
	user_login "$SERVICE" "$user" "$password" "$(wrong_code)"
check "by the helper: is counted" test "$(twokey status "$user" --json | json '["failures"]')" = 1
let_in code_accepted "by the helper: an enrolled user gets in" \
	user_login "$SERVICE" "$user" "$password" "$right"
kept_out replayed_code "by the helper: the code is spent" \
	user_login "$SERVICE" "$user" "$password" "$right"

umount "$STORE"
finish
