#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: edit_state.py FILE drift|last_used VALUE

Set a number of the first device in both copies of a secret file's state, with checksums that fit.
"""
import re
import sys

from checksum import checksum

RECORD, BLOCK, SLOT = 4096, 4096, 512


def edit(slot: bytes, field: str, value: int) -> bytes:
    body = slot[: slot.index(b"checksum ")]
    line = re.search(rb"(?m)^1 (\d+) ([+-])(\d+) (\d+)$", body)
    mark, sign, drift, used = line.groups()
    if field == "drift":
        sign = b"-" if value < 0 else b"+"
        drift = str(abs(value)).zfill(len(drift)).encode()
    else:
        used = str(value).zfill(len(used)).encode()
    body = body.replace(line[0], b"1 " + mark + b" " + sign + drift + b" " + used, 1)
    return (body + b"checksum " + checksum(body) + b"\n").ljust(SLOT, b"\n")


def main() -> None:
    path, field, value = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, "r+b") as file:
        for start in (RECORD, RECORD + BLOCK):
            file.seek(start)
            slot = file.read(SLOT)
            file.seek(start)
            file.write(edit(slot, field, value))


main()
