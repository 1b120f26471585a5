#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: copy_memory.py PID FILE

Copy all that the process can write to - heap, freed chunks, stack, data - to FILE.
"""
import sys


def main():
    pid, path = sys.argv[1:]
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        areas = [line.split() for line in maps]
    with open(f"/proc/{pid}/mem", "rb") as memory, open(path, "wb") as out:
        for place, mode, *_ in areas:
            if not mode.startswith("rw"):
                continue
            begin, end = (int(number, 16) for number in place.split("-"))
            memory.seek(begin)
            out.write(memory.read(end - begin))


if __name__ == "__main__":
    main()
