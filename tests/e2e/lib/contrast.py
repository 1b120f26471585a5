#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: contrast.py dark|light CAPTURE

Exit with 1, and name the text, if something that 'tmux capture-pane -p -e' captured stands out from
its background by less than 3:1 (WCAG 2.1), on a terminal with xterm's colours.
"""
import re
import sys

DEFAULTS = {"dark": ((229, 229, 229), (0, 0, 0)), "light": ((0, 0, 0), (255, 255, 255))}
BASIC = ((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
         (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229))
TOKEN = re.compile("\x1b\\[([0-9;]*)m|([^\x1b]+)")


def luminance(colour):
    def linear(part):
        part /= 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
    red, green, blue = map(linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def main():
    defaults = DEFAULTS[sys.argv[1]]
    fore, back = defaults
    status = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    for parameters, word in TOKEN.findall(text):
        if word:
            if word.strip() and contrast(fore, back) < 3:
                print(f"{contrast(fore, back):.1f}: {word.strip()!r}")
                status = 1
            continue
        for number in (int(n or 0) for n in parameters.split(";")):
            if number == 0:
                fore, back = defaults
            elif 30 <= number <= 37:
                fore = BASIC[number - 30]
            elif number == 39:
                fore = defaults[0]
            elif 40 <= number <= 47:
                back = BASIC[number - 40]
            elif number == 49:
                back = defaults[1]
            elif number not in (1, 22):
                sys.exit(f"{number} is neither bold nor a basic colour")
    return status


if __name__ == "__main__":
    sys.exit(main())
