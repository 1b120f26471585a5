#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: watch_programs.py LOG

Notes in LOG what the programs of this machine are started with, until it is ended: a line for each
argument and each variable of the environment. The kernel lets no program that is linked to a shared
library go on before it is noted: each opens CACHE at its start, and fanotify(7) asks us first.

What the tests hand over is left out, so that no secret is to be in LOG: what the starter had in its
own arguments or environment, and all that a shell or python start. OURS are noted whole, whoever
starts them, and so is what is left without a starter.
"""
import collections
import ctypes
import os
import struct
import sys

CACHE = b"/etc/ld.so.cache"
OURS = ("twokey", "twokey-helper", "twokey-qr", "unix_chkpwd")
TESTERS = ("bash", "dash", "python")
# What topics are made of: told by their names alone, for most of what is started is one of these.
TOOLS = ("cat", "date", "grep", "logger", "mktemp", "oathtool", "rm", "sed", "sleep", "tail", "tee")
REMEMBERED = 1000  # processes, for what they were before they became another program

FAN_CLASS_CONTENT, FAN_CLOEXEC, FAN_UNLIMITED_QUEUE = 0x4, 0x1, 0x10
FAN_MARK_ADD, FAN_OPEN_PERM, FAN_ALLOW = 0x1, 0x10000, 0x1
EVENT = struct.Struct("=IBBHQii")
RESPONSE = struct.Struct("=iI")

libc = ctypes.CDLL(None, use_errno=True)
Image = collections.namedtuple("Image", "program values")


def read(path):
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read() or b""
    except OSError:  # gone meanwhile, or the kernel's own
        return b""


def parent_and_start(pid):
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return (int(fields[1]), fields[19]) if len(fields) > 19 else (0, b"")


def program_of(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


def image_of(pid):
    values = read(f"/proc/{pid}/cmdline") + read(f"/proc/{pid}/environ")
    return Image(program_of(pid), values.split(b"\0"))


class Watch:
    def __init__(self, log):
        self.log = log
        self.seen = collections.OrderedDict()

    def starter_of(self, pid, parent, start):
        before = self.seen.get(pid)
        if before and before[0] == start:
            return before[1]
        return image_of(parent) if parent > 1 else None

    def note(self, pid):
        parent, start = parent_and_start(pid)
        if pid not in self.seen and program_of(pid) in TOOLS and \
                program_of(parent).startswith(TESTERS):
            return
        image = image_of(pid)
        starter = self.starter_of(pid, parent, start)
        if image == starter:  # it loads another library
            return
        self.seen[pid] = (start, image)
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)
        handed = image.values
        if starter and image.program not in OURS:
            if starter.program.startswith(TESTERS):
                return
            handed = [value for value in handed if value not in starter.values]
        title = f"{starter.program if starter else '?'} > {image.program}: ".encode()
        self.log.write(b"".join(title + value + b"\n" for value in handed if value))


def called(result, what):
    if result < 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def ask_the_kernel():
    group = called(libc.fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE,
                                      os.O_RDONLY | os.O_CLOEXEC), "fanotify_init")
    called(libc.fanotify_mark(group, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN_PERM), -1, CACHE),
           "fanotify_mark")
    return group


def main():
    with open(sys.argv[1], "ab", buffering=0) as log:
        watch = Watch(log)
        group = ask_the_kernel()
        log.write(b"watching\n")
        while True:
            for *_, fd, pid in EVENT.iter_unpack(os.read(group, EVENT.size * 100)):
                watch.note(pid)
                os.write(group, RESPONSE.pack(fd, FAN_ALLOW))
                os.close(fd)


if __name__ == "__main__":
    main()
