#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: many_users.py FILE COUNT

Enrol COUNT users many00000, many00001 ... beside the one whose secret file is FILE: copies of it,
each with a name and a checksum of its own.
"""
import os
import sys

RECORD = 4096


def checksum(data: bytes) -> bytes:
    """As twokey-store(5) has it, in hexadecimal."""
    value = 0xCBF29CE484222325
    for at in range(0, len(data) // 8 * 8 + 1, 8):
        value = (value ^ int.from_bytes(data[at : at + 8], "little")) * 0x100000001B3 % 2**64
        value ^= value >> 32
    return b"%016x" % value


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
