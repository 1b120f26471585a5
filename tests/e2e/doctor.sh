#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# twokey doctor: the store, the records, the helper, the users, the clock.
. "$(dirname "$0")/lib/e2e.sh"
. "$(dirname "$0")/lib/findings.sh"

readonly STORE=/var/lib/twokey SERVICE=twokey-test

# --- A host on which nothing is wrong

finds "no store" store warning "no store at $STORE: nobody is enrolled"
finds "no service" pam warning "no service in /etc/pam.d asks for a code"

# none_is_missed: nor is it said that no service asks.
none_is_missed() {
	check_status 1 "and not that no service asks" grep -q "no service in" "$work/json"
}

for call in openat getdents64; do
	failing $call:error=EIO /etc/pam.d twokey doctor --json >"$work/json"
	found "which can't be told, by $call" pam problem \
		"^/etc/pam.d can't be looked at: Input/output error$" "^ls -l /etc/pam.d$"
	none_is_missed
done
ln -s loop /etc/pam.d/loop
finds "nor by a service that can't be read" pam-file problem "^the service 'loop' can't be read: "
none_is_missed
rm /etc/pam.d/loop

healthy_host
finds "a service, but no store" pam-store problem "^the service 'sshd' lets nobody in" "twokey enroll"
new_user
check_status 0 "a host where all is well" with_clock 0 twokey doctor
shown "the last line counts" "^ok: [0-9]+, warnings: 0, problems: 0$"
for check in store disk records helper pam sshd-pam sshd-methods sshd-root sudoers users clock; do
	passes "all is well" "$check"
done
with_clock 5 twokey doctor --json >"$work/json"
found "a clock that nobody sets" clock warning "not synchronised"
check "a warning is no problem" with_clock 5 twokey doctor
strace -f -qq -o /dev/null -e trace=clock_adjtime -e inject=clock_adjtime:error=EPERM \
	twokey doctor --json >"$work/json"
found "a clock that can't be asked" clock warning "can't be told: Operation not permitted"

# --- The store

chmod 755 "$STORE"
finds "the store is open to others" store problem "$STORE has mode 0755" "chmod 0700 $STORE"
check_status 1 "a problem is exit status 1" twokey doctor
mended
chmod 710 "$STORE/users"
finds "so is a directory in it" store problem "$STORE/users has mode 0710"
mended
chown nobody "$STORE/new"
finds "another's directory" store problem "$STORE/new belongs to user ID [0-9]+" "chown -R 0 "
mended
chown nobody "$STORE"
without_accounts twokey doctor --json >"$work/json"
found "whose it must be can't be looked up" store problem \
	"the host's users can't be read.*: Input/output error" "^ls -l /etc/passwd$"
check_status 1 "and nobody is told to give it to root" grep -e "belong to 0" -e "chown" "$work/json"
finds "another's store" store problem "$STORE belongs to user ID"
mended
without_accounts twokey doctor --json >"$work/json"
found "who is enrolled and no user can't be told" unknown-users problem "the host's users can't be read"
found "nor who should be enrolled" users problem "the host's users can't be read"
rmdir "$STORE/new"
finds "a directory is missing" store problem "$STORE/new must be a directory" "install -d "
mended
mv "$STORE" "$STORE.real"
ln -s "$STORE.real" "$STORE"
finds "the store is a link" store problem "can't be opened"
rm "$STORE"
mv "$STORE.real" "$STORE"
chown nobody /var/lib
finds "another can replace the store" store problem "/var/lib is above the store and belongs" "chown root"
mended
chmod o+w /var/lib
finds "others can replace the store" store problem "/var/lib is above the store" "chmod go-w"
mended
mkdir /var/lib/real
ln -s /var/lib/real /var/lib/link
cp -a "$STORE" /var/lib/real/twokey
twokey doctor --json --store /var/lib/link/twokey >"$work/json"
found "a link above the store" store problem "/var/lib/link is a link"
found "the stacks use another store" pam-store warning "what is said here of users"
rm "$STORE/decoys/07" && truncate --size=0 "$STORE/decoys/08"
finds "decoys" decoys problem "^2 of the store's 64 decoys" "rm $STORE/decoys"
rm "$STORE/decoys/"*
new_user
passes "the next enrolment has made them" store decoys
if mount -t tmpfs -o mode=700 tmpfs "$STORE/decoys" 2>"$work/output"; then
	umount "$STORE/decoys"
	cp -a "$STORE" /mnt/store
	mount -t tmpfs -o mode=700 tmpfs "$STORE"
	cp -a /mnt/store/. "$STORE"
	finds "the store is in memory" disk problem "after the next boot nobody"
	mount -o remount,ro "$STORE"
	umount "$STORE"
	mount --bind "$STORE" "$STORE"
	mount -o remount,bind,ro "$STORE"
	finds "the store is read-only" disk problem "read-only: nobody gets in"
	umount "$STORE"
	passes "it can be written" disk
else
	trace "no file system can be mounted here: the checks of the disk are not tripped"
fi

# What statfs(2) says of a full ext4: kind, block size, blocks, free ones, those for all.
strace -f -qq -o /dev/null -e trace=fstatfs -e inject=fstatfs:poke_exit="@arg2=$(
	for field in $((0xef53)) 4096 1000 0 0; do
		printf '%016x' "$field" | fold -w 2 | tac | tr -d '\n'
	done
)" twokey doctor --json >"$work/json"
found "the disk is full" disk warning "full: who is enrolled gets in"

# --- Records

printf x | dd of="$STORE/users/$user" bs=1 seek=9 conv=notrunc status=none
finds "a damaged record" records problem "no login for 1 of 2 users: .* $user$" \
	"twokey enroll $user --replace"
enrol --replace
passes "enrolled again" records
twin="device: twin\\ntype: hotp\\nalgorithm: SHA1\\ndigits: 8\\nkey: $key\\ndevice: phone"
"$here/edit_record.py" "$STORE/users/$user" "device: phone" "$twin"
finds "two devices with one key" records problem "no login for 1 of 2 users: .* $user$" \
	"twokey enroll $user --replace"
enrol --replace
passes "enrolled again, with one device" records
dd if=/dev/zero of="$STORE/users/$user" bs=4096 seek=1 count=2 conv=notrunc status=none
finds "a damaged state" records problem "both copies of the state" "twokey unlock $user --rebuild"
mended
chmod 644 "$STORE/users/$user"
finds "a file that others may read" records problem "mode 0600.* $user$" "ls -l $STORE"
chmod 600 "$STORE/users/$user"
passes "nobody else may" records
twokey recovery "$user" --count 1 --json >"$work/enrolled"
mapfile -t recovery < <(json '["recovery_codes"]' <"$work/enrolled")
secret "${recovery[@]}"
let_in recovery_accepted "the only recovery code" \
	pam_login "$SERVICE" "$user" "$password" "${recovery[0]}"
finds "recovery codes are used up" recovery-codes warning "used up: $user "
enrol --replace
passes "there are new ones" recovery-codes
listen "$work/output" twokey enroll stranger --no-confirm --qr none --json >"$work/enrolled"
secret "$(json '["secret"]' <"$work/enrolled")"
finds "a user whom the host does not know" unknown-users warning "stranger" "twokey remove USER"
twokey remove stranger >"$work/output"
passes "removed" unknown-users

# set_state FIELD-OF-DEVICE VALUE: in both copies of the state of $user.
set_state() {
	"$here/edit_state.py" "$STORE/users/$user" "$@"
}

let_in code_accepted "a code" pam_login "$SERVICE" "$user" "$password" "$(code)"
passes "the drift" drift
set_state drift 90
finds "a device that is off" drift warning "more than a minute off.* $user"
first=$user
for _ in 1 2; do
	new_user
	let_in code_accepted "a code" pam_login "$SERVICE" "$user" "$password" "$(code)"
	set_state drift 60
done
finds "the devices agree: the host's clock is off" drift warning "clock is wrong, by about -60"
set_state last_used "$(($(date +%s) + 4000))"
finds "a code of the future" clock-behind problem "yet to come: $user"
for user in "anna1" "$first" "$user"; do
	enrol --replace
done
passes "enrolled again" clock-behind

# --- Users

new_person
finds "an account is not enrolled" users warning "are not enrolled: $user \(accounts: 1\)" \
	"twokey list --unenrolled"
passwd --quiet --delete "$user"
finds "and has an empty password" empty-passwords warning "empty password"
passwd --quiet --lock "$user"
passes "it is locked" users empty-passwords

# --- The helper

helper=$(dirname "$(command -v twokey)")/../libexec/twokey-helper
[ -f "$helper" ] || helper=/usr/local/libexec/twokey-helper
if [ -f "$helper" ]; then
	chown root "$helper" && chmod 4755 "$helper"
	finds "a helper of root's" helper problem "runs as root, and must run as 'twokey'"
	chmod 777 "$helper"
	finds "a helper that others may write" helper problem "others may write"
	useradd --system twokey
	chown nobody "$helper" && chmod 4755 "$helper"
	finds "another's helper" helper problem "must belong to 'twokey'" "chown twokey .*chmod 4755"
	chown twokey "$helper" && chmod 4755 "$helper"
	finds "the store is not the helper's" helper warning "is not the helper's"
	chown -R twokey: "$STORE"
	passes "the store is the helper's" helper store
	echo "window = 1" >/etc/security/twokey.conf
	passes "a twokey.conf that all can read" helper
	chmod 600 /etc/security/twokey.conf
	finds "one that root alone can read" helper warning "not readable by all" "chmod 644"
	rm /etc/security/twokey.conf
	chown -R root: "$STORE"
	mount --bind "$helper" "$helper" && mount -o remount,bind,nosuid "$helper"
	finds "a helper on a disk without such rights" helper warning "mounted nosuid" "findmnt -T"
	umount "$helper"
	chmod 755 "$helper"
	passes "a helper without rights" helper
	failing newfstatat:error=EIO "$helper" twokey doctor --json >"$work/json"
	found "a helper that can't be looked at" helper problem \
		"/twokey-helper can't be looked at: Input/output error$" "^ls -l .*/twokey-helper$"
	check_status 1 "and not that there is none" grep -q "there is no helper" "$work/json"
	mv "$helper" "$helper.away"
	passes "no helper" helper
	check "which is told" grep -q "there is no helper" "$work/json"
	mv "$helper.away" "$helper"
else
	fail "the helper is where it was installed" "$helper"
fi

# --- Many records: it says how far it is, once a second, and its clock runs ahead here

printf 'many%s\n' {1..20} >"$work/many"
check "many users" twokey enroll --batch "$work/many" --out "$work/sheets" --quiet
fast=(faketime -f '+0 x100000' twokey doctor)
records=$(find "$STORE/users" -type f | wc -l)
together "$here/terminal.py" "${fast[@]}" >"$work/terminal"
check "on a terminal it says how far it is" grep -qE "[0-9]+ of $records records" "$work/terminal"
check "and takes it away at the end" grep -qF $'\r\033[K' "$work/terminal"
together "${fast[@]}" >"$work/pipe"
check "in a pipe it says what it finds" grep -q "unknown to this host: many1 " "$work/pipe"
check "and not how far it is" test "$(grep -cE "of $records records|"$'\r' "$work/pipe")" = 0

# --- Not root

check "who is not root" as_user twokey doctor
shown "is told so" "you are not root"
listen "$work/output" as_user twokey doctor --json >"$work/json"
found "in JSON too" root warning "you are not root"
check_status 2 "an argument" twokey doctor "$user"

# --- By another of an account's names

cc -std=c11 -D_GNU_SOURCE -O2 -shared -fPIC -o "$work/any_case.so" "$here/../../tools/any_case.c" ||
	die "any_case.c does not build"

# Where a directory takes capitals for nothing.
any_case() {
	LD_PRELOAD=${LD_PRELOAD+$LD_PRELOAD:}$work/any_case.so "$@"
}

check "capitals" any_case twokey enroll "${user^^}" --no-confirm --qr none --recovery-codes 0
shown "who enrols by them is told" "'${user^^}' is '$user' to this host"
secret "$(twokey show "${user^^}" --json | json '["secret"]')"
any_case twokey doctor --json >"$work/json"
found "and so is doctor's reader" other-names warning "${user^^} .users: 1." "getent passwd USER"
twokey remove "${user^^}" >"$work/output"
new_person
key=$(head -c 20 /dev/urandom | base32)
secret "$key"
echo "otpauth://totp/${user^^}@host.example?secret=$key" >"$work/uri"
together any_case twokey import uri <"$work/uri" >"$work/output"
check "a label in capitals is of who has it" twokey status "$user"
twokey remove "$user" >"$work/output"

finish
