#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: syslogd.py SOCKET FILE ASK TOLD SINCE

Take what syslog(3) sends to SOCKET, and write it to FILE, one message a line, with its facility
and severity by name and without the sender's time: "authpriv.notice sshd[42]: text". The text
stays byte by byte what was sent: a line break in it is a line break in FILE.

ASK and TOLD are named pipes. For a line from ASK, all that was sent before it is written to FILE, what
came since the last such line to SINCE, too, and then a line is sent to TOLD.
"""
import os
import re
import select
import socket
import sys

FACILITIES = ("kern user mail daemon auth syslog lpr news uucp cron authpriv ftp"
              " ntp audit alert clock local0 local1 local2 local3 local4 local5"
              " local6 local7").split()
SEVERITIES = "emerg alert crit err warning notice info debug".split()
MESSAGE = re.compile(rb"<(\d{1,3})>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(.*)", re.DOTALL)


def to_line(datagram):
    match = MESSAGE.fullmatch(datagram.rstrip(b"\0\n"))
    if match is None:
        return b"unparsed " + datagram + b"\n"
    priority = int(match[1])
    name = f"{FACILITIES[priority >> 3]}.{SEVERITIES[priority & 7]} "
    return name.encode() + match[2] + b"\n"


class Log:
    def __init__(self, path, file):
        self.file = file
        self.since = []
        self.sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sink.bind(path)
        os.chmod(path, 0o666)
        self.sink.setblocking(False)

    def take_all(self):
        while True:
            try:
                line = to_line(self.sink.recv(65536))
            except BlockingIOError:
                return
            self.file.write(line)
            self.since.append(line)

    def tell_since(self, path):
        with open(path, "wb") as file:
            file.writelines(self.since)
        self.since = []


def open_pipe(path):
    """To read and to write, so that neither waits for who is at the other end."""
    os.mkfifo(path)
    return os.open(path, os.O_RDWR | os.O_CLOEXEC)


def main():
    path, name, ask, told, since = sys.argv[1:]
    ask, told = open_pipe(ask), open_pipe(told)
    with open(name, "ab", buffering=0) as file:
        log = Log(path, file)
        while True:
            ready, _, _ = select.select([log.sink, ask], [], [])
            asked = os.read(ask, 4096) if ask in ready else b""
            log.take_all()
            for _ in asked.splitlines():
                log.tell_since(since)
                os.write(told, b"all\n")


if __name__ == "__main__":
    main()
