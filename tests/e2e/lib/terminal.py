#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: terminal.py [--size COLUMNSxROWS] [--hidden] [--answer REGEX TEXT]... COMMAND [ARGUMENT]...

Run COMMAND on a terminal of its own, answer each prompt that is waited for, in turn, with TEXT,
print all that the terminal was sent, and exit as COMMAND does: 124 if a prompt never came. With
--hidden nothing is typed before the echo is off, for a program that turns it off after its prompt.

As a module: class Terminal, the same by hand.
"""
import argparse
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time


class NeverCame(Exception):
    """What was waited for did not come in time, or the program ended first."""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command, columns=80, rows=24, patience=20):
        self.shown = ""
        self.patience = patience
        self._from = 0
        # What is read may end in the middle of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE,
                           signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)  # as after a login
            os.execvp(command[0], command)

    def _read(self, seconds):
        """Whether something more was shown within so many seconds."""
        if not select.select([self._fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        self.shown += self._decoder.decode(data)
        return bool(data)

    def wait_for(self, regex):
        """The match of what is shown after the last one."""
        deadline = time.monotonic() + self.patience
        while True:
            match = re.compile(regex).search(self.shown, self._from)
            if match:
                self._from = match.end()
                return match
            if not self._read(deadline - time.monotonic()):
                raise NeverCame(regex)

    def is_echoing(self):
        """Whether what is typed now would be seen."""
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    def wait_for_silence(self):
        deadline = time.monotonic() + self.patience
        while self.is_echoing() and time.monotonic() < deadline:
            time.sleep(0.01)

    def type(self, text):
        left = text.encode()
        while left:
            left = left[os.write(self._fd, left):]

    def hang_up(self):
        """The terminal is gone, and with it who typed."""
        os.close(self._fd)
        os.waitpid(self._pid, 0)

    def ended(self):
        """The exit status of a program that has ended, or is about to; None if it runs on."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                os.close(self._fd)
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        return None

    def end(self):
        """The exit status, once the program has ended."""
        deadline = time.monotonic() + self.patience
        while self._read(deadline - time.monotonic()):
            pass
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--hidden", action="store_true")
    parser.add_argument("--answer", nargs=2, action="append", default=[])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    terminal = Terminal(arguments.command, columns, rows)
    try:
        for regex, text in arguments.answer:
            terminal.wait_for(regex)
            if arguments.hidden:
                terminal.wait_for_silence()
            terminal.type(text + "\n")
        status = terminal.end()
    except NeverCame as regex:
        print(f"terminal.py: never shown: {regex}", file=sys.stderr)
        status = 124
    print(terminal.shown, end="")
    return status


if __name__ == "__main__":
    sys.exit(main())
