# SPDX-License-Identifier: BSD-2-Clause
"""Enrolment: one user by one process beside google-authenticator, and many by --batch. A part of
bench.py; alone by tests/bench/run BUILD enrolment."""
import fcntl
import json
import os
import pathlib
import pty
import statistics
import struct
import subprocess
import termios
import time

import counts
from setting import PLACES, USERS, machine_up, run
from table import ratio, show, tell_ratio

ROUNDS = int(os.environ.get("ROUNDS", "15"))
BATCH = [int(word) for word in os.environ.get("BATCH", "1000 10000").split()]
USER = USERS[0]
ROWS_AND_COLUMNS = (60, 200)  # room for any QR code, with the key
RECORD = bytes(12288)


class Terminal:
    """What a person looks at: without one google-authenticator draws no QR code."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("4H", *ROWS_AND_COLUMNS, 0, 0))
        os.set_blocking(self.master, False)

    def read(self) -> bytes:
        """All that was printed since; the kernel keeps it until then."""
        text = b""
        try:
            while True:
                text += os.read(self.master, 65536)
        except BlockingIOError:
            return text


TERMINAL = Terminal()


def words(command) -> list[str]:
    return [str(word) for word in command]


def spawn(*command, terminal: Terminal | None = None) -> tuple[float, int]:
    """Seconds and KiB at most of a process that must succeed; what it says goes nowhere else."""
    if terminal:
        output = (os.POSIX_SPAWN_DUP2, terminal.slave, 1)
    else:
        output = (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)
    start = time.monotonic()
    child = os.posix_spawnp(command[0], words(command), os.environ, file_actions=[output])
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"bench: {' '.join(words(command))}: status {status}")
    return seconds, usage.ru_maxrss


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
    for _ in range(10 * ROUNDS):
        times["a durable write"].append(durable_write(directory))
        for name, command in commands.items():
            times[name].append(spawn(*command, terminal=TERMINAL)[0])
            drawn = "▀".encode() in TERMINAL.read()
            if drawn != (name != "a bare process"):
                raise SystemExit(f"bench: {name} drew {'a' if drawn else 'no'} QR code")
    result: dict[str, dict] = {}
    for name, t in times.items():
        result[name] = {"milliseconds": 1000 * statistics.median(t),
                        "ours_to_it": ratio(times["twokey"], t)}  # fmt: skip
        result[name] |= count(commands[name]) if name in commands else {}
    rows = [
        [name, f"{r['milliseconds']:.2f}", tell_ratio(r["ours_to_it"]), r.get("system_calls", ""),
         r.get("syncs", ""), f"{r['instructions']:,}" if name in commands else "",
         f"{r['instructions_outside_loader']:,}" if name in commands else ""]
        for name, r in result.items()
    ]  # fmt: skip
    show(f"One user enrolled by one process, on a terminal, {place}",
         ["", "median ms", "ours / it (quartiles)", "calls", "syncs", "instructions",
          "beside ld.so"], rows)  # fmt: skip
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
    result: dict = {"one": {place: one_user(place, where) for place, where in PLACES.items()}}
    if BATCH:
        result["batch"] = batch()
    return result


def main() -> None:
    machine_up()
    result = {"rounds": ROUNDS, "load": os.getloadavg(), **measure()}
    pathlib.Path("/disk/bench-enrolment.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
