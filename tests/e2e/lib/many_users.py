#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: many_users.py FILE COUNT

Enrol COUNT users many00000, many00001 ... beside the one whose secret file is FILE: copies of it,
each with a name and a checksum of its own.
"""
import os
import sys

from checksum import checksum

RECORD = 4096


def record_of(user: bytes, body: bytes) -> bytes:
    version, _, devices = body.split(b"\n", 2)
    body = version + b"\nuser: " + user + b"\n" + devices
    return (body + b"checksum: " + checksum(body) + b"\n").ljust(RECORD, b"\n")


def main() -> None:
    path, count = sys.argv[1], int(sys.argv[2])
    with open(path, "rb") as file:
        text = file.read()
    body = text[: text.index(b"checksum: ")]
    for number in range(count):
        user = b"many%05d" % number
        target = os.path.join(os.path.dirname(path).encode(), user)
        with open(target, "wb", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(record_of(user, body) + text[RECORD:])


main()
