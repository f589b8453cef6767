"""Reading the files of one command, several at once, with an outcome for each in their order."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.errors import CardgenError
from ..domain.source import SourceText, Span

if TYPE_CHECKING:
    from ..jobs.process import ProcessPool
    from .console import Console

MOST_CHILDREN = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one argument: a document or the reason why there is none."""

    path: str
    source: SourceText | None = None
    error: CardgenError | None = None


def children_for(files: int) -> int:
    """How many child processes are worth starting for so many files."""
    return max(1, min(files, os.cpu_count() or 1, MOST_CHILDREN))


async def read_files(pool: "ProcessPool", paths: Sequence[str], console: "Console") -> list[Outcome]:
    """Read every file; one that fails costs the others nothing, and is complained about."""
    finished = 0

    async def read(path: str) -> Outcome:
        nonlocal finished
        console.progress.show(finished / len(paths), f"Reading {Path(path).name}")
        try:
            outcome = Outcome(path, source=await pool.read(Path(path)))
        except CardgenError as error:
            outcome = Outcome(path, error=error)
        finished += 1
        console.progress.show(finished / len(paths), f"Read {Path(path).name}")
        return outcome

    outcomes = list(await asyncio.gather(*(read(path) for path in paths)))
    for outcome in outcomes:
        if outcome.error:
            console.complain_of(outcome.error)
    return outcomes


def exit_code(errors: Sequence[CardgenError | None]) -> int:
    """The code for a batch: that of its worst failure, 0 without one."""
    return max((error.exit_code for error in errors if error), default=0)


class SourceSet:
    """The documents of a command that could be read, and which argument each of them was."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._arguments = [index for index, outcome in enumerate(outcomes) if outcome.source]
        self.sources = [outcome.source for outcome in outcomes if outcome.source]

    def argument(self, source: int) -> int:
        """The 0-based argument that a document of the set came from."""
        return self._arguments[source]

    def span(self, span: Span) -> Span:
        """A span with its argument as `source`."""
        return span.model_copy(update={"source": self.argument(span.source)})
