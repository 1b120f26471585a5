# SPDX-License-Identifier: BSD-2-Clause
"""Medians, quartiles, ratios, and how they are printed."""
import statistics


def quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def summary(values: list[float]) -> dict:
    return {
        "median": statistics.median(values),
        "p99": quantile(values, 0.99),
        "count": len(values),
    }


def ratio(ours: list[float], theirs: list[float]) -> dict:
    """Round by round, so that what slows the machine down slows both."""
    each = [a / b for a, b in zip(ours, theirs)]
    return {
        "median": statistics.median(each),
        "low": quantile(each, 0.25),
        "high": quantile(each, 0.75),
    }


def tell_ratio(value: dict) -> str:
    return f"{value['median']:.2f} ({value['low']:.2f} to {value['high']:.2f})"


def show(title: str, head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]

    def line(row: list[str]) -> str:
        first, *rest = (str(cell) for cell in row)
        return "  ".join([first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:]))])

    print(f"\n{title}\n")
    for row in [head, *rows]:
        print("  " + line(row).rstrip())
