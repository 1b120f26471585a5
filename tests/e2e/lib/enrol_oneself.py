#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: enrol_oneself.py [--password TEXT] [--code TEXT] [--first right|wrong|slip|end]
       [--meanwhile COMMAND] [--strace OPTIONS] [--under COMMAND]
       USER [ARG...]

Run "twokey enroll ARG..." as USER at a terminal: type the password and a code when they are asked
for, and as the first code of the new device the right one, wrong ones, one wrong one before the
right one (slip), or Ctrl-D (end); by then COMMAND has run. With OPTIONS, under root's strace; or started by the user's COMMAND. Print
what was seen as JSON:

  status    twokey's exit status
  key       as shown, or null
  first     the first code, as typed last, or null
  recovery  the recovery codes shown
  shown     all of it
"""
import argparse
import json
import re
import shlex
import subprocess

import phone
from enrol_at_terminal import RECOVERY
from terminal import NeverCame, Terminal

ANY = r"(Password: |Verification code: |Key: [A-Z2-7 ]+\r\n|First code from [^:]*: [^:]*: )"
CTRL_D = "\x04"


class Person:
    def __init__(self, arguments, terminal):
        self.arguments = arguments
        self.terminal = terminal
        self.key = None
        self.first = None
        self.tries = 0

    def first_code(self):
        self.tries += 1
        if self.tries == 1 and self.arguments.meanwhile:
            subprocess.run(self.arguments.meanwhile, shell=True, check=True)
        how = self.arguments.first
        if how == "end":
            return CTRL_D
        wrong = how == "wrong" or (how == "slip" and self.tries == 1)
        self.first = phone.code(self.key, phone.WRONG if wrong else 0)
        return self.first + "\n"

    def meet(self, seen):
        if seen.startswith("Key: "):
            self.key = seen.removeprefix("Key: ").strip().replace(" ", "")
        elif seen.startswith("Password"):
            self.terminal.type(self.arguments.password + "\n")
        elif seen.startswith("Verification"):
            self.terminal.type(self.arguments.code + "\n")
        else:
            self.terminal.type(self.first_code())


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--password", default="")
    parser.add_argument("--code", default="")
    parser.add_argument("--first", default="right")
    parser.add_argument("--meanwhile")
    parser.add_argument("--strace")
    parser.add_argument("--under", default="")
    parser.add_argument("user")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    return parser.parse_args()


def starter(arguments):
    """What makes the program the user's; root's strace leaves set-user-ID programs their rights."""
    user = arguments.user
    if arguments.strace:
        return ["strace", "-f", "-u", user, "--quiet=all", *shlex.split(arguments.strace)]
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--inh-caps=-all",
            "env", "PATH=/usr/local/bin:/usr/bin:/bin", *shlex.split(arguments.under)]


def main():
    arguments = read_arguments()
    terminal = Terminal([*starter(arguments), "twokey", "enroll", *arguments.rest], 100, 60)
    person = Person(arguments, terminal)
    try:
        while True:
            person.meet(terminal.wait_for(ANY)[1])
    except NeverCame:
        pass
    status = terminal.end()
    print(json.dumps({"status": status, "key": person.key, "first": person.first,
                      "recovery": re.findall(RECOVERY, terminal.shown),
                      "shown": terminal.shown}))


if __name__ == "__main__":
    main()
