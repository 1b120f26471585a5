#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: make_request.py [FIELD=VALUE]...

Print a request to twokey-helper, as the module makes it, with these fields in place of the usual
ones: kind, user, service, rhost, tty, ruser, store, unenrolled, password, code.
"""
import sys

FIELDS = {
    "twokey": "1",
    "kind": "code",
    "user": "",
    "service": "attack",
    "rhost": "",
    "tty": "",
    "ruser": "",
    "store": "/var/lib/twokey",
    "unenrolled": "deny",
    "password": "",
    "code": "",
}


def main():
    fields = dict(FIELDS, **dict(argument.split("=", 1) for argument in sys.argv[1:]))
    for name, value in fields.items():
        data = value.encode(errors="surrogateescape")
        sys.stdout.buffer.write(b"%s %d:%s\n" % (name.encode(), len(data), data))


if __name__ == "__main__":
    main()
