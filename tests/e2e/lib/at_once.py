#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: at_once.py [--answers FILE] COUNT SERVICE USER [ANSWER]...

COUNT processes log USER in by the PAM stack of SERVICE at one instant. With --answers each takes a
line of FILE, its answers parted by tabs. Prints "RESULT x TIMES" for each PAM result.
"""
import collections
import os
import sys

import pam_login


def child(gate, arguments):
    """Wait until the gate's other end is closed, which all see at once, and log in."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["pam_login.py", *arguments]
    os.read(gate, 1)
    os._exit(pam_login.main())


def main():
    arguments = sys.argv[1:]
    answers = None
    if arguments[0] == "--answers":
        with open(arguments[1], encoding="utf-8") as file:
            answers = [line.rstrip("\n").split("\t") for line in file]
        arguments = arguments[2:]
    count, login = int(arguments[0]), arguments[1:]
    gate, hold = os.pipe()
    for number in range(count):
        own = answers[number % len(answers)] if answers else []
        if os.fork() == 0:
            os.close(hold)
            child(gate, login + own)
    os.close(hold)
    ended = collections.Counter()
    for _ in range(count):
        _, status = os.wait()
        ended[os.waitstatus_to_exitcode(status)] += 1
    for result, times in sorted(ended.items()):
        print(f"{result} x {times}")


main()
