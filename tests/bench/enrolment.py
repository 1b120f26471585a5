# SPDX-License-Identifier: BSD-2-Clause
"""Enrolment: one user by one process beside google-authenticator, and many by --batch. A part of
bench.py; alone by tests/bench/run BUILD enrolment."""
import json
import os
import pathlib
import statistics
import subprocess
import time

import counts
from process import Spent, Terminal, spawn, words
from setting import PLACES, USERS, machine_up
from table import ratio, show, tell_ratio

ROUNDS = int(os.environ.get("ROUNDS", "15"))
BATCH = [int(word) for word in os.environ.get("BATCH", "1000 10000 100000").split()]
USER = USERS[0]
RECORD = bytes(12288)


TERMINAL = Terminal()


def durable_write(directory: pathlib.Path) -> float:
    """Seconds of what no tool can do without that keeps a new file over a power loss."""
    start = time.monotonic()
    new, file = directory / "durable.new", directory / "durable"
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(fd, RECORD)
    os.fsync(fd)
    os.close(fd)
    os.rename(new, file)
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(fd)
    os.close(fd)
    return time.monotonic() - start


def one_user_commands(directory: pathlib.Path) -> dict[str, list]:
    """Over and again the same user, whom the host knows: it replaces what was there."""
    return {
        "a bare process": ["/bin/true"],
        "twokey": ["twokey", "enroll", USER, "--replace", "--store", directory / "enrolment",
                   "--no-confirm", "--qr", "utf8"],
        "google-authenticator": ["google-authenticator", "-t", "-d", "-f", "-C", "-r3", "-R30",
                                 "-w3", "-Q", "UTF8", "-s", directory / "google.enrolment"],
    }  # fmt: skip


def count(command) -> dict:
    """What one process asks of the kernel and the processor, to its end."""
    on_terminal = {"stdout": TERMINAL.slave, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run(["strace", "-f", "-qq", "-o", "/tmp/strace", *words(command)], **on_terminal)
    calls = pathlib.Path("/tmp/strace").read_text(errors="replace").splitlines()
    subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/tmp/callgrind",
                    "--compress-strings=no", "--compress-pos=no", *words(command)],
                   **on_terminal)  # fmt: skip
    costs = [(library, cost) for library, _, cost in counts.costs_of("/tmp/callgrind")]
    TERMINAL.read()
    return {
        "system_calls": len(calls),
        "syncs": sum("sync(" in line for line in calls),
        "instructions": sum(cost for _, cost in costs),
        "instructions_outside_loader": sum(c for lib, c in costs if not counts.LOADER.search(lib)),
    }


def one_user(place: str, directory: pathlib.Path) -> dict:
    commands = one_user_commands(directory)
    spawn("twokey", "enroll", USER, "--store", directory / "enrolment", "--no-confirm",
          "--qr", "none")  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in ["a durable write", *commands]}
    spent: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(10 * ROUNDS):
        times["a durable write"].append(durable_write(directory))
        for name, command in commands.items():
            spent[name].append(spawn(*command, terminal=TERMINAL))
            times[name].append(spent[name][-1].seconds)
            drawn = "▀".encode() in TERMINAL.read()
            if drawn != (name != "a bare process"):
                raise SystemExit(f"bench: {name} drew {'a' if drawn else 'no'} QR code")
    result: dict[str, dict] = {}
    for name, t in times.items():
        result[name] = {"milliseconds": 1000 * statistics.median(t),
                        "ours_to_it": ratio(times["twokey"], t)}  # fmt: skip
    processors = {name: [each.cpu_seconds for each in s] for name, s in spent.items()}
    for name, command in commands.items():
        result[name] |= count(command) | {
            "processor_milliseconds": 1000 * statistics.median(processors[name]),
            "processors_ours_to_it": ratio(processors["twokey"], processors[name]),
            "page_faults": spent[name][-1].page_faults,
        }
    show_one_user(place, result)
    return result


def show_one_user(place: str, result: dict[str, dict]) -> None:
    rows = []
    for name, r in result.items():
        rows.append([name, f"{r['milliseconds']:.2f}", tell_ratio(r["ours_to_it"])])
        if "system_calls" in r:
            rows[-1] += [f"{r['processor_milliseconds']:.2f}",
                         tell_ratio(r["processors_ours_to_it"]), r["system_calls"], r["syncs"],
                         r["page_faults"], f"{r['instructions']:,}",
                         f"{r['instructions_outside_loader']:,}"]  # fmt: skip
        else:
            rows[-1] += [""] * 7
    show(f"One user enrolled by one process, on a terminal, {place}",
         ["", "median ms", "ours / it (quartiles)", "of processors", "ours / it", "calls", "syncs",
          "faults", "instructions", "beside ld.so"], rows)  # fmt: skip


def batch() -> dict:
    """Nothing is removed in between: an ext4 without a journal looks for inodes that were not freed
    in the last five minutes, which takes it longer than to write a user's files."""
    results = {}
    for count in BATCH:
        users = pathlib.Path(f"/disk/batch-{count}")
        users.write_text("".join(f"batch{count}-{i:06d}\n" for i in range(count)))
        spent = spawn("twokey", "enroll", "--batch", users, "--out", f"/disk/out-{count}",
                      "--store", f"/disk/store-{count}", look=0.05)  # fmt: skip
        results[count] = {"users_a_second": count / spent.seconds, **spent._asdict()}
    rows = [
        [f"{count:,}", f"{r['users_a_second']:.0f}", f"{1e6 * r['cpu_seconds'] / count:.0f}",
         r["memory_kib"]]
        for count, r in results.items()
    ]
    show("Enrolled by --batch, with PNG and sheet, ext4",
         ["users", "users / s", "µs of processors / user", "memory KiB"], rows)  # fmt: skip
    return results


def measure() -> dict:
    result: dict = {"batch": batch()} if BATCH else {}
    result["one"] = {place: one_user(place, where) for place, where in PLACES.items()}
    return result


def main() -> None:
    machine_up()
    result = {"rounds": ROUNDS, "load": os.getloadavg(), **measure()}
    pathlib.Path("/disk/bench-enrolment.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
