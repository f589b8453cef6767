"""The sources of a set joined into one text, with the stretches that give no evidence marked."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..domain.source import SourceText, Span
from .plain_view import plain_view

SEPARATOR = "\n\n"
Stretch = tuple[int, int]


@dataclass(slots=True)
class Manuscript:
    """The combined text; `starts` are the sources' first offsets, `asides` and `headings` are sorted."""

    sources: tuple[SourceText, ...]
    text: str
    starts: tuple[int, ...]
    asides: list[Stretch]
    headings: list[Stretch]

    def bounds(self, source: int) -> Stretch:
        """Where a source begins and ends in the combined text."""
        start = self.starts[source]
        return start, start + len(self.sources[source].text)

    def source_at(self, offset: int) -> int:
        """The source that holds an offset of the combined text."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def place(self, start: int, end: int) -> Span:
        """Turn combined offsets into a span of the source where they begin, cut at that source's end."""
        source = self.source_at(start)
        first, last = self.bounds(source)
        return Span(source=source, start=min(start, last) - first, end=min(end, last) - first)


def join_sources(sources: Sequence[SourceText]) -> Manuscript:
    """Put the texts behind one another, in order, and carry asides and headings along."""
    starts: list[int] = []
    asides: list[Stretch] = []
    headings: list[Stretch] = []
    offset = 0
    for source in sources:
        starts.append(offset)
        limit = len(source.text)
        asides += _shifted(((aside.start, aside.end) for aside in source.asides), offset, limit)
        headings += _shifted(((heading.start, heading.end) for heading in source.headings), offset, limit)
        offset += limit + len(SEPARATOR)
    text = SEPARATOR.join(plain_view(source) for source in sources)
    return Manuscript(tuple(sources), text, tuple(starts), merge(asides), merge(headings))


def _shifted(stretches: Iterable[Stretch], offset: int, limit: int) -> Iterator[Stretch]:
    for start, end in stretches:
        if 0 <= start < min(end, limit):
            yield start + offset, min(end, limit) + offset


def merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sort stretches and join those that overlap or touch."""
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def remaining(start: int, end: int, taken: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of `start:end` once the sorted stretches `taken` are cut out."""
    for cut_start, cut_end in taken[max(0, bisect_right(taken, (start, start)) - 1) :]:
        if cut_start >= end:
            break
        if cut_start > start:
            yield start, cut_start
        start = max(start, cut_end)
    if start < end:
        yield start, end


class Stretches:
    """Sorted, disjoint stretches that answer which of them, if any, holds an offset."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]

    def index_at(self, offset: int) -> int | None:
        """The index of the stretch that holds the offset."""
        index = bisect_right(self._starts, offset) - 1
        return index if index >= 0 and offset < self._ends[index] else None
