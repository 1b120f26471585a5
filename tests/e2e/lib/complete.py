#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: complete.py bash|zsh|fish LINE

Print what this shell, at a terminal, offers for LINE when it is asked to complete it: one word a
line, of a path the last component. The shell loads its completions from where the packages put them.
"""
import os
import re
import subprocess
import sys

from terminal import Terminal

SHARE = "/usr/share"
SHELLS = {
    # how it starts, what is said first, which key lists
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             "bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; "
             "bind 'set completion-query-items 0'; bind 'set enable-bracketed-paste off'; "
             f". {SHARE}/bash-completion/completions/twokey", "\t"),
    "zsh": (["zsh", "-f", "-i"],
            "LISTMAX=1000; autoload -Uz compinit; compinit -u -D", "\x04"),
}


def offered_by(shell, line):
    command, first, key = SHELLS[shell]
    terminal = Terminal(command, columns=160, rows=200, patience=120)
    terminal.type(first + "; PS1=rea''dy:\n")
    terminal.wait_for("ready:")  # printed when the shell, no longer the terminal, edits the line
    terminal.type(line + key)
    begin = terminal.wait_for(re.escape(line)).end()
    terminal.type("\x15 echo DO''NE; exit\n")  # an empty line again
    terminal.wait_for("DONE")
    return terminal.shown[begin:]


def main():
    shell, line = sys.argv[1:]
    os.environ["TERM"] = "xterm"
    if shell == "fish":
        text = subprocess.run(["fish", "-c", "complete -C $argv[1]", line], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        print("\n".join(match.split("\t")[0].rstrip("/").split("/")[-1] for match in text.splitlines()))
        return
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x07", " ", offered_by(shell, line))
    print("\n".join(word.rstrip("/") for word in text.split()))


if __name__ == "__main__":
    main()
