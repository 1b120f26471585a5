#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: enrol_at_terminal.py right|interrupt USER [OPTION...]

Enrol USER with twokey as a person at a terminal of 100x60: read the key, type a wrong code, then
the right one (or press Ctrl-C instead), and print what was seen as JSON:

  status      twokey's exit status, negative for a signal
  key, uri    as shown
  screen      what was drawn until the first question, with its colours
  wrong       what was said about the wrong code
  recovery    the recovery codes shown
  left        what stays on the screen afterwards, and in the scrollback
"""
import json
import re
import sys

import phone
from terminal import Terminal

QUESTION = r"First code from the device .*: "
RECOVERY = r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"
CTRL_C = "\x03"
ENTER_SCREEN = "\x1b[?1049h"
LEAVE_SCREEN = "\x1b[?1049l"


def outside_alternate_screen(shown):
    before, _, rest = shown.partition(ENTER_SCREEN)
    _, _, after = rest.rpartition(LEAVE_SCREEN)
    return before + after


def main():
    how, user, *options = sys.argv[1:]
    terminal = Terminal(["twokey", "enroll", user, *options], columns=100, rows=60)
    seen = {"key": terminal.wait_for(r"Key: ([A-Z2-7 ]+)\r\n")[1].replace(" ", "")}
    seen["uri"] = terminal.wait_for(r"URI: (\S+)")[1]
    terminal.wait_for(QUESTION)
    seen["screen"] = terminal.shown.partition(ENTER_SCREEN)[2]
    terminal.type(phone.code(seen["key"], phone.WRONG) + "\n")
    seen["wrong"] = terminal.wait_for(r"twokey: (.*)\r\n")[1]
    terminal.wait_for(QUESTION)
    terminal.type(phone.code(seen["key"]) + "\n" if how == "right" else CTRL_C)
    seen["status"] = terminal.end()
    seen["left"] = outside_alternate_screen(terminal.shown)
    seen["recovery"] = re.findall(RECOVERY, seen["left"])
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
