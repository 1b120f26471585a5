#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Logins by this module and by others, in turn, round by round. Run by tests/bench/run."""
import json
import os
import pathlib
import statistics
import subprocess
import sys

import counts
import enrolment
import tools
from setting import (PLACES, RECOVERY_CODES, REFUSED, SUCCESS, USERS, Answers, enrol, furnish,
                     google_file, machine_up, password_alone, right, run, set_password,
                     with_password, wrong)  # fmt: skip
from table import ratio, show, summary, tell_ratio

ROUNDS = int(os.environ.get("ROUNDS", "15"))
LOGINS = int(os.environ.get("LOGINS", "40"))
USER = USERS[0]
HASHES = {"yescrypt": "$y$j9T$saltsaltsaltsalt", "SHA-512": "$6$saltsaltsaltsalt", "DES": "ab"}

# What is typed, how it must end, and by which modules.
CASES = {
    "right code": (right, SUCCESS, ["permit", "floor", "twokey", "google", "oath"]),
    "wrong code": (wrong, REFUSED, ["twokey", "google", "oath"]),
    "recovery code": (None, SUCCESS, ["twokey", "google"]),
}
PASSWORD_MODULES = {"unix": password_alone, "unix+google": None, "password": None}


def recovery_answers(module: str, place: str):
    """New recovery codes, each good for one login; the clock goes on."""
    directory = PLACES[place]
    if module == "google":
        google_file(directory / "google" / USER)
        return RECOVERY_CODES, lambda i, _: str(11111111 + i)
    run("twokey", "remove", USER, "--store", directory / "twokey")
    codes = enrol(directory / "twokey", USER)
    return RECOVERY_CODES, lambda i, _: codes[i]


class Case:
    """One thing that is measured for several modules in turn."""

    def __init__(self, name: str, place: str) -> None:
        self.name, self.place = name, place
        self.typed, self.wanted, self.modules = CASES[name]
        self.medians: dict[str, list[float]] = {module: [] for module in self.modules}
        self.all: dict[str, list[float]] = {module: [] for module in self.modules}
        self.counts: dict[str, dict] = {}

    def answers(self, module: str, count: int):
        typed = self.typed
        if typed is None:
            count, typed = recovery_answers(module, self.place)
        return Answers((module, self.place, USER)).write(count, typed)

    def settle(self, module: str) -> None:
        """After wrong codes, a right one: else they would be the tail of a long run."""
        if self.wanted == REFUSED:
            path = Answers((module, self.place, USER)).write(1, right)
            counts.latencies(f"{module}-{self.place}", SUCCESS, USER, path)

    def round(self) -> None:
        for module in self.modules:
            path = self.answers(module, LOGINS)
            times = counts.latencies(f"{module}-{self.place}", self.wanted, USER, path)
            self.medians[module].append(statistics.median(times))
            self.all[module] += times
            self.settle(module)

    def count(self) -> None:
        for module in self.modules:
            service = f"{module}-{self.place}"
            found = self.counts[module] = {}
            for measure in (counts.system_calls, counts.instructions, counts.memory):
                path = self.answers(module, 3)
                found.update(measure(service, self.wanted, USER, path))
                self.settle(module)

    def result(self) -> dict:
        return {
            module: {
                "microseconds": summary(self.all[module]),
                "twokey_to_it": ratio(self.medians["twokey"], self.medians[module]),
                **self.counts[module],
            }
            for module in self.modules
        }

    def show(self, result: dict) -> None:
        head = ["", "median µs", "p99 µs", "ours / it (quartiles)", "calls", "syncs",
                "instructions", "beside ld.so", "memory KiB"]  # fmt: skip
        rows = [
            [
                module,
                f"{r['microseconds']['median']:.0f}",
                f"{r['microseconds']['p99']:.0f}",
                tell_ratio(r["twokey_to_it"]),
                r["system_calls"],
                r["syncs"],
                f"{r['instructions']:,}",
                f"{r['instructions_outside_loader']:,}",
                r["memory_kib"],
            ]
            for module, r in result.items()
        ]
        show(f"{self.name}, code alone, {self.place}", head, rows)


def measure_cases() -> dict:
    cases = [Case(name, place) for place in PLACES for name in CASES]
    for _ in range(ROUNDS):
        for case in cases:
            case.round()
    results = {}
    for case in cases:
        case.count()
        result = results[f"{case.name}, {case.place}"] = case.result()
        case.show(result)
        if case.name == "right code" and case.place == "ext4":
            show_functions(case.counts["twokey"])
    return results


def show_functions(found: dict) -> None:
    """Where the instructions of one right code go, beside the loader."""
    libraries: dict[str, int] = {}
    for library, _, cost in found["functions"]:
        libraries[library] = libraries.get(library, 0) + cost
    rows = [[library, "all of them", f"{cost:,}"] for library, cost in libraries.items()]
    rows += [[library, name, f"{cost:,}"] for library, name, cost in found["functions"][:15]]
    show("The dearest functions, right code", ["", "", "instructions"], rows)


def measure_rates() -> dict:
    """Logins a second by one process, and by two with a user each."""
    modules = ["permit", "floor", "twokey", "google"]
    rates: dict[str, dict[int, list[float]]] = {module: {1: [], 2: []} for module in modules}
    for _ in range(ROUNDS):
        for module in modules:
            for jobs in (1, 2):
                who: list = []
                for user in USERS[:jobs]:
                    who += [user, Answers((module, "ext4", user)).write(3 * LOGINS, right)]
                rates[module][jobs].append(counts.rate(f"{module}-ext4", *who))
    result = {
        module: {
            "one": statistics.median(r[1]),
            "two": statistics.median(r[2]),
            "two_to_one": ratio(r[2], r[1]),
            "twokey_to_it_two": ratio(rates["twokey"][2], r[2]),
        }
        for module, r in rates.items()
    }
    rows = [
        [module, f"{r['one']:.0f}", f"{r['two']:.0f}", tell_ratio(r["two_to_one"]),
         tell_ratio(r["twokey_to_it_two"])]
        for module, r in result.items()
    ]  # fmt: skip
    show("Logins a second, right code, ext4", ["", "1 job", "2 jobs", "2 / 1", "ours / it, 2 jobs"],
         rows)  # fmt: skip
    return result


def measure_passwords() -> dict:
    """The whole login: pam_unix alone, pam_unix and a code, ours."""
    results = {}
    for kind, setting in HASHES.items():
        set_password(setting)
        medians: dict[str, list[float]] = {module: [] for module in PASSWORD_MODULES}
        for _ in range(ROUNDS):
            for module, typed in PASSWORD_MODULES.items():
                whose = ({"password": "twokey", "unix+google": "google"}.get(module), "ext4", USER)
                path = Answers(whose).write(LOGINS // 4, typed or with_password(right))
                times = counts.latencies(f"{module}-ext4", SUCCESS, USER, path)
                medians[module].append(statistics.median(times))
        results[kind] = {
            module: {"microseconds": summary(m), "ours_to_it": ratio(medians["password"], m)}
            for module, m in medians.items()
        }
    rows = [
        [f"{kind}: {module}", f"{r['microseconds']['median']:.0f}", tell_ratio(r["ours_to_it"])]
        for kind, result in results.items()
        for module, r in result.items()
    ]
    show("With the password, right code, ext4", ["", "median µs", "ours / it"], rows)
    return results


def measure_helper() -> dict:
    """A program that runs as its user and asks twokey-helper, which no clock of ours reaches."""
    user, store = "helped", pathlib.Path("/var/lib/twokey")
    run("useradd", "--system", "--no-create-home", "twokey")
    run("make", "-C", os.environ["BUILD"], "install")
    run("useradd", "--create-home", user)
    (pathlib.Path("/etc/bench.d") / "helped").write_text("auth required pam_twokey.so ask=code\n")
    recovery, times = [], []
    for _ in range(ROUNDS + 1):
        if store.exists() and recovery:
            run("twokey", "remove", user)
        recovery = enrol(store, user)
        path = Answers(("helped", user)).write(RECOVERY_CODES - 2, lambda i, _: recovery[i])
        path.chmod(0o644)
        times += counts.latencies("helped", SUCCESS, user, path, as_user=True)
    path = Answers(("helped", user)).write(2, lambda i, _: recovery[RECOVERY_CODES - 2 + i])
    path.chmod(0o644)
    result = {
        "microseconds": summary(times),
        **counts.system_calls("helped", SUCCESS, user, path, as_user=True),
    }
    show("Through the helper, as the user, recovery code, disk of the box",
         ["", "median µs", "p99 µs", "forks", "syncs", "calls"],
         [["twokey", f"{result['microseconds']['median']:.0f}",
           f"{result['microseconds']['p99']:.0f}", result["forks"], result["syncs"],
           result["system_calls"]]])  # fmt: skip
    return result


def main() -> None:
    machine_up()
    for place, directory in PLACES.items():
        furnish(place, directory)
    result = {"rounds": ROUNDS, "logins": LOGINS, "load": os.getloadavg()}
    print(f"load of the machine: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    result["logins_by_code"] = measure_cases()
    result["rates"] = measure_rates()
    result["with_password"] = measure_passwords()
    result["enrolment"] = enrolment.measure()
    result["tools"] = tools.measure()
    result["helper"] = measure_helper()
    result["load_after"] = os.getloadavg()
    pathlib.Path("/disk/bench.json").write_text(json.dumps(result, indent=1) + "\n")


try:
    main()
except subprocess.CalledProcessError as error:
    sys.exit(f"bench: {counts.failure(error)}")
