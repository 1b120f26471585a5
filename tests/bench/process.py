# SPDX-License-Identifier: BSD-2-Clause
"""Whole processes: what one takes from its start to its end, and a terminal for it to draw on."""
import fcntl
import os
import pathlib
import pty
import re
import struct
import termios
import time
from typing import NamedTuple

ROWS_AND_COLUMNS = (60, 200)  # room for any QR code, with the key


class Terminal:
    """What a person looks at: without one google-authenticator draws no QR code."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("4H", *ROWS_AND_COLUMNS, 0, 0))
        os.set_blocking(self.master, False)

    def read(self) -> bytes:
        """All that was printed since; the kernel keeps it until then."""
        text = b""
        try:
            while True:
                text += os.read(self.master, 65536)
        except BlockingIOError:
            return text


class Spent(NamedTuple):
    """By a process and those that it waited for; the memory is the largest one's peak, or 0."""

    seconds: float
    cpu_seconds: float
    page_faults: int
    memory_kib: int


def words(command) -> list[str]:
    return [str(word) for word in command]


def memory_now(process: int) -> int:
    """VmHWM of a process, in KiB: the kernel's ru_maxrss begins with what the one before exec had."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
        children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return 0
    own = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return max([int(own[1]) if own else 0, *map(memory_now, map(int, children.split()))])


def peak(process: int, interval: float) -> int:
    """The largest VmHWM of it and its children that was seen until its end."""
    largest = 0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        largest = max(largest, memory_now(process))
        time.sleep(interval)
    return largest


def spawn(*command, terminal: Terminal | None = None, output="/dev/null",
          look: float = 0) -> Spent:  # fmt: skip
    """Of a process that must succeed; what it says goes to the terminal, if any. Its memory is
    looked at every so many seconds, or never."""
    if terminal:
        actions = [(os.POSIX_SPAWN_DUP2, terminal.slave, fd) for fd in (1, 2)]
    else:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        actions = [(os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600)]
    start = time.monotonic()
    child = os.posix_spawnp(command[0], words(command), os.environ, file_actions=actions)
    memory = peak(child, look) if look else 0
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"bench: {' '.join(words(command))}: status {status}")
    return Spent(seconds, usage.ru_utime + usage.ru_stime, usage.ru_minflt, memory)
