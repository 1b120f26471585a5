#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: pam_login.py [--item NAME=VALUE]... [--phase NAME]... [--children HOW] SERVICE USER [ANSWER]...

A program that lets USER log in by the PAM stack of SERVICE, and waits for no fail delay. Each
prompt takes the next ANSWER; when there is none left the conversation fails.

  --item NAME=VALUE   set PAM_NAME (rhost, tty, ruser) first
  --children HOW      what to do with children: ignore (SIGCHLD), reap (all, from another thread),
                      threads (eight of them, which run)
  --phase NAME        run these phases: auth (default), setcred, account, open, close, password

Prints a line for each prompt, "prompt off|on TEXT" (whether what is typed is echoed), one for each
message, "info|error TEXT", and one for each phase, "PHASE RESULT". Exits with the first result that
is not 0.
"""
import argparse
import ctypes
import os
import signal
import threading

libpam = ctypes.CDLL("libpam.so.0")
libc = ctypes.CDLL(None)
libc.strdup.restype = ctypes.c_void_p
libc.calloc.restype = ctypes.c_void_p
libc.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]

PAM_CONV_ERR = 19
PAM_FAIL_DELAY = 10
ITEMS = {"tty": 3, "rhost": 4, "ruser": 8}
STYLES = {1: "prompt off", 2: "prompt on", 3: "error", 4: "info"}
ESTABLISH_CRED = 2
PHASES = {
    "auth": ("pam_authenticate", 0),
    "setcred": ("pam_setcred", ESTABLISH_CRED),
    "account": ("pam_acct_mgmt", 0),
    "open": ("pam_open_session", 0),
    "close": ("pam_close_session", 0),
    "password": ("pam_chauthtok", 0),
}


class Message(ctypes.Structure):
    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class Response(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("code", ctypes.c_int)]


CONVERSE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(Message)),
                            ctypes.POINTER(ctypes.POINTER(Response)), ctypes.c_void_p)
DELAY = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)


class Conversation(ctypes.Structure):
    _fields_ = [("converse", CONVERSE), ("data", ctypes.c_void_p)]


def conversation_with(answers):
    left = list(answers)

    def converse(count, messages, responses, _data):
        replies = ctypes.cast(libc.calloc(count, ctypes.sizeof(Response)),
                              ctypes.POINTER(Response))
        for i in range(count):
            message = messages[i].contents
            text = message.text.decode(errors="replace")
            print(STYLES.get(message.style, "unknown"), text, flush=True)
            if message.style not in (1, 2):
                continue
            if not left:
                return PAM_CONV_ERR
            replies[i].text = libc.strdup(left.pop(0).encode(errors="surrogateescape"))
        responses[0] = replies
        return 0

    return Conversation(CONVERSE(converse), None)


def reap_all():
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            pass


def count_for_ever():
    while True:
        pass


def treat_children(how):
    """As a program may that knows nothing of what its modules run."""
    if how == "ignore":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    elif how == "reap":
        threading.Thread(target=reap_all, daemon=True).start()
    elif how == "threads":
        for _ in range(8):
            threading.Thread(target=count_for_ever, daemon=True).start()


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--item", action="append", default=[])
    parser.add_argument("--phase", action="append", choices=PHASES)
    parser.add_argument("--children", choices=("ignore", "reap", "threads"))
    parser.add_argument("service")
    parser.add_argument("user")
    parser.add_argument("answers", nargs="*")
    return parser.parse_args()


def run(handle, phases):
    for phase in phases:
        function, flags = PHASES[phase]
        result = getattr(libpam, function)(handle, flags)
        print(phase, result, flush=True)
        if result != 0:
            return result
    return 0


def main():
    arguments = read_arguments()
    conversation = conversation_with(arguments.answers)
    no_delay = DELAY(lambda _result, _delay, _data: None)
    handle = ctypes.c_void_p()
    user = arguments.user.encode(errors="surrogateescape")
    result = libpam.pam_start(arguments.service.encode(), user, ctypes.byref(conversation),
                              ctypes.byref(handle))
    if result != 0:
        return result
    libpam.pam_set_item(handle, PAM_FAIL_DELAY, no_delay)
    treat_children(arguments.children)
    for item in arguments.item:
        name, value = item.split("=", 1)
        libpam.pam_set_item(handle, ITEMS[name], value.encode(errors="surrogateescape"))
    result = run(handle, arguments.phase or ["auth"])
    libpam.pam_end(handle, result)
    return result


if __name__ == "__main__":
    raise SystemExit(main())
