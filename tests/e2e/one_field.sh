#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ask=combined: clients that have one field for both, in sshd's password method and in Dovecot.
. "$(dirname "$0")/lib/e2e.sh"

# ssh_field_login USER FIELD: sshd answers whatever the stack asks with what the client sent at once.
ssh_field_login() {
	ssh_login "$1" "$2" "" -o PreferredAuthentications=password
}

# one_field NAME LOGIN: the same for any client; LOGIN takes USER FIELD.
one_field() {
	local name=$1 login=$2 right
	new_user
	right=$(code)
	kept_out wrong_code "$name: right password, wrong code" \
		"$login" "$user" "$password$(wrong_code)"
	kept_out wrong_password "$name: wrong password, right code" \
		"$login" "$user" "x$password$right"
	kept_out wrong_password "$name: the password alone" "$login" "$user" "$password"
	kept_out empty_password "$name: the code alone" "$login" "$user" "$right"
	right=$(code)
	let_in code_accepted "$name: both" "$login" "$user" "$password$right"
	kept_out replayed_code "$name: both again" "$login" "$user" "$password$right"
	let_in recovery_accepted "$name: with a recovery code" \
		"$login" "$user" "$password${recovery[0]}"

	new_user --digits 8 --algorithm SHA256
	right=$(oathtool --base32 --totp=SHA256 --digits 8 - <<<"$key" | remember)
	let_in code_accepted "$name: a code of 8 digits" "$login" "$user" "$password$right"
	new_person
	kept_out unenrolled "$name: not enrolled" "$login" "$user" "${password}123456"
}

pam_twokey sshd ask=combined
sshd_start "PasswordAuthentication yes" "KbdInteractiveAuthentication no" \
	"AuthenticationMethods password"
one_field sshd ssh_field_login

# --- Dovecot

cat >"$work/dovecot.conf" <<-END
	base_dir = $work/dovecot
	log_path = $work/dovecot.log
	protocols =
	ssl = no
	auth_failure_delay = 0
	auth_cache_size = 0
	passdb {
	  driver = pam
	  args = dovecot
	}
	userdb {
	  driver = passwd
	}
	service anvil { # no growing delays
	  unix_listener anvil-auth-penalty {
	    mode = 0
	  }
	}
END

doveadm_login() {
	doveadm -c "$work/dovecot.conf" auth test "$1" "$2"
}

pam_twokey dovecot ask=combined
in_background dovecot -F -c "$work/dovecot.conf"
wait_until test -S "$work/dovecot/auth-client"
one_field dovecot doveadm_login

finish
