#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: find_secrets.py SECRETS DUMP...

Looks in the bytes of each DUMP for what the file SECRETS names, a name, a tab and a value a line:
the value, in upper and lower case, a key in base32 also as the bytes that it stands for and as HMAC
pads it (RFC 2104 section 2), a recovery code also without its dashes. Prints a line for each that is found, "NAME in DUMP", and ends with 1 if any is.
"""
import base64
import os
import re
import sys


def forms_of(name, value):
    forms = {value.encode(), value.lower().encode(), value.upper().encode()}
    if name == "key":
        key = base64.b32decode(value + "=" * (-len(value) % 8))
        forms |= {bytes(byte ^ pad for byte in key) for pad in (0, 0x36, 0x5C)}
    if name == "recovery code":
        forms |= {form.replace(b"-", b"") for form in forms}
    return forms


def main():
    found = False
    with open(sys.argv[1], encoding="utf-8") as secrets:
        wanted = [line.rstrip("\n").split("\t") for line in secrets]
    for path in sys.argv[2:]:
        with open(path, "rb") as dump:
            memory = dump.read()
        for name, value in wanted:
            for form in forms_of(name, value):
                for match in re.finditer(re.escape(form), memory):
                    found = True
                    print(name, "in", os.path.basename(path), "at", match.start())
    return found


if __name__ == "__main__":
    sys.exit(main())
