#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: syslogd.py SOCKET FILE

Take what syslog(3) sends to SOCKET, and write it to FILE, one message a line, with its facility
and severity by name and without the sender's time: "authpriv.notice sshd[42]: text". The text
stays byte by byte what was sent: a line break in it is a line break in FILE.
"""
import os
import re
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


def main():
    path, log = sys.argv[1:]
    sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sink.bind(path)
    os.chmod(path, 0o666)
    with open(log, "ab", buffering=0) as file:
        while True:
            file.write(to_line(sink.recv(65536)))


if __name__ == "__main__":
    main()
