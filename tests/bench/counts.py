# SPDX-License-Identifier: BSD-2-Clause
"""What one login asks of the kernel and the processor: system calls, syncs, forks, instructions."""
import collections
import re
import subprocess

from setting import DRIVER, PAM, run

MARK = "/bench-mark"
LOADER = re.compile(r"/ld-linux[^/]*\.so|/ld-[0-9.]*\.so")
FORKS = re.compile(r"^(\d+ +)?(fork|vfork|clone3?)\(")


def driver(service: str, wanted: int, mode: str, *who) -> list:
    return [DRIVER, PAM, service, wanted, mode, *who]


def system_calls(service: str, wanted: int, user: str, answers, as_user: bool = False) -> dict:
    """Of the last login of these answers, all of whose threads and children count."""
    strace = ["strace", "-f", "-qq", "-o", "/tmp/strace", *(["-u", user] if as_user else [])]
    run(*strace, *driver(service, wanted, "trace", user, answers))
    with open("/tmp/strace", encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    marks = [number for number, line in enumerate(lines) if MARK in line]
    calls = [re.sub(r"^\d+ +", "", line) for line in lines[marks[0] + 1 : marks[1]]]
    calls = [line for line in calls if not re.match(r"<\.\.\. |\+\+\+|---", line)]
    return {
        "system_calls": len(calls),
        "syncs": sum("sync(" in line for line in calls),
        "forks": sum(bool(FORKS.match(line)) for line in calls),
    }


def costs_of(path: str):
    """(object, function, instructions) of each line of a callgrind file, calls left out."""
    library = function = ""
    skip = False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("ob="):
                library = line[3:].strip()
            elif line.startswith("fn="):
                function = line[3:].strip()
            elif line.startswith("calls="):
                skip = True
            elif line[0] in "0123456789+-*":
                if not skip:
                    yield library, function, int(line.split()[1])
                skip = False


def instructions(service: str, wanted: int, user: str, answers) -> dict:
    """Of the last login, in user space; the dynamic loader's apart; and where they went."""
    run("valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=bench_last",
        "--callgrind-out-file=/tmp/callgrind", "--compress-strings=no", "--compress-pos=no",
        *driver(service, wanted, "trace", user, answers))  # fmt: skip
    total = outside = 0
    functions: collections.Counter = collections.Counter()
    for library, function, cost in costs_of("/tmp/callgrind"):
        total += cost
        if not LOADER.search(library):
            outside += cost
            functions[(library.rsplit("/", 1)[-1], function)] += cost
    return {
        "instructions": total,
        "instructions_outside_loader": outside,
        "functions": [[*name, cost] for name, cost in functions.most_common(40)],
    }


def memory(service: str, wanted: int, user: str, answers) -> dict:
    return {"memory_kib": int(run(*driver(service, wanted, "memory", user, answers)))}


def latencies(service: str, wanted: int, user: str, answers, as_user: bool = False) -> list[float]:
    """Microseconds of each login."""
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if as_user else []
    told = run(*become, *driver(service, wanted, "latency", user, answers))
    return [int(line) / 1000 for line in told.split()]


def rate(service: str, *who) -> float:
    """Logins a second, with a process for each user."""
    return float(run(*driver(service, 0, "rate", *who)))


def failure(error: subprocess.CalledProcessError) -> str:
    return f"{' '.join(map(str, error.cmd))}: {error.stderr or error.stdout}"
