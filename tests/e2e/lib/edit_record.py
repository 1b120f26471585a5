#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: edit_record.py FILE OLD NEW

Edit the record of a secret file as somebody would who gets the checksum right, too: the first OLD
(escapes as in Python) becomes NEW. The file's size and state stay.
"""
import sys

from checksum import checksum

RECORD = 4096


def main() -> None:
    path, old, new = sys.argv[1], *(a.encode().decode("unicode_escape").encode() for a in sys.argv[2:])
    with open(path, "r+b") as file:
        text = file.read(RECORD)
        body = text[: text.index(b"checksum: ")]
        if old not in body:
            sys.exit(f"{old!r} is not in the record")
        body = body.replace(old, new, 1)
        text = body + b"checksum: " + checksum(body) + b"\n"
        file.seek(0)
        file.write(text.ljust(RECORD, b"\n")[:RECORD])


main()
