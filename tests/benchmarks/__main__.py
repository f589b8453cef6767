"""`python -m tests.benchmarks [--json PATH] [--only WORD]`: every claim beside its floor, peer or budget."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import (
    backing_up,
    card_reading,
    generating,
    journey,
    listing,
    packing,
    proposing,
    queueing,
    reading,
    restarting,
    starting,
    storing,
    streaming,
    table,
    writing,
)
from .row import Row

GROUPS: tuple[Callable[[], Iterator[Row]], ...] = (
    starting.rows,
    journey.rows,
    reading.rows,
    packing.rows,
    streaming.rows,
    generating.rows,
    proposing.rows,
    storing.rows,
    queueing.rows,
    listing.rows,
    restarting.rows,
    card_reading.rows,
    writing.rows,
    backing_up.rows,
    table.rows,
)


def main() -> int:
    """Print the table as it grows; the exit code is 1 when a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--json", type=Path, metavar="PATH")
    parser.add_argument("--only", default="", metavar="WORD", help="only groups whose name has this word")
    options = parser.parse_args()
    print(f"{'claim':<58} {'ours':>12} {'reference':>12} {'ratio':>7} {'target':>7}")
    rows = [row for group in GROUPS if options.only in group.__module__ for row in shown(group())]
    if options.json:
        options.json.write_text(json.dumps({"rows": [row.as_json() for row in rows]}, indent=1), "utf-8")
    return 0 if all(row.ok for row in rows) else 1


def shown(rows: Iterator[Row]) -> Iterator[Row]:
    """Print each row as soon as it is measured."""
    for row in rows:
        figures = f"{row.ours:>9.4g} {row.unit:<3}{row.reference:>9.4g} {row.unit:<3}"
        verdict = "" if row.ok else "  MISSED"
        print(f"{row.name:<58} {figures} {row.ratio:>6.2f} {row.target:>7.2f}{verdict}", flush=True)
        yield row


if __name__ == "__main__":
    sys.exit(main())
