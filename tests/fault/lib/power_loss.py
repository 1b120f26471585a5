#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: power_loss.py record|forgetful TRACE BEFORE STORE STATES
       power_loss.py restore STATES NUMBER STORE
STATES_A_POINT=N and STATES_TRIED=N in the environment: more than the few that are the default.

What a disk may hold after power loss at any point of an operation on STORE, whose system calls
strace -y wrote to TRACE, and of which BEFORE is a copy from before. 'record' writes all that it
finds to the file STATES and prints how many those are of how many there may be, and then a line for
each: its number, and "after" if the operation was over, else "amid". 'restore' makes STORE that.
'forgetful' takes no sync for done: a control.

The model. A sync of a file makes its data durable, one of a directory the names in it. Until then
each sector of 512 bytes holds, by itself, what was durable or any later version; a file has its old
size or its new one; and of the names that were made, moved and removed any subset was. A sector
is written whole or not at all, and so is one rename, as journalling file systems have it.
"""
import ast
import collections
import itertools
import os
import pickle
import random
import re
import shutil
import sys

SECTOR = 512
# So many at each point are looked at one by one; of more, the extremes and a sample.
STATES_MAX = int(os.environ.get("STATES_A_POINT", "24"))
# So many of an operation are tried; of more, a sample.
TRIED_MAX = int(os.environ.get("STATES_TRIED", "80"))

# What would change files and names, and is not modelled.
UNKNOWN = ("write", "writev", "pwritev", "ftruncate", "fallocate", "link", "linkat", "symlinkat",
           "copy_file_range")

CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (\d+)(?:<([^>]*)>)?")
FD = re.compile(r"^(?:\d+|AT_FDCWD)<([^>]*)>")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def strings(arguments):
    return [ast.literal_eval('b"' + text + '"') for text in STRING.findall(arguments)]


def paths(arguments):
    """Each pair of a directory's descriptor and a name: where it leads."""
    found = []
    for match in re.finditer(r'(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', arguments):
        found.append(os.path.normpath(os.path.join(match[1] or "/", match[2])))
    return found


class File:
    """A file's versions: of each sector and of the size, what was durable first, then the later."""

    def __init__(self, data=b""):
        self.sectors = collections.defaultdict(lambda: [bytes(SECTOR)])
        for start in range(0, len(data), SECTOR):
            self.sectors[start // SECTOR] = [data[start:start + SECTOR].ljust(SECTOR, b"\0")]
        self.sizes = [len(data)]
        self.data = data

    def write(self, data, offset):
        end = offset + len(data)
        for number in range(offset // SECTOR, (end + SECTOR - 1) // SECTOR):
            new = bytearray(self.sectors[number][-1])
            first, last = max(offset, number * SECTOR), min(end, (number + 1) * SECTOR)
            new[first - number * SECTOR:last - number * SECTOR] = data[first - offset:last - offset]
            if bytes(new) != self.sectors[number][-1]:
                self.sectors[number].append(bytes(new))
        if end > self.sizes[-1]:
            self.sizes.append(end)
        self.data = None

    def sync(self):
        for versions in self.sectors.values():
            del versions[:-1]
        del self.sizes[:-1]
        self.data = self.content({})

    def unsure(self):
        """The lists of versions of which there is more than one."""
        if self.data is not None:
            return []
        lists = [self.sectors[number] for number in sorted(self.sectors)]
        return [versions for versions in [*lists, self.sizes] if len(versions) > 1]

    def content(self, chosen):
        if self.data is not None:
            return self.data

        def version(versions):
            return versions[chosen.get(id(versions), -1)]
        size = version(self.sizes)
        data = b"".join(version(self.sectors[number])
                        for number in range((size + SECTOR - 1) // SECTOR))
        return data[:size]


class Disk:
    """The names as they were durable, the changes of names since, and all files by number."""

    def __init__(self, before, store):
        self.store = store
        self.files = []
        self.names = {}
        self.changes = []
        self.total = 1
        if not os.path.isdir(before):
            return
        self.names[store] = None
        for directory, directories, files in os.walk(before):
            place = os.path.normpath(os.path.join(store, os.path.relpath(directory, before)))
            for name in directories:
                self.names[os.path.join(place, name)] = None
            for name in files:
                with open(os.path.join(directory, name), "rb") as file:
                    self.names[os.path.join(place, name)] = self.add(File(file.read()))

    def add(self, file):
        self.files.append(file)
        return len(self.files) - 1

    @staticmethod
    def change(names, change):
        """One change of a name: a move leads to its file whether or not its old name ever was."""
        old, new, what = change
        if old is not None:
            names.pop(old, None)
        if new is not None:
            names[new] = what

    def cached(self):
        """What the running system sees."""
        names = dict(self.names)
        for change in self.changes:
            self.change(names, change)
        return names

    def sync(self, path):
        number = self.cached().get(path)
        if number is not None:
            self.files[number].sync()
            return
        done = [change for change in self.changes
                if path in [os.path.dirname(name) for name in change[:2] if name is not None]]
        for change in done:
            self.change(self.names, change)
        # Where a file was moved to for good, its way there is of no account any more.
        moved = [what for old, new, what in done if old is not None and new is not None]
        self.changes = [change for change in self.changes
                        if change not in done and change[2] not in moved]

    def call(self, name, arguments, opened, forgetful):
        """Whether this call changed anything."""
        if name == "openat" and "O_CREAT" in arguments:
            self.changes.append((None, opened, self.add(File())))
        elif name in ("mkdir", "mkdirat"):
            self.changes.append((None, paths(arguments)[0], None))
        elif name in ("rename", "renameat", "renameat2"):
            old, new = paths(arguments)[:2]
            self.changes.append((old, new, self.cached()[old]))
        elif name in ("unlink", "unlinkat"):
            self.changes.append((paths(arguments)[0], None, None))
        elif name == "pwrite64":
            offset = int(arguments.rsplit(",", 1)[1])
            self.files[self.cached()[FD.match(arguments)[1]]].write(strings(arguments)[0], offset)
        elif name in ("fsync", "fdatasync"):
            if not forgetful:
                self.sync(FD.match(arguments)[1])
        elif name in UNKNOWN:
            raise SystemExit(f"{name} is not modelled")
        else:
            return False
        return True

    def tree(self, kept, chosen):
        """What is there with these changes of names, and these versions of data."""
        names = dict(self.names)
        for change in kept:
            self.change(names, change)
        return tuple((path, None if names[path] is None
                      else self.files[names[path]].content(chosen))
                     for path in sorted(names) if self.reachable(names, path))

    def reachable(self, names, path):
        """Whether all directories down from the store are there."""
        return path == self.store or (
            (parent := os.path.dirname(path)) in names and self.reachable(names, parent))

    def states(self):
        """All that may be there, or the extremes and a sample."""
        unsure = [versions for file in self.files for versions in file.unsure()]
        choices = [range(len(versions)) for versions in unsure] + [(0, 1)] * len(self.changes)
        total = 1
        for choice in choices:
            total *= len(choice)
        self.total = total
        if total <= STATES_MAX:
            picks = itertools.product(*choices)
        else:
            picks = sample(choices)
        for pick in picks:
            chosen = {id(versions): which for versions, which in zip(unsure, pick)}
            kept = itertools.compress(self.changes, pick[len(unsure):])
            yield self.tree(kept, chosen)


def sample(choices):
    """Everything, nothing, one thing alone, all but one; and as much again by lot."""
    first, last = [choice[0] for choice in choices], [choice[-1] for choice in choices]
    lot = random.Random(len(choices))
    yield first
    yield last
    for place in lot.sample(range(len(choices)), min(len(choices), STATES_MAX // 3)):
        yield first[:place] + [last[place]] + first[place + 1:]
        yield last[:place] + [first[place]] + last[place + 1:]
    for _ in range(STATES_MAX // 3):
        yield [lot.choice(choice) for choice in choices]


class Count:
    """How many states there may be. Until a sync the states of one point are among the next one's."""

    def __init__(self):
        self.looked_at = set()
        self.sampled = 0
        self.last = 0

    def point(self, total, states):
        if total < self.last:
            self.sampled += self.last
        self.last = 0 if total <= STATES_MAX else total
        if total <= STATES_MAX:
            self.looked_at |= states

    def __str__(self):
        """Exact, where all were looked at; else some are counted that come to the same."""
        sampled = self.sampled + self.last
        possible = len(self.looked_at) + sampled
        if possible >= 10 ** 9:
            return f"up to 10^{len(str(possible)) - 1}"
        return f"{'up to ' if sampled else ''}{possible}"


def record(trace, before, store, forgetful):
    disk, count = Disk(before, store), Count()
    amid, after = set(), set(disk.states())
    count.point(disk.total, after)
    # The store's own name, what is below it, and a sync of the directory that holds it.
    concerns = re.compile(f'["<]{store}[/">]|sync\\(\\d+<{os.path.dirname(store)}>')
    with open(trace, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            match = CALL.match(line)
            if match is None or not concerns.search(line):
                continue
            if disk.call(match[1], match[2], match[4], forgetful):
                amid |= after
                after = set(disk.states())
                count.point(disk.total, after)
    if disk.tree(disk.changes, {}) != Disk(store, store).tree([], {}):
        raise SystemExit("the calls that were recorded do not lead to what is there")
    amid = sorted(amid)
    if len(amid) > TRIED_MAX:
        amid = random.Random(len(amid)).sample(amid, TRIED_MAX)
    found = [("after", state) for state in after] + [("amid", state) for state in amid]
    print(len(after.union(amid)), "of", count)
    return found


def restore(state, store):
    shutil.rmtree(store, ignore_errors=True)
    for path, content in state:
        if content is None:
            os.mkdir(path, 0o700)
        else:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)


def main():
    how = sys.argv[1]
    if how == "restore":
        states, number, store = sys.argv[2:]
        with open(states, "rb") as file:
            restore(pickle.load(file)[int(number)][1], store)
        return
    trace, before, store, states = sys.argv[2:]
    found = record(trace, before, store, how == "forgetful")
    with open(states, "wb") as file:
        pickle.dump(found, file)
    for number, (when, _) in enumerate(found):
        print(number, when)


main()
