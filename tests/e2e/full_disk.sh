#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A store whose file system is full, has no inodes left, or is read-only.
. "$(dirname "$0")/lib/e2e.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey

login() {
	pam_login "$SERVICE" "$user" "$password" "$@"
}

pam_twokey "$SERVICE"
mkdir -p "$STORE"
mount -t tmpfs -o mode=700,size=2m,nr_inodes=200 full "$STORE" || die "no tmpfs"
new_user
enrolled=$user enrolled_password=$password enrolled_key=$key

# --- Full

cat /dev/zero >"$STORE/filler" 2>/dev/null
check "not a block is left" test "$(df --output=avail "$STORE" | tail -n 1)" -eq 0
right=$(code)
let_in code_accepted "an enrolled user gets in" login "$right"
kept_out replayed_code "the code is spent nevertheless" login "$right"
kept_out wrong_code "a wrong code is refused" login "$(wrong_code)"
check "and counted" test "$(twokey status "$user" --json | json '["failures"]')" = 2
let_in recovery_accepted "a recovery code is good" login "${recovery[0]}"
kept_out recovery_spent "once" login "${recovery[0]}"
new_person
check_status 3 "nobody can be enrolled" twokey enroll "$user" --no-confirm --qr none
shown "the command tells why" "No space left on device"
shown "and what to do" "free some space"
check_status 3 "nor enrolled anew" twokey enroll "$enrolled" --replace --no-confirm --qr none
check "no litter stays" test -z "$(ls "$STORE/new")"
user=$enrolled password=$enrolled_password key=$enrolled_key
let_in code_accepted "and who was enrolled still is" login "$(code 1)"
rm "$STORE/filler"

# --- No inodes

new_user
for i in $(seq 200); do
	: >"$STORE/filler-$i" || break
done 2>/dev/null
check "not an inode is left" test "$(df --output=iavail "$STORE" | tail -n 1)" -eq 0
let_in code_accepted "an enrolled user gets in without inodes" login "$(code)"
rm -f "$STORE"/filler-*

# --- Read-only

new_user
mount -o remount,ro "$STORE" || die "no remount"
fails_closed store_read_only "read-only: nobody gets in, for a guess can't be counted" \
	login "$(code)"
logged "the log tells why and what to do" "authpriv.err .* error=EROFS .*remount"
fails_closed store_read_only "nor is a stranger told apart" \
	pam_login "$SERVICE" nobody-here "$password" 123456
check_status 3 "unlock fails, too" twokey unlock "$user"
mount -o remount,rw "$STORE" || die "no remount"
let_in code_accepted "writable again" login "$(code)"

umount "$STORE"

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
