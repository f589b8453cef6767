"""A text as its lines that are not blank, with how far apart they stand: headings are told by that."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.source import Aside


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its indent: `text` is `source[start:end]`; `before` and `after` count blank lines.

    The first line has `before`, and the last line `after`, as if the text stood in empty space.
    """

    start: int
    end: int
    text: str
    before: int
    after: int

    @property
    def alone(self) -> bool:
        """Whether blank lines surround it."""
        return self.before > 0 and self.after > 0


EDGE = 99
LONG_LINE = 2_000

_FOLDED = re.compile(r"[\W_]+")


def split_lines(text: str) -> list[Line]:
    """All lines with something on them, in order. A very long line is cut for looking, not in its offsets."""
    rows: list[tuple[int, int, int]] = []
    position, blank = 0, EDGE
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            start = position + raw.find(stripped[0])
            rows.append((start, start + len(stripped), blank))
            blank = 0
        else:
            blank += 1
        position += len(raw)
    gaps = [*(before for _, _, before in rows[1:]), EDGE][: len(rows)]
    return [
        Line(start, end, text[start : min(end, start + LONG_LINE)], before, after)
        for (start, end, before), after in zip(rows, gaps, strict=True)
    ]


def fold(text: str) -> str:
    """Letters and digits only, in one case: how two spellings of a title are compared."""
    return _FOLDED.sub("", text).casefold()


def is_within(position: int, asides: Sequence[Aside]) -> bool:
    """Whether a position lies in one of the asides, which are in order and do not overlap."""
    after = bisect_right(asides, position, key=lambda aside: aside.start)
    return after > 0 and position < asides[after - 1].end
