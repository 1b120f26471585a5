#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: time_kinds.py LOGIN SERVICE SAMPLES [KIND REASON USER ANSWERS UNLOCK]...

Lets LOGIN (tests/tools/login_silently.c) make SAMPLES attempts of each KIND, in rounds of one of
each in an order that chance gives, so that whatever else the machine does meets all of them. Before
every UNLOCK-th round the user is unlocked; 0 is never. Prints the quantiles of each in microseconds,
and for every pair Cliff's delta: how much likelier the one is to take longer than the other, from
-1 to 1, with 0 for two that can't be told apart; and the spread that chance alone gives it.
"""
import bisect
import itertools
import math
import random
import subprocess
import sys
import time


def attempt(login, service, user, answers):
    begin = time.perf_counter_ns()
    subprocess.run([login, service, user], input=answers, check=False,
                   stdout=subprocess.DEVNULL)
    return (time.perf_counter_ns() - begin) / 1000


def unlock(users):
    for user in users:
        subprocess.run(["twokey", "unlock", user], check=True, stdout=subprocess.DEVNULL)


def cliffs_delta(left, right):
    ordered = sorted(right)
    more = sum(bisect.bisect_left(ordered, value) for value in left)
    less = sum(len(ordered) - bisect.bisect_right(ordered, value) for value in left)
    return (more - less) / (len(left) * len(right))


def main():
    login, service, count = sys.argv[1:4]
    rest = sys.argv[4:]
    kinds = [(rest[i], rest[i + 2], rest[i + 3].replace("\\n", "\n").encode())
             for i in range(0, len(rest), 5)]
    unlocked = {(rest[i + 2], int(rest[i + 4])) for i in range(0, len(rest), 5)}
    times = {name: [] for name, _, _ in kinds}
    for number in range(int(count)):
        unlock(user for user, every in unlocked if every > 0 and number % every == 0)
        for name, user, answers in random.sample(kinds, len(kinds)):
            times[name].append(attempt(login, service, user, answers))
    for name, values in times.items():
        values = sorted(values)
        at = [values[int(share * (len(values) - 1))] for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        print(f"{name:32} 5 % {at[0]:8.0f}  25 % {at[1]:8.0f}  median {at[2]:8.0f}"
              f"  75 % {at[3]:8.0f}  95 % {at[4]:8.0f} us")
    number = int(count)
    print(f"by chance alone: within {1.96 * math.sqrt((2 * number + 1) / (3 * number ** 2)):.3f}"
          " of 0, 19 times in 20")
    pairs = [(cliffs_delta(times[left], times[right]), left, right)
             for left, right in itertools.combinations(times, 2)]
    for delta, left, right in sorted(pairs, key=lambda pair: -abs(pair[0])):
        print(f"delta {delta:+.3f}  {left} / {right}")


if __name__ == "__main__":
    main()
