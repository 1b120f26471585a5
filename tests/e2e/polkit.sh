#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# polkit, whose agent runs as the user, and asks by a helper of its own, for the PAM service polkit-1.
. "$(dirname "$0")/lib/e2e.sh"

# An action that its user must prove to be themself for.
readonly ACTION=org.twokey.test
cat >/usr/share/polkit-1/actions/$ACTION.policy <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
	 "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd">
	<policyconfig>
	  <action id="$ACTION">
	    <description>Test</description>
	    <message>Prove who you are</message>
	    <defaults>
	      <allow_any>auth_self</allow_any>
	      <allow_inactive>auth_self</allow_inactive>
	      <allow_active>auth_self</allow_active>
	    </defaults>
	  </action>
	</policyconfig>
END

# polkit_login PASSWORD CODE: $user does it, at a terminal.
polkit_login() {
	"$here/terminal.py" --hidden --answer 'Password: ' "$1" --answer 'Verification code: ' "$2" \
		setpriv --reuid="$user" --regid="$user" --init-groups sh -c \
		'pkcheck --action-id "$0" --process $$ --allow-user-interaction --enable-internal-agent' "$ACTION"
}

pam_twokey polkit-1
mkdir -p /run/dbus
in_background dbus-daemon --system --nofork --nopidfile --nosyslog 2>>"$work/stderr.all"
wait_until test -S /run/dbus/system_bus_socket
wait_until pkaction --action-id "$ACTION" # the bus starts polkitd on demand

new_user
right=$(code)
kept_out wrong_code "a wrong code" polkit_login "$password" "$(wrong_code)"
shown "the person is told" "AUTHENTICATION FAILED"
kept_out wrong_password "a wrong password" polkit_login "not $password" "$right"
let_in code_accepted "right" polkit_login "$password" "$right"
kept_out replayed_code "the same code again" polkit_login "$password" "$right"
let_in recovery_accepted "a recovery code" polkit_login "$password" "${recovery[0]}"
logged "the log tells who asked" "polkit-agent-helper-1.* ruser=$user service=polkit-1"
new_person
kept_out unenrolled "not enrolled" polkit_login "$password" 123456

finish
