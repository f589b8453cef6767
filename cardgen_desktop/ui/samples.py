"""The books that come with the program, as the start page offers them."""

import json
from dataclasses import dataclass
from pathlib import Path

from ..paths import resource


@dataclass(frozen=True, slots=True)
class SampleBook:
    """A shipped book; `face` is the character whose portrait stands for it."""

    path: Path
    title: str
    author: str
    year: int
    words: int
    face: str


def sample_books() -> tuple[SampleBook, ...]:
    """The shipped books in the order of their list."""
    rows = json.loads(resource("samples", "samples.json").read_text(encoding="utf-8"))
    return tuple(
        SampleBook(
            resource("samples", row["file"]),
            row["title"],
            row["author"],
            row["year"],
            row["words"],
            row["face"],
        )
        for row in rows
    )
