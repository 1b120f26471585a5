# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The programs that people log in with. Each *_login ends with 0 only if the user did get in: a
# command ran as that user, and what it printed came back.
# shellcheck disable=SC2016 # what is quoted is for the shell of who got in
# shellcheck disable=SC2154 # lib.sh has the variables

# pam_service NAME: its stack, from standard input.
pam_service() {
	cat >"/etc/pam.d/$1"
}

# pam_twokey SERVICE [OPTION...]: the module alone decides.
pam_twokey() {
	local service=$1
	shift
	pam_service "$service" <<-END
		auth     required pam_twokey.so $*
		account  required pam_unix.so
		session  required pam_unix.so
		password required pam_unix.so
	END
}

# stack LINE...: the auth lines of $SERVICE.
stack() {
	pam_service "$SERVICE" < <(
		printf 'auth %s\n' "$@"
		echo 'account required pam_unix.so'
	)
}

# typing PASSWORD CODE COMMAND...: with somebody at the keyboard, who notes what was asked.
typing() {
	local password=$1 code=$2
	shift 2
	: >"$work/prompts"
	chmod 666 "$work/prompts"
	timeout 30 env TYPE_PASSWORD="$password" TYPE_CODE="$code" PROMPTS="$work/prompts" \
		SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force \
		SUDO_ASKPASS="$work/askpass" setsid --wait "$@"
}

# prompts: what was asked at the last login, without whom.
prompts() {
	sed 's/^([^)]*) //' "$work/prompts"
}

# says LINE COMMAND...: COMMAND prints this line.
says() {
	local line=$1
	shift
	{
		"$@" 2>&1 >&3 3>&- | tee -a "$work/stderr.all" >&3
	} 3>&1 | tr -d '\r' | tee "$work/answer"
	grep -Fqx -- "$line" "$work/answer"
}

# --- sshd

readonly SSH_PORT=2201

# sshd_start [LINE...]: a daemon of our own, with these lines of sshd_config first.
sshd_start() {
	sshd_stop
	[ -f "$work/hostkey" ] || ssh-keygen -q -t ed25519 -N '' -f "$work/hostkey"
	mkdir -p /run/sshd
	printf '%s\n' "$@" >"$work/sshd_config"
	cat >>"$work/sshd_config" <<-END
		Port $SSH_PORT
		ListenAddress 127.0.0.1
		HostKey $work/hostkey
		PidFile none
		UsePAM yes
		UseDNS no
		LogLevel VERBOSE
		KbdInteractiveAuthentication yes
		PasswordAuthentication no
		MaxStartups 200:30:200
	END
	/usr/sbin/sshd -t -f "$work/sshd_config" || die "sshd_config"
	/usr/sbin/sshd -D -f "$work/sshd_config" </dev/null &
	sshd_pid=$!
	daemons+=("$sshd_pid")
	wait_until bash -c "echo >/dev/tcp/127.0.0.1/$SSH_PORT"
}

sshd_stop() {
	[ -n "${sshd_pid-}" ] || return
	kill "$sshd_pid" && wait "$sshd_pid"
	sshd_pid=
}

# ssh_login USER PASSWORD CODE [SSH-OPTION...]
ssh_login() {
	local user=$1 password=$2 code=$3
	shift 3
	says "in as $user" typing "$password" "$code" ssh -F none -p "$SSH_PORT" -l "$user" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o NumberOfPasswordPrompts=1 -o ConnectTimeout=10 -o IdentitiesOnly=yes \
		-o IdentityFile=none "$@" 127.0.0.1 'echo "in as $(id -un)"'
}

# --- sudo and su

# as_user COMMAND...: as $user, with nothing of root's, and who finds no program in sbin.
as_user() {
	setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all \
		env PATH=/usr/local/bin:/usr/bin:/bin "$@"
}

# sudo_setup: $user may become root, and is asked each time.
sudo_setup() {
	cat >/etc/sudoers.d/twokey-test <<-END
		Defaults:$user timestamp_timeout=0, passwd_tries=1, lecture=never
		$user ALL=(ALL:ALL) ALL
	END
	chmod 440 /etc/sudoers.d/twokey-test
}

# On a line of its own, below the prompts.
readonly WHOAMI=(sh -c 'printf "\nin as %s\n" "$(id -un)"')

# sudo_login PASSWORD CODE: answers from standard input.
sudo_login() {
	printf '%s\n' "$1" "$2" |
		says "in as root" timeout 30 setpriv --reuid="$user" --regid="$user" --init-groups \
			sudo -S "${WHOAMI[@]}"
}

# sudo_askpass_login PASSWORD CODE: answers from a program.
sudo_askpass_login() {
	says "in as root" typing "$1" "$2" setpriv --reuid="$user" --regid="$user" --init-groups \
		sudo -A "${WHOAMI[@]}"
}

# sudo_tty_login PASSWORD CODE: answers from a terminal.
sudo_tty_login() {
	says "in as root" "$here/terminal.py" --answer 'assword.*: ' "$1" \
		--answer 'Verification code: ' "$2" \
		setpriv --reuid="$user" --regid="$user" --init-groups sudo "${WHOAMI[@]}"
}

# su_login PASSWORD CODE: nobody becomes $user.
su_login() {
	printf '%s\n' "$1" "$2" |
		says "in as $user" timeout 30 setpriv --reuid=nobody --regid=nogroup --clear-groups \
			su "$user" -c "${WHOAMI[2]}"
}

su_tty_login() {
	says "in as $user" "$here/terminal.py" --answer 'Password: ' "$1" \
		--answer 'Verification code: ' "$2" \
		setpriv --reuid=nobody --regid=nogroup --clear-groups su "$user" -c "${WHOAMI[2]}"
}

# --- The helper

# store_user: the store's own user, as the package makes it: a store made from now on belongs to it.
store_user() {
	useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin twokey ||
		die "useradd twokey"
}

# failing CALL:FAULT PATH COMMAND...: the system call has the fault, one of strace(1), on that path.
failing() {
	local fault=$1 path=$2
	shift 2
	strace -f -qq -o /dev/null -P "$path" -e trace="${fault%%:*}" -e inject="$fault" "$@"
}

# without_accounts COMMAND...: which can't read /etc/passwd.
without_accounts() {
	failing openat:error=EIO /etc/passwd "$@"
}

# helper_setup: the store's own user, before anybody is enrolled, and the helper, which is then its;
# sets $HELPER.
helper_setup() {
	HELPER=$(realpath "$(dirname "$(command -v twokey)")/../libexec/twokey-helper")
	store_user
	[ -z "${BUILD-}" ] || make -C "$BUILD" install >"$work/output" 2>&1 || die "make install"
}

# helper_under OWNER MODE TOOL: the helper gets this mode and another name, and its own name what starts
# it with OWNER's rights under TOOL, a command with its options: a set-user-ID program itself obeys none.
helper_under() {
	mv "$HELPER" "$HELPER.real" && chmod "$2" "$HELPER.real" &&
		cc -O2 "-DUNDER=\"$3\"" "-DHELPER=\"$HELPER\"" -o "$HELPER" "$here/../../tools/setuid.c" &&
		chown "$1" "$HELPER" && chmod 4755 "$HELPER" || die "no helper under $3"
}

# helper_that DOES: a program in the helper's place.
helper_that() {
	printf '#!/bin/sh\n%s\n' "$1" >"$HELPER"
	chmod 755 "$HELPER"
}

# tester_login SERVICE USER [ANSWER...]: pamtester, run by $user.
tester_login() {
	local service=$1 whom=$2
	shift 2
	printf '%s\n' "$@" | as_user timeout 30 pamtester "$service" "$whom" authenticate
}

# user_login SERVICE USER [ANSWER...]: pam_login, run by $user; faster, for it waits for no delay.
user_login() {
	[ -e "$work/pam_login.py" ] || install -m 755 "$here/pam_login.py" "$work"
	as_user timeout 30 "$work/pam_login.py" "$@"
}

# --- Any program

# pam_login SERVICE USER [ANSWER...]: ends with the PAM code; see pam_login.py for what it prints.
pam_login() {
	timeout 30 "$here/pam_login.py" "$@"
}
