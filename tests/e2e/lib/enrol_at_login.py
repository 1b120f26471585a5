#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: enrol_at_login.py [--pages FILE] [--until FILE] STEP... -- COMMAND [ARGUMENT]...

Log in with COMMAND, on a terminal, as somebody who is to be enrolled. Each STEP is what is typed
when something is asked that is new:

  password=TEXT   at 'Password: '         code=TEXT    at the module's own 'Verification code: '
  app             the code that an app shows which has just been told the key
  wrong           a code that it never shows
  letter=X        X, in the place of a code
  enter           at the recovery codes   leave        the connection is cut here

Print the key and the recovery codes that were shown, a line each, then what the terminal got, and
exit as COMMAND does: 124 where a question never came, and it runs on or ends with 0. With
--pages FILE each page that had a QR code is written there, and with --until FILE nothing is typed
at the first of them until FILE exists.
"""
import argparse
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import phone
from terminal import NeverCame, Terminal

QUESTION = r"Code that the app shows: "
KEY = re.compile(r"^ {4}((?:[A-Z2-7]{4} ?)+)\r?$", re.M)
RECOVERY = re.compile(r"^ {4}([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})\r?$", re.M)


class Newcomer:
    def __init__(self, terminal, arguments):
        self.terminal = terminal
        self.arguments = arguments
        self.key = None
        self.seen = 0

    def page(self, question):
        """What was shown since the last question."""
        match = self.terminal.wait_for(question)
        page = self.terminal.shown[self.seen:match.start()]
        self.seen = match.end()
        return page

    def wait_for_app_question(self):
        page = self.page(QUESTION)
        key = KEY.search(page)
        if not key and not self.key:
            raise NeverCame("a key")
        if not key:
            return
        if self.key is None and self.arguments.until:
            while not os.path.exists(self.arguments.until):
                time.sleep(0.01)
        self.key = key.group(1).replace(" ", "")
        if self.arguments.pages:
            with open(self.arguments.pages, "a", encoding="utf-8") as pages:
                pages.write(page.replace("\r", "") + "\f")

    def step(self, step):
        """False where the connection is to be cut."""
        name, _, text = step.partition("=")
        if name == "password":
            self.page(r"[Pp]assword.*: ")
        elif name == "code":
            self.page(r"Verification code: ")
        elif name == "enter":
            self.page(r"Press Enter when you have them: ")
        elif name == "leave":
            self.terminal.wait_for(QUESTION + "|Press Enter when you have them: ")
            return False
        else:
            self.wait_for_app_question()
            text = {"app": lambda: phone.code(self.key),
                    "wrong": lambda: phone.code(self.key, phone.WRONG)}.get(name, lambda: text)()
        self.terminal.type(text + "\n")
        return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages")
    parser.add_argument("--until")
    parser.add_argument("steps", nargs="+")
    own, command = sys.argv[1:], []
    if "--" in own:
        command = own[own.index("--") + 1:]
        own = own[:own.index("--")]
    arguments = parser.parse_args(own)
    terminal = Terminal(command, 200, 120)
    newcomer = Newcomer(terminal, arguments)
    try:
        status = 0
        if all(newcomer.step(step) for step in arguments.steps):
            status = terminal.end()
        else:
            terminal.hang_up()
    except NeverCame as regex:
        print(f"enrol_at_login.py: never shown: {regex}", file=sys.stderr)
        status = terminal.ended() or 124
    print(newcomer.key)
    print(*RECOVERY.findall(terminal.shown), sep="\n")
    print(terminal.shown, end="")
    return status


if __name__ == "__main__":
    sys.exit(main())
