# SPDX-License-Identifier: BSD-2-Clause
"""What the commands take that look at all users: list, status, doctor. A part of bench.py; alone by
tests/bench/run BUILD tools."""
import json
import os
import pathlib
import re
import statistics

from process import Spent, Terminal, spawn
from setting import BUILD, PLACES, USERS, enrol, machine_up, run
from table import show

ROUNDS = int(os.environ.get("ROUNDS", "15"))
SIZES = [int(word) for word in os.environ.get("TOOLS", "100000").split()]
TOLD = pathlib.Path("/tmp/told")
HOW_FAR = re.compile(rb"\r\d+ of \d+ ")
TERMINAL = Terminal()
LOOK = 0.01  # seconds


def summary(spent: list[Spent]) -> dict:
    return {name: statistics.median(getattr(each, name) for each in spent) for name in Spent._fields}


def listed(store: pathlib.Path, size: int) -> dict:
    """Each tells of all users, or the run ends."""
    one = f"user{size // 2:07d}"
    counts = {
        "list": lambda text: text.count("\n"),
        "list --locked": lambda _: size,
        "list --json": lambda text: len(json.loads(text)),
        f"status {one}": lambda text: size if one in text else 0,
    }
    result = {}
    for words, count in counts.items():
        command = ["twokey", *words.split(), "--store", store]
        result[words] = summary([spawn(*command, output=TOLD, look=LOOK) for _ in range(max(ROUNDS // 3, 1))])
        if count(TOLD.read_text()) < size:
            raise SystemExit(f"bench: twokey {words} does not tell of all users")
    return result


def looked_at(store: pathlib.Path) -> dict:
    """doctor says once a second how far it is, to a person alone."""
    command = ["twokey", "doctor", "--store", store]
    piped = spawn("sh", "-c", 'exec "$@" 2>&1', "sh", *command, output=TOLD, look=LOOK)
    if HOW_FAR.search(TOLD.read_bytes()):
        raise SystemExit("bench: twokey doctor says how far it is where nobody waits")
    at_terminal = spawn(*command, terminal=TERMINAL, look=LOOK)
    steps = len(HOW_FAR.findall(TERMINAL.read()))
    if at_terminal.seconds > 2 and steps == 0:
        raise SystemExit("bench: twokey doctor does not say how far it is")
    return {
        "doctor": summary([piped]),
        f"doctor, on a terminal: {steps} times how far": summary([at_terminal]),
    }


def measure() -> dict:
    result = {}
    for size in SIZES:
        store = PLACES["ext4"] / f"tools-{size}"
        enrol(store, USERS[0])
        run(BUILD / "bench_fill", store, 0, size)
        result[size] = listed(store, size) | looked_at(store)
        rows = [
            [name, f"{r['seconds']:.3f}", f"{r['cpu_seconds']:.3f}",
             f"{r['memory_kib']:.0f}" if r["seconds"] > 10 * LOOK else ""]  # seen in time
            for name, r in result[size].items()
        ]
        show(f"twokey over {size:,} users, ext4",
             ["", "seconds", "of processors", "memory KiB"], rows)  # fmt: skip
        run("rm", "-rf", store)
    return result


def main() -> None:
    machine_up()
    result = {"rounds": ROUNDS, "load": os.getloadavg(), "tools": measure()}
    pathlib.Path("/disk/bench-tools.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
