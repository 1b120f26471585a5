# SPDX-License-Identifier: BSD-2-Clause
"""Enrolment: one user by one process beside google-authenticator, and many by --batch."""
import os
import pathlib
import statistics
import time

from setting import USERS, run
from table import ratio, show, tell_ratio

ROUNDS = int(os.environ.get("ROUNDS", "15"))
BATCH = [int(word) for word in os.environ.get("BATCH", "1000 10000").split()]
USER = USERS[0]
STORE = pathlib.Path("/disk/enrolment")


def spawn(*command) -> tuple[float, int]:
    """Seconds and KiB at most of a process that must succeed; what it says goes nowhere."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    words = [str(word) for word in command]
    start = time.monotonic()
    child = os.posix_spawnp(words[0], words, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"bench: {' '.join(words)}: status {status}")
    return seconds, usage.ru_maxrss


def one_user() -> dict:
    """Over and again the same user, whom the host knows: it replaces what was there."""
    times: dict[str, list[float]] = {"a bare process": [], "twokey": [], "google-authenticator": []}
    spawn("twokey", "enroll", USER, "--store", STORE, "--no-confirm", "--qr", "none")
    for _ in range(10 * ROUNDS):
        times["a bare process"].append(spawn("/bin/true")[0])
        times["twokey"].append(
            spawn("twokey", "enroll", USER, "--replace", "--store", STORE, "--no-confirm",
                  "--qr", "utf8")[0])  # fmt: skip
        times["google-authenticator"].append(
            spawn("google-authenticator", "-t", "-d", "-f", "-C", "-r3", "-R30", "-w3", "-Q", "UTF8",
                  "-s", "/disk/google.enrolment")[0])  # fmt: skip
    result = {
        name: {"milliseconds": 1000 * statistics.median(t), "ours_to_it": ratio(times["twokey"], t)}
        for name, t in times.items()
    }
    rows = [
        [name, f"{r['milliseconds']:.2f}", tell_ratio(r["ours_to_it"])]
        for name, r in result.items()
    ]
    show("One user enrolled by one process, ext4", ["", "median ms", "ours / it"], rows)
    return result


def batch() -> dict:
    results = {}
    for count in BATCH:
        users = pathlib.Path(f"/disk/batch-{count}")
        users.write_text("".join(f"batch{count}-{i:06d}\n" for i in range(count)))
        seconds, memory = spawn("twokey", "enroll", "--batch", users, "--out", f"/disk/out-{count}",
                                "--store", f"/disk/store-{count}")  # fmt: skip
        results[count] = {"users_a_second": count / seconds, "memory_kib": memory}
        run("rm", "-rf", f"/disk/out-{count}", f"/disk/store-{count}")
    rows = [
        [f"{count:,}", f"{r['users_a_second']:.0f}", r["memory_kib"]]
        for count, r in results.items()
    ]
    show("Enrolled by --batch, with PNG and sheet, ext4", ["users", "users / s", "memory KiB"], rows)
    return results


def measure() -> dict:
    result = {"one": one_user()}
    if "--batch" in run("twokey", "enroll", "--help"):
        result["batch"] = batch()
    return result
