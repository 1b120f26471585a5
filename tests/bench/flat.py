#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same login beside ten, ten thousand and a million enrolled users. Run by
tests/bench/run."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import counts
from setting import (BUILD, PLACES, SUCCESS, USERS, Answers, enrol, machine_up, right, run,
                     service)  # fmt: skip
from table import ratio, show, summary, tell_ratio

ROUNDS = int(os.environ.get("ROUNDS", "15"))
LOGINS = int(os.environ.get("LOGINS", "40"))
SIZES = [int(word) for word in os.environ.get("FLAT", "10 10000 1000000").split()]
USER = USERS[0]
DISK = PLACES["ext4"]


def store_of(size: int) -> pathlib.Path:
    return DISK / f"store-{size}"


def fill(size: int) -> dict:
    """A store of so many users, and in its directory of users a file for the floor's module."""
    store = store_of(size)
    enrol(store, USER)
    before = os.statvfs(DISK)
    start = time.monotonic()
    run(BUILD / "bench_fill", store, 0, size)
    after = os.statvfs(DISK)
    (store / "users" / f"floor.{USER}").write_bytes(bytes(64))
    service(f"twokey-{size}", f"auth required pam_twokey.so ask=code store={store}")
    service(f"floor-{size}", f"auth required pam_floor.so {store}/users/floor.")
    return {
        "seconds": time.monotonic() - start,
        "bytes_a_user": (before.f_bfree - after.f_bfree) * before.f_frsize / size,
    }


def measure_logins() -> dict:
    names = [f"{module}-{size}" for module in ("twokey", "floor") for size in SIZES]
    medians: dict[str, list[float]] = {name: [] for name in names}
    everything: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            path = Answers(name).write(LOGINS, right)
            times = counts.latencies(name, SUCCESS, USER, path)
            medians[name].append(statistics.median(times))
            everything[name] += times
    result = {}
    for module in ("twokey", "floor"):
        for size in SIZES:
            name = f"{module}-{size}"
            path = Answers(name).write(3, right)
            result[name] = {
                "microseconds": summary(everything[name]),
                "to_the_smallest": ratio(medians[name], medians[f"{module}-{SIZES[0]}"]),
                **counts.system_calls(name, SUCCESS, USER, path),
            }
    return result


def main() -> None:
    machine_up()
    result: dict = {"load": os.getloadavg(), "fill": {}}
    for size in SIZES:
        result["fill"][size] = fill(size)
    rows = [
        [f"{size:,}", f"{f['bytes_a_user']:.0f}", f"{f['seconds']:.0f}"]
        for size, f in result["fill"].items()
    ]
    show("Stores", ["users", "bytes a user on the disk", "seconds to fill"], rows)
    result["logins"] = measure_logins()
    rows = [
        [name, f"{r['microseconds']['median']:.0f}", f"{r['microseconds']['p99']:.0f}",
         tell_ratio(r["to_the_smallest"]), r["system_calls"], r["syncs"]]
        for name, r in result["logins"].items()
    ]  # fmt: skip
    show("Right code, code alone, ext4", ["module-users", "median µs", "p99 µs",
         "it / the smallest", "calls", "syncs"], rows)  # fmt: skip
    (DISK / "bench-flat.json").write_text(json.dumps(result, indent=1) + "\n")


try:
    main()
except subprocess.CalledProcessError as error:
    sys.exit(f"bench: {counts.failure(error)}")
