"""`cardgen diff`: where two cards or lorebooks say different things."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..domain.card_differences import Difference
    from .console import Console

_SHOWN = 160
_BEFORE_IT = 30


async def diff(options: argparse.Namespace, console: "Console") -> int:
    """Print the semantic difference of two files; that there is one is no failure."""
    from ..jobs.process import ProcessPool
    from .outputs import as_json

    async with ProcessPool(1) as pool:
        report = await pool.differences(Path(options.one), Path(options.other))
    if options.json:
        console.print_json(as_json(report))
        return 0
    for difference in report.differences:
        _print(difference, console)
    number = len(report.differences)
    counted = f"{number:,} {'difference' if number == 1 else 'differences'}."
    console.line(counted if number else "They say the same.")
    return 0


def _print(difference: "Difference", console: "Console") -> None:
    before, after = _said(difference.before), _said(difference.after)
    start = _first_difference(before, after)
    console.line(difference.where)
    if difference.before is not None:
        console.line(f"  - {_excerpt(before, start)}")
    if difference.after is not None:
        console.line(f"  + {_excerpt(after, start)}")


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.replace("\n", "⏎")


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _excerpt(text: str, start: int) -> str:
    """The part of a long text in which the two differ, on one line."""
    if len(text) <= _SHOWN:
        return text
    first = max(0, min(start - _BEFORE_IT, len(text) - _SHOWN))
    last = first + _SHOWN
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
