#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# su: on a terminal, and from a pipe.
. "$(dirname "$0")/lib/e2e.sh"

pam_twokey su

new_user
right=$(code)
kept_out wrong_password "terminal: wrong password" su_tty_login "not $password" "$right"
kept_out wrong_code "terminal: wrong code" su_tty_login "$password" "$(wrong_code)"
let_in code_accepted "terminal: right" su_tty_login "$password" "$right"
kept_out replayed_code "terminal: again" su_tty_login "$password" "$right"

new_user
right=$(code)
kept_out wrong_code "pipe: wrong code" su_login "$password" "$(wrong_code)"
let_in code_accepted "pipe: right" su_login "$password" "$right"
kept_out replayed_code "pipe: again" su_login "$password" "$right"
let_in code_accepted "pipe: the next code" su_login "$password" "$(code 1)"

new_person
kept_out unenrolled "not enrolled" su_login "$password" 123456

# What su is for elsewhere: root needs no key at all.
pam_service su <<-END
	auth     sufficient pam_rootok.so
	auth     required pam_twokey.so
	account  required pam_unix.so
	session  required pam_unix.so
END
check "pam_rootok before the module: root is not asked" su "$user" -c true

finish
