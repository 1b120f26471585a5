#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The Debian packages: built twice, the same bits; installed, enabled, upgraded, disabled, removed
# and purged, with somebody logging in at each station.
# shellcheck disable=SC2154 # e2e.sh has the variables
. "$(dirname "$0")/lib/package.sh"

tree=$(realpath "$here/../../..")

# Whatever differs between two builders: the directory, the dates of files, umask, locale, zone.
check "builds" build_package "$work/one" C.UTF-8 UTC 022
check "builds elsewhere" build_package "$work/another/place" C Asia/Tokyo 077
for package in libpam-twokey twokey libpam-twokey-dbgsym twokey-dbgsym; do
	check "$package: the same bits" cmp "$(deb "$work/one" "$package")" \
		"$(deb "$work/another/place" "$package")"
done
check "lintian" lintian -i -E --pedantic --allow-root "$work"/one/*.changes
check "has nothing to say" test ! -s "$work/output"
check "hardened as Debian can" hardening_check

# --- Installation changes nothing

simplify_sshd
before=$work/before
keep_etc "$before"
sshd_start "AuthenticationMethods keyboard-interactive"
new_person
check "the password alone" ssh_login "$user" "$password" none
check "install" install_packages "$work/one"
check "the PAM configuration is what it was" diff -r "$before/pam.d" /etc/pam.d --exclude twokey
check "the password alone, as before" ssh_login "$user" "$password" none
check "the store is the user twokey's" test "$(stat -c '%U %a' /var/lib/twokey)" = "twokey 700"
store_owners >"$work/made"
mv /var/lib/twokey "$work/store"
check "tmpfiles.d makes a store where there is none" make_tmpfiles
check "the same one" cmp "$work/made" <(store_owners)
chown -R root: /var/lib/twokey
store_owners >"$work/made"
check "but leaves one that is there" make_tmpfiles
check "as it is" cmp "$work/made" <(store_owners)
rm -r /var/lib/twokey && mv "$work/store" /var/lib/twokey
check "the helper has that user's rights, and no others" \
	test "$(stat -c '%U %a' /usr/libexec/twokey-helper)" = "twokey 4755"

check "completions for bash, zsh and fish" test -f /usr/share/bash-completion/completions/twokey \
	-a -f /usr/share/zsh/vendor-completions/_twokey \
	-a -f /usr/share/fish/vendor_completions.d/twokey.fish

# --- Enabled

enrol
check "pam-auth-update --enable twokey" pam-auth-update --enable twokey
kept_out wrong_code "ssh: wrong code" ssh_login "$user" "$password" "$(wrong_code)"
kept_out wrong_password "ssh: wrong password" ssh_login "$user" "not $password" "$(code)"
first=$(code)
let_in code_accepted "ssh: password and code" ssh_login "$user" "$password" "$first"
sudo_setup
kept_out replayed_code "sudo: the same code" sudo_login "$password" "$first"
let_in code_accepted "sudo: the next one" sudo_login "$password" "$(code 1)"
let_in recovery_accepted "su: a recovery code" su_login "$password" "${recovery[0]}"
check "the user's own status, by the helper" own_status
shown "is told" "^$user is enrolled"
enrolled=("$user" "$password" "$key" "${recovery[1]}" "${recovery[0]}")
new_person
kept_out unenrolled "ssh: who is not enrolled" ssh_login "$user" "$password" 123456
echo 'unenrolled = allow' >>/etc/security/twokey.conf
let_in unenrolled_allowed "unless twokey.conf says so" ssh_login "$user" "$password" 123456

# --- Upgraded: whatever was there is kept

user=${enrolled[0]} password=${enrolled[1]} key=${enrolled[2]}
cp -p /etc/security/twokey.conf "$work/conf"
sha256sum "/var/lib/twokey/users/$user" >"$work/sum"
newer=$work/newer
check "a newer version" make_newer "$work/one" "$newer"
check "upgrade" install_packages "$newer"
check "it is the newer one" test "$(dpkg-query -W -f '${Version}' libpam-twokey)" = 0.1.0+newer
check "twokey.conf is the administrator's" cmp /etc/security/twokey.conf "$work/conf"
check "the record is the same" sha256sum --check "$work/sum"
check "the helper has its rights" test "$(stat -c '%U %a' /usr/libexec/twokey-helper)" = "twokey 4755"
kept_out recovery_spent "a recovery code that was used before" \
	ssh_login "$user" "$password" "${enrolled[4]}"
let_in recovery_accepted "and enabled" ssh_login "$user" "$password" "${enrolled[3]}"

# --- The other profile: the code alone, where other modules verify the password

check "pam-auth-update --disable twokey" pam-auth-update --disable twokey
check "the PAM configuration is what it was" diff -r "$before/pam.d" /etc/pam.d --exclude twokey
check "the password alone" ssh_login "$user" "$password" none
check "pam-auth-update --enable twokey-code" pam-auth-update --enable twokey-code
enrol --replace
kept_out wrong_code "ssh: password and wrong code" ssh_login "$user" "$password" "$(wrong_code)"
check_status 1 "ssh: a wrong password" ssh_login "$user" "not $password" "$(code)"
equal "and who typed it is asked for no code" "$(prompts)" "Password: "
let_in code_accepted "ssh: password and code" ssh_login "$user" "$password" "$(code)"
check "pam-auth-update --enable twokey, too" pam-auth-update --enable twokey
check "but there is one of them" test "$(grep -c pam_twokey /etc/pam.d/common-auth)" = 1
check "twokey alone" sh -c 'pam-auth-update --disable twokey-code && pam-auth-update --enable twokey'
let_in recovery_accepted "ssh: password and recovery code" \
	ssh_login "$user" "$password" "${recovery[0]}"

# --- Removed and purged: nobody is locked out

echo 'auth required pam_twokey.so' >/etc/pam.d/by-hand
check_status 1 "not removed while a service names it" remove_packages
shown "which is named" "^ */etc/pam.d/by-hand\$"
kept_out wrong_code "and the profile is still on" ssh_login "$user" "$password" "$(wrong_code)"
rm /etc/pam.d/by-hand
check "removed" remove_packages
check "the password alone" ssh_login "$user" "$password" none
check "the record is kept" test -f "/var/lib/twokey/users/$user"
check "twokey.conf too" cmp /etc/security/twokey.conf "$work/conf"
check "installed again" install_packages "$work/one"
check "the password alone, until the profile is enabled" ssh_login "$user" "$password" none
check "enabled again" pam-auth-update --enable twokey
kept_out recovery_spent "and what was used is still spent" \
	ssh_login "$user" "$password" "${recovery[0]}"
check "purged at once, with nothing asked" purge_packages
check "the store is gone" test ! -e /var/lib/twokey
check "so is its owner" sh -c '! id twokey 2>/dev/null'
rm /etc/sudoers.d/twokey-test
check "nothing of it is left in /etc" same_etc "$before"
check "the password alone" ssh_login "$user" "$password" none
sshd_stop

# --- As Debian tests them

check "debian/tests" autopkgtest --no-built-binaries "$work"/one/*twokey_*.deb "$work/one/source" -- null
shown "log in" "^login +PASS"

finish
