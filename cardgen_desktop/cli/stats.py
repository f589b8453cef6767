"""`cardgen stats` and `diagnostics`: how the queue has been doing, and what to send when it does not."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import data_folder, finish, parse_time

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.queue import KindFigures, QueueFigures, Timing
    from .console import Console


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("stats", parents=[shared], help="counters and timings of the queue")
    parser.add_argument("--since", metavar="TIME", type=parse_time, help="only jobs that ended since: 7d, 2h")
    finish(parser, stats)
    parser = commands.add_parser(
        "diagnostics",
        parents=[shared],
        help="show or write what helps to find a mistake",
        description="Show what a diagnostics bundle holds, or write it. It holds no texts and no secrets.",
    )
    parser.add_argument("--out", type=Path, metavar="FILE.zip", help="write the bundle; else it is listed")
    finish(parser, diagnostics)


async def stats(options: argparse.Namespace, console: "Console") -> int:
    """Print the figures."""
    from . import outputs

    async with data_folder(options) as workspace:
        figures = await workspace.commands.figures(options.since)
    if options.json:
        console.print_json(outputs.as_json(figures))
    else:
        _print(figures, console)
    return 0


def _print(figures: "QueueFigures", console: "Console") -> None:
    rows: list[tuple[str, ...]] = [
        ("KIND", "LANE", "DONE", "FAILED", "CANCELLED", "OPEN", "RETRIES", "MEDIAN", "95 %", "WAIT")
    ]
    rows += [_row(kind) for kind in figures.kinds]
    if figures.kinds:
        console.table(rows, right=range(2, 10))
    else:
        console.line("No job has run yet.")
    if figures.steps:
        steps = [
            ("STEP", "TIMES", "MEDIAN", "95 %"),
            *(_step(name, figures.steps[name]) for name in figures.steps),
        ]
        console.table(steps, right=(1, 2, 3))
    for code, count in figures.errors.items():
        console.line(f"{count:,} failed: {code}")
    kept = f"{figures.cards:,} cards, {figures.sources:,} sources, {figures.backups:,} backups"
    console.line(f"{kept}; database {_size(figures.database_bytes)}, logs {_size(figures.log_bytes)}")


def _row(kind: "KindFigures") -> tuple[str, ...]:
    counts = (kind.succeeded, kind.failed, kind.cancelled, kind.unfinished, kind.retries)
    return (
        kind.kind,
        kind.lane,
        *(f"{count:,}" for count in counts),
        *_times(kind.work),
        _seconds(kind.wait),
    )


def _step(name: str, timing: "Timing") -> tuple[str, ...]:
    return (name, f"{timing.count:,}", *_times(timing))


def _times(timing: "Timing") -> tuple[str, str]:
    return (f"{timing.median:.1f} s", f"{timing.p95:.1f} s") if timing.count else ("", "")


def _seconds(timing: "Timing") -> str:
    return f"{timing.median:.1f} s" if timing.count else ""


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


async def diagnostics(options: argparse.Namespace, console: "Console") -> int:
    """Write the bundle, or list what would be in it."""
    from . import outputs

    async with data_folder(options) as workspace:
        files = await workspace.commands.diagnostics()
        written = await workspace.commands.write_diagnostics(_whole(options.out)) if options.out else None
    if options.json:
        console.print_json(outputs.as_json(outputs.diagnostics(files, written)))
        return 0
    rows = [("FILE", "BYTES"), *((file.name, f"{file.bytes:,}") for file in files)]
    console.table(rows, right=(1,))
    if written:
        console.line(f"{written}  written and searched for secrets")
    else:
        console.line("Nothing was written. --json shows every word, --out FILE.zip writes it.")
    return 0


def _whole(path: Path) -> Path:
    """A whole path: the program that writes may stand in another folder."""
    return path.absolute()
