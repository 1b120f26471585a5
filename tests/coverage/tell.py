#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: tell.py INFO SOURCE REPORT LINES BRANCHES

Reads what lcov captured, prints the share of lines and branches of each file that was reached,
writes each line and branch that was not to REPORT, and ends with 1 if either share of the whole is
below LINES or BRANCHES per cent, or if a file has a line that was not reached and README.md beside
this script, whose table says why, does not name it. Paths are told below SOURCE.
"""
import collections
import os
import re
import sys


def read(path):
    """{file: ({line: count}, {line: [count of each branch]})}"""
    files = collections.defaultdict(lambda: ({}, collections.defaultdict(list)))
    current = None
    with open(path, encoding="utf-8") as info:
        for entry in info:
            key, _, value = entry.rstrip("\n").partition(":")
            if key == "SF":
                current = files[value]
            elif key == "DA":
                line, count = value.split(",")[:2]
                current[0][int(line)] = int(count)
            elif key == "BRDA":
                line, _, _, count = value.split(",")
                current[1][int(line)].append(0 if count == "-" else int(count))
    return files


def share(reached, total):
    return 100.0 * reached / total if total else 100.0


def tell_missed(report, name, path, lines, branches):
    with open(path, encoding="utf-8") as source:
        text = source.read().split("\n")
    for number in sorted(set(lines) | set(branches)):
        missed = sum(1 for count in branches.get(number, []) if count == 0)
        if lines.get(number, 1) == 0:
            print(f"{name}:{number}: never: {text[number - 1].strip()}", file=report)
        elif missed:
            print(f"{name}:{number}: {missed} of {len(branches[number])} ways never: "
                  f"{text[number - 1].strip()}", file=report)


def explained():
    """The files that the table of README.md names in its second column."""
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), "README.md")
    with open(path, encoding="utf-8") as readme:
        rows = [line.split(" | ") for line in readme if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`(\w+\.c)`", row[1])}


def main():
    info, source, report_path, lines_least, branches_least = sys.argv[1:]
    totals = [0, 0, 0, 0]
    named, unexplained = explained(), []
    with open(report_path, "w", encoding="utf-8") as report:
        for path, (lines, branches) in sorted(read(info).items()):
            name = os.path.relpath(path, source)
            ways = [count for counts in branches.values() for count in counts]
            figures = [sum(1 for count in lines.values() if count), len(lines),
                       sum(1 for count in ways if count), len(ways)]
            totals = [a + b for a, b in zip(totals, figures)]
            print(f"{name:28} lines {share(*figures[:2]):6.1f} %   "
                  f"branches {share(*figures[2:]):6.1f} %")
            if figures[0] < figures[1] and os.path.basename(name) not in named:
                unexplained.append(name)
            tell_missed(report, name, path, lines, branches)
    lines, branches = share(*totals[:2]), share(*totals[2:])
    print(f"{'all':28} lines {lines:6.1f} %   branches {branches:6.1f} %")
    print(f"what is not reached: {report_path}")
    if unexplained:
        print(f"lines are not reached, and README.md does not say why: {', '.join(unexplained)}")
    return lines < float(lines_least) or branches < float(branches_least) or bool(unexplained)


if __name__ == "__main__":
    sys.exit(main())
