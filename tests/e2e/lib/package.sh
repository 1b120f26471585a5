# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The vocabulary of package.sh: the packages, and what of /etc is not theirs.
# shellcheck disable=SC2154 # e2e.sh has the variables
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

installs=own
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# build_package DIRECTORY LOCALE ZONE UMASK: the .deb files are there then.
build_package() (
	umask 022
	mkdir -p "$1/source" && "$tree/tests/copy_source" "$1/source" && cd "$1/source" || exit
	[ "$4" = 022 ] || find . -exec touch -d "$(dpkg-parsechangelog -S Date) 1 hour" {} +
	umask "$4"
	LC_ALL=$2 TZ=$3 DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" \
		dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes
)

# deb DIRECTORY PACKAGE: its file there.
deb() {
	echo "$1/$2"_*.deb
}

install_packages() {
	dpkg --force-confold --install "$(deb "$1" libpam-twokey)" "$(deb "$1" twokey)"
}

remove_packages() {
	dpkg --remove twokey libpam-twokey
}

purge_packages() {
	dpkg --purge twokey libpam-twokey
}

store_owners() {
	find /var/lib/twokey -printf '%p %u %g %m\n' | sort
}

make_tmpfiles() {
	systemd-tmpfiles --create /usr/lib/tmpfiles.d/libpam-twokey.conf
}

own_status() {
	printf '%s\n' "$password" "${recovery[2]}" | as_user twokey status
}

# make_newer DIRECTORY NEWER: the same packages, with a higher version.
make_newer() {
	local package
	mkdir -p "$2"
	for package in libpam-twokey twokey; do
		dpkg-deb --raw-extract "$(deb "$1" "$package")" "$2/$package" &&
			sed -i 's/0\.1\.0/0.1.0+newer/' "$2/$package/DEBIAN/control" &&
			dpkg-deb --build "$2/$package" "$2/${package}_newer.deb" || return
	done
}

# Session modules for a real boot have nothing to do with it.
simplify_sshd() {
	sed -i '/pam_loginuid\|pam_keyinit\|pam_selinux/d' /etc/pam.d/sshd
}

keep_etc() {
	mkdir "$1" && cp -a /etc/pam.d /etc/security "$1" && cut -d: -f1 /etc/passwd >"$1/users"
}

same_etc() {
	diff -r "$1/pam.d" /etc/pam.d && diff -r "$1/security" /etc/security &&
		[ -z "$(find /etc -name '*twokey*')" ]
}

# Position-independent, with a read-only GOT, a protected stack and checked string functions.
hardening_check() {
	local file root=$work/unpacked
	dpkg-deb --extract "$(deb "$work/one" libpam-twokey)" "$root" &&
		dpkg-deb --extract "$(deb "$work/one" twokey)" "$root" || return
	for file in "$root"/lib/*/security/pam_twokey.so "$root"/usr/libexec/twokey-{helper,qr} \
		"$root/usr/bin/twokey"; do
		echo "$file"
		readelf -hW "$file" | grep 'Type:.*DYN' || return
		readelf -lW "$file" | grep GNU_RELRO || return
		readelf -dW "$file" | grep 'FLAGS.*NOW' || return
		readelf -sW --dyn-syms "$file" | grep __stack_chk_fail || return
		readelf -sW --dyn-syms "$file" | grep '_chk@' || return
	done
}
