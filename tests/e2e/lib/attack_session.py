#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: attack_session.py HELPER KIND USER [--wish NAME=VALUE]... [STEP...]

Hold a session with twokey-helper by hand: KIND is enroll, status, recovery or remove. Whatever the
helper asks gets the next STEP:

  TEXT        an answer
  @bytes N    N bytes of noise
  @wish       the wish again
  @passed TEXT  the answer, with 200 descriptors along with it
  @close      nothing more is sent or read

Where "@wish-bytes N" or "@no-wish" is the first STEP, noise or nothing is sent in the wish's place.
Print a line for what the helper says each time, and at last "exit STATUS"; "key" and "code" follow
what holds one.
"""
import array
import os
import socket
import subprocess
import sys

SAYS = ["prompt", "prompt", "tell", "ask-code", "device", "ask-first", "wrong", "codes", "record",
        "end"]
ASKS = {"prompt", "ask-code", "ask-first"}
WISH = {"mode": "0", "name": "phone", "type": "totp", "algorithm": "SHA1", "digits": "6",
        "period": "30", "issuer": "", "label": "", "codes": "10"}
REQUEST = {"twokey": "1", "kind": "", "user": "", "service": "attack", "rhost": "", "tty": "",
           "ruser": "", "store": "/var/lib/twokey", "unenrolled": "deny", "password": "",
           "code": ""}


def message(fields):
    return b"".join(b"%s %d:%s\n" % (name.encode(), len(value.encode()), value.encode())
                    for name, value in fields.items())


def start(helper):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen([helper], stdin=theirs)
    theirs.close()
    ours.settimeout(30)
    return ours, process


def answer(ours, step, wish):
    """Whether the session goes on."""
    word, _, rest = step.partition(" ")
    if word == "@close":
        ours.close()
        return False
    if word == "@bytes":
        ours.send(os.urandom(int(rest)))
    elif word == "@wish":
        ours.send(message(wish))
    elif word == "@passed":
        null = os.open("/dev/null", os.O_RDONLY)
        ours.sendmsg([message({"answer": rest})],
                     [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null] * 200))])
    else:
        ours.send(message({"answer": step}))
    return True


def open_session(ours, kind, user, wish, steps):
    ours.send(message(dict(REQUEST, kind=kind, user=user)))
    word, _, size = steps[0].partition(" ") if steps else ("", "", "")
    if word in ("@wish-bytes", "@no-wish"):
        steps.pop(0)
    if word == "@wish-bytes":
        ours.send(os.urandom(int(size)))
    elif word == "@no-wish":
        ours.shutdown(socket.SHUT_WR)
    else:
        ours.send(message(wish))


def talk(ours, wish, steps):
    while True:
        try:
            got = ours.recv(65536)
        except ConnectionResetError:
            return
        if not got:
            return
        say = SAYS[int(got.split(b"\n")[0].split(b":")[1])]
        print(say, "key" if b"\nkey " in got else "", "code" if b"\ncode " in got else "")
        if say not in ASKS:
            continue
        if not steps:
            ours.shutdown(socket.SHUT_WR)
        elif not answer(ours, steps.pop(0), wish):
            return


def main():
    helper, kind, user, *rest = sys.argv[1:]
    wish = dict(WISH)
    while rest and rest[0] == "--wish":
        wish.update([rest[1].split("=", 1)])
        rest = rest[2:]
    ours, process = start(helper)
    open_session(ours, kind, user, wish, rest)
    talk(ours, wish, rest)
    print("exit", process.wait(30))


if __name__ == "__main__":
    main()
