#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: render_terminal.py dark|light FILE.pgm <CAPTURE

Draw what 'tmux capture-pane -p -e' captured as an image, for a camera: on a terminal whose own
colours are light on dark, or dark on light. Of characters only the blocks and blanks are drawn as
they are; any other is a grey smudge.
"""
import re
import sys

CELL_WIDTH, CELL_HEIGHT = 8, 16
DEFAULTS = {"dark": (200, 0), "light": (0, 255)}  # grey of foreground, of background
BASIC = (0, 76, 150, 200, 29, 105, 179, 229)  # black red green yellow blue magenta cyan white
CUBE = (0, 95, 135, 175, 215, 255)
TOKEN = re.compile("\x1b\\[([0-9;]*)m|(.)")


def grey_of(index):
    """The grey of one of the 256 colours."""
    if index < 16:
        return min(255, BASIC[index % 8] + (60 if index >= 8 else 0))
    if index >= 232:
        return 8 + 10 * (index - 232)
    red, green, blue = (CUBE[(index - 16) // n % 6] for n in (36, 6, 1))
    return (299 * red + 587 * green + 114 * blue) // 1000


class Pen:
    """The colours that the next character is drawn in."""

    def __init__(self, defaults):
        self.defaults = defaults
        self.reset()

    def reset(self):
        self.fore, self.back = self.defaults
        self.inverse = False

    def set(self, parameters):
        numbers = [int(n or 0) for n in parameters.split(";")]
        while numbers:
            number = numbers.pop(0)
            if number == 0:
                self.reset()
            elif number in (7, 27):
                self.inverse = number == 7
            elif number in (38, 48):
                self.set_extended(number, numbers)
            elif number in (39, 49):
                self.set_grey(number, self.defaults[number == 49])
            elif 30 <= number <= 37 or 40 <= number <= 47:
                self.set_grey(number, grey_of(number % 10))
            elif 90 <= number <= 97 or 100 <= number <= 107:
                self.set_grey(number - 60, grey_of(number % 10 + 8))

    def set_extended(self, number, numbers):
        if numbers.pop(0) == 5:
            self.set_grey(number, grey_of(numbers.pop(0)))
        else:
            rgb = [numbers.pop(0) for _ in range(3)]
            self.set_grey(number, sum(rgb) // 3)

    def set_grey(self, number, grey):
        if 30 <= number <= 39:
            self.fore = grey
        else:
            self.back = grey

    def halves(self, character):
        """The greys of a cell's upper and lower half."""
        fore, back = (self.back, self.fore) if self.inverse else (self.fore, self.back)
        smudge = (fore + back) // 2
        return {" ": (back, back), "█": (fore, fore), "▀": (fore, back),
                "▄": (back, fore)}.get(character, (smudge, smudge))


def cells_of(line, pen):
    cells = []
    for parameters, character in TOKEN.findall(line):
        if character:
            cells.append(pen.halves(character))
        else:
            pen.set(parameters)
    return cells


def main():
    defaults = DEFAULTS[sys.argv[1]]
    pen = Pen(defaults)
    rows = [cells_of(line, pen) for line in sys.stdin.read().splitlines()]
    width = max(len(row) for row in rows)
    with open(sys.argv[2], "wb") as image:
        image.write(b"P5 %d %d 255\n" % (width * CELL_WIDTH, len(rows) * CELL_HEIGHT))
        for row in rows:
            row += [(defaults[1], defaults[1])] * (width - len(row))
            for half in (0, 1):
                line = b"".join(bytes([cell[half]]) * CELL_WIDTH for cell in row)
                image.write(line * (CELL_HEIGHT // 2))


if __name__ == "__main__":
    main()
