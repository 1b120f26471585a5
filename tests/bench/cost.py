#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a login and an enrolment may cost at most, in counts that no other load on the machine changes. Run by
tests/e2e/cost.sh; prints a line "N LIMIT WHAT" for each."""
import pathlib

import counts
import enrolment
from setting import PAM, PLACES, REFUSED, SUCCESS, USERS, Answers, enrol, furnish, right, run, wrong

USER = USERS[0]
SERVICE = "twokey-tmpfs"

# tests/bench/README.md says what they are made of.
LIMITS = {
    "system_calls": 68,
    "syncs": 1,
    "forks": 0,
    "instructions_outside_loader": 95_000,
    "memory_kib": 60,
}

ENROLMENT_LIMITS = {"system_calls": 295, "syncs": 2, "instructions_outside_loader": 3_700_000}


def tell(name: str, found: dict, limits: dict) -> None:
    for what, limit in limits.items():
        print(found[what], limit, f"{name}: {what.replace('_', ' ')}")


def measure(name: str, typed, wanted: int) -> None:
    found: dict = {}
    for count in (counts.system_calls, counts.instructions, counts.memory):
        path = Answers("cost").write(3, typed)
        found |= count(SERVICE, wanted, USER, path)
        counts.latencies(SERVICE, SUCCESS, USER, Answers("cost").write(1, right))
    tell(name, found, LIMITS)


def local_accounts_read() -> int:
    """How often the last login that was traced looked through them."""
    counts.system_calls(SERVICE, SUCCESS, USER, Answers("cost").write(2, right))
    return pathlib.Path("/tmp/strace").read_text(errors="replace").count("/etc/passwd")


def main() -> None:
    PAM.mkdir()
    (PAM / "other").write_text("")
    for user in USERS:
        run("useradd", "--create-home", user)
    furnish("tmpfs", PLACES["tmpfs"])
    measure("right code", right, SUCCESS)
    measure("wrong code", wrong, REFUSED)
    print(local_accounts_read(), 0, "times that local accounts were looked through")
    codes = enrol(PLACES["tmpfs"] / "recovery", USER)
    (PAM / "recovery").write_text(
        f"auth required pam_twokey.so ask=code store={PLACES['tmpfs']}/recovery\n"
    )
    path = Answers("recovery").write(3, lambda i, _: codes[i])
    found = counts.system_calls("recovery", SUCCESS, USER, path)
    print(found["syncs"], 1, "recovery code: syncs")
    print(found["forks"], 0, "recovery code: forks")
    enrol(PLACES["tmpfs"] / "enrolment", USER)
    command = enrolment.one_user_commands(PLACES["tmpfs"])["twokey"]
    tell("enrolment", enrolment.count(command), ENROLMENT_LIMITS)


main()
