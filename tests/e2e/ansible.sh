#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The README's task of Ansible, run twice: the second time nothing changes.
. "$(dirname "$0")/lib/e2e.sh"

readme=$here/../../../README.md

play() {
	HOME=/root ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_NOCOLOR=1 \
		ansible-playbook --connection local --inventory localhost, "$work/play.yml"
}

keys() {
	sha256sum /var/lib/twokey/users/*
}

check "the README has a task" grep -q '^- name: ' "$readme"
{
	printf '%s\n' '- hosts: localhost' '  gather_facts: false' '  tasks:'
	sed -n '/^```yaml$/,/^```$/p' "$readme" | grep -v '^```' | sed 's/^/    /'
} >"$work/play.yml"
useradd --create-home alice
useradd --create-home bob

check "it runs" play
shown "and changes something" "changed=1 .*failed=0"
check "both are enrolled" test "$(twokey list --json | json '' | grep -c '"enrolled": true')" = 2
check "and have QR codes that nobody else reads" \
	test "$(stat -c %a /root/alice.png /root/bob.png)" = $'600\n600'
secret "$(twokey show alice --json | json '["secret"]')"
keys >"$work/before"
check "it runs again" play
shown "and changes nothing" "ok=1 .*changed=0 .*failed=0"
keys >"$work/after"
check "the keys are the same" cmp "$work/before" "$work/after"
rm /root/bob.png && twokey remove bob >"$work/output"
check "bob was removed, and it runs again" play
shown "which changes something" "changed=1 .*failed=0"
check "bob is enrolled" twokey status bob
check "alice is who she was" grep -Fq "$(sha256sum /var/lib/twokey/users/alice)" "$work/before"
check "--replace, twice" sh -c 'for i in 1 2; do
	twokey enroll bob --replace --no-confirm --qr none || exit; done'
check_status 1 "without either it is refused" twokey enroll bob --no-confirm --qr none

finish
