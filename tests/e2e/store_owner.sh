#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The store's own user, who need not be root, against root: links and other things in the places of
# files and directories, and changed under root's hands. Root's programs write, make, move, remove
# and give away nothing elsewhere.
. "$(dirname "$0")/lib/e2e.sh"

readonly STORE=/var/lib/twokey SERVICE=twokey-test

as_owner() {
	setpriv --reuid=twokey --regid=twokey --clear-groups --inh-caps=-all "$@"
}

# What is root's, with all that can be told of it; the times of reading aside.
elsewhere() {
	find /root/elsewhere -printf '%p %y %U %G %m %n %s %T@ %C@\n' | sort
	find /root/elsewhere -type f -exec cat {} +
}

# each_work: all that root's programs do with the store, of one who is enrolled and one who is not.
each_work() {
	timeout 20 twokey enroll "$newcomer" --no-confirm --qr none --json
	timeout 20 twokey enroll "$user" --replace --no-confirm --qr none --json
	timeout 20 twokey enroll "$user" --add --device tablet --no-confirm --qr none
	timeout 20 twokey recovery "$user"
	timeout 20 twokey remove "$user" --device tablet
	timeout 20 twokey unlock "$user"
	timeout 20 twokey unlock "$user" --rebuild
	timeout 20 twokey verify "$user" <<<123456
	timeout 20 twokey list
	timeout 20 twokey doctor
	printf '%s\n' "$user" "$newcomer" >"$work/list"
	timeout 30 twokey enroll --batch "$work/list" --out "$work/sheets"
	pam_login "$SERVICE" "$user" "$password" 123456
	pam_login "$SERVICE" "$newcomer" "$password" 123456
	timeout 20 twokey remove "$newcomer"
}

root_works() {
	together each_work >>"$work/worked"
}

# in_place_of WHAT COMMAND...: the owner's, with root's work behind it; then all is as it was.
in_place_of() {
	local what=$1
	shift
	rm -rf "$STORE" "$work/sheets"
	cp -a "$work/good" "$STORE"
	as_owner bash -c "cd $STORE && $1" || die "$what: $1"
	root_works
	elsewhere >"$work/now"
	check "$what: nothing elsewhere has changed" cmp "$work/then" "$work/now"
}

helper_setup
pam_twokey "$SERVICE"
install -d -m 755 /root/elsewhere/users /root/elsewhere/new /root/elsewhere/decoys
new_user
newcomer=$user
twokey remove "$newcomer" >/dev/null
new_user
cp -a "$STORE/users/$user" /root/elsewhere/users/
cp -a "$STORE/users/$user" "/root/elsewhere/$user"
chown -R root:root /root/elsewhere
chmod 711 /root
echo untouched | tee /root/elsewhere/new/litter "/root/elsewhere/new/$newcomer" >/root/elsewhere/decoys/00
cp -a "$STORE" "$work/good"
elsewhere >"$work/then"
root_works
elsewhere >"$work/now"
check "a good store: all stays in it" cmp "$work/then" "$work/now"
check "a good store: root's work is done in it" grep -q "enrolled with device\|\"secret\"" "$work/worked"

for directory in users new decoys; do
	in_place_of "$directory/, a link" "rm -rf $directory && ln -s /root/elsewhere/$directory $directory"
	in_place_of "$directory/, a file" "rm -rf $directory && echo x >$directory"
	in_place_of "$directory/, a FIFO" "rm -rf $directory && mkfifo $directory"
done
for file in users/$user users/$newcomer new/$newcomer new/$user; do
	in_place_of "$file, a link" "rm -f $file; ln -s /root/elsewhere/$user $file"
	in_place_of "$file, a link to nowhere" "rm -f $file; ln -s /root/elsewhere/made $file"
	in_place_of "$file, a FIFO" "rm -f $file; mkfifo -m 600 $file"
	in_place_of "$file, a directory" "rm -f $file; mkdir $file; echo x >$file/x"
done

# --- Under root's hands

cat >"$work/swap.py" <<'END'
"""usage: swap.py STORE STOP PLACE...: swap each PLACE with a link to the same in /root/elsewhere."""
import ctypes, os, sys
store, stop, *places = sys.argv[1:]
exchange = 2
libc = ctypes.CDLL(None)
os.chdir(store)
for i, place in enumerate(places):
    os.symlink("/root/elsewhere/" + place, f"link-{i}")
count = 0
while not os.path.exists(stop):
    for i, place in enumerate(places):
        for _ in range(2):
            count += libc.renameat2(-100, f"link-{i}".encode(), -100, place.encode(), exchange) == 0
print(count)
END

was_met() {
	grep -Eq "must not be a link|not trusted|link" "$work/worked"
}

# swap_once PLACE...: the owner does, as fast as they can, while root works. Each time in a good
# store: what root puts in the place of a link is no link any more.
swap_once() {
	rm -rf "$STORE" "$work/sheets" "$work/stop"
	cp -a "$work/good" "$STORE"
	as_owner python3 "$work/swap.py" "$STORE" "$work/stop" "$@" >>"$work/swaps" &
	root_works
	: >"$work/stop"
	wait "$!"
}

# swapping PLACE...: three times, and on until root has met some of it, which is a matter of chance.
swapping() {
	local round count
	rm -f "$work/swaps"
	: >"$work/worked"
	for round in {1..30}; do
		swap_once "$@"
		[ "$round" -lt 3 ] || ! was_met || break
	done
	count=$(awk '{ sum += $1 } END { print sum + 0 }' "$work/swaps")
	trace "$*: swapped $count times, in $round rounds"
	elsewhere >"$work/now"
	check "swapped under root's hands, $*: nothing elsewhere has changed" \
		cmp "$work/then" "$work/now"
	check "swapped under root's hands, $*: it was swapped" test "$count" -gt 1000
	check "swapped under root's hands, $*: some of it was met" was_met
}
swapping users
swapping new
swapping decoys "users/$user"
swapping users new decoys

finish
