# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the topics of 'twokey doctor' share.
#
#   finds NAME CHECK RESULT REGEX [MEND-REGEX]   it finds such a thing, and has such a mend
#   found ...                                    the same of what $work/json holds
#   passes NAME CHECK...                         it finds nothing wrong by these checks
#   mended                                       the mend that was found, run, makes the check pass

# with_clock RESULT COMMAND...: the kernel says that its clock is set (0), or that it is not (5).
with_clock() {
	local result=$1
	shift
	strace -f -qq -o /dev/null -e trace=clock_adjtime \
		-e "inject=clock_adjtime:retval=$result" "$@"
}

# look REGEX-LESS-PROGRAM: python over the findings.
look() {
	/usr/bin/python3 -c '
import json, re, sys
with open(sys.argv[1]) as file:
    findings = json.load(file)
what, arguments = sys.argv[2], sys.argv[3:]
if what == "found":
    check, result, text, mend = arguments
    for one in findings:
        if (one["check"], one["result"]) == (check, result) and re.search(text, one["text"]) \
                and re.search(mend, one["mend"] or ""):
            print(one["mend"] or "")
            break
    else:
        sys.exit(1)
elif any(one["check"] in arguments and one["result"] != "ok" for one in findings):
    sys.exit(1)
' "$work/json" "$@"
}

# tell_findings NAME WHY: fail, with what was found.
tell_findings() {
	grep -A 2 -E '"result": "(warning|problem)"' "$work/json" >"$work/output"
	fail "$1" "$2"
}

found() {
	if look found "$2" "$3" "$4" "${5-}" >"$work/mend"; then
		checked=$2
		ok "$1"
	else
		tell_findings "$1" "$2 does not find: $3, $4, ${5-}"
	fi
}

finds() {
	listen "$work/output" twokey doctor --json >"$work/json"
	found "$@"
}

passes() {
	local name=$1
	shift
	listen "$work/output" twokey doctor --json >"$work/json"
	case " $* " in *" clock "*) with_clock 0 twokey doctor --json >"$work/json" ;; esac
	if look passed "$@"; then
		ok "$name: $* passes"
	else
		tell_findings "$name: $* passes" "it does not"
	fi
}

mended() {
	check "the mend runs" bash -c "$(cat "$work/mend")"
	passes "mended" "$checked"
}

# healthy_sshd [LINE...]: what sshd -T says, these lines of sshd_config first.
healthy_sshd() {
	mkdir -p /run/sshd
	printf '%s\n' "$@" >/etc/ssh/sshd_config
	cat >>/etc/ssh/sshd_config <<-END
		HostKey $work/hostkey
		UsePAM yes
		KbdInteractiveAuthentication yes
		PasswordAuthentication no
		AuthenticationMethods keyboard-interactive
		PermitRootLogin no
	END
	[ -f "$work/hostkey" ] || ssh-keygen -q -t ed25519 -N '' -f "$work/hostkey"
}

# healthy_host: everybody who can log in is enrolled, and every service that asks for a code does so
# by the module alone.
healthy_host() {
	local other
	for other in $(getent passwd | cut -d : -f 1); do
		usermod --shell /usr/sbin/nologin "$other" >"$work/output" 2>&1
	done
	healthy_sshd
	for other in sshd sudo sudo-i "$SERVICE"; do
		pam_twokey "$other"
	done
	rm -f /etc/sudoers.d/[!R]*
	sed -i '/NOPASSWD\|!authenticate/d' /etc/sudoers
}
