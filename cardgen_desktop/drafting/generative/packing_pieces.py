"""The smallest stretches that are packed: sentences, long ones cut where they pause, and headings."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ...reading.index import Index

MOST_LETTERS = 420
PAUSES = (re.compile(r"[;:—]+[\"'”’»)]*\s+|[；：]"), re.compile(r",[\"'”’»)]*\s+|[，、]"), re.compile(r"\s+"))
LEAST_SHARE = 0.4
MOST_GAP = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the combined text inside one paragraph; `sentence` is -1 for a heading.

    `gap` counts the characters between it and the piece before.
    """

    id: int
    start: int
    end: int
    sentence: int
    paragraph: int
    source: int
    gap: int

    @property
    def is_heading(self) -> bool:
        """Whether it names what follows it."""
        return self.sentence < 0

    @property
    def letters(self) -> int:
        """What it takes of a budget: its length and the space before it, which a merged passage holds too."""
        return self.end - self.start + min(self.gap, MOST_GAP)


class Pieces:
    """Every piece of an index in order of the text, found by number, sentence or offset."""

    def __init__(self, index: Index) -> None:
        self.all: list[Piece] = []
        self.of_sentence: list[range] = []
        for start, end, sentence, paragraph in _stretches(index):
            source = index.paragraphs[paragraph].source
            first = len(self.all)
            for piece_start, piece_end in _cut(index.text, start, end):
                gap = piece_start - (self.all[-1].end if self.all else 0)
                number = len(self.all)
                self.all.append(Piece(number, piece_start, piece_end, sentence, paragraph, source, gap))
            if sentence >= 0:
                self.of_sentence.append(range(first, len(self.all)))
        self._starts = [piece.start for piece in self.all]

    def __getitem__(self, number: int) -> Piece:
        return self.all[number]

    def __len__(self) -> int:
        return len(self.all)

    def at(self, offset: int) -> Piece | None:
        """The piece that holds an offset of the combined text."""
        position = bisect_right(self._starts, offset) - 1
        if position < 0 or offset >= self.all[position].end:
            return None
        return self.all[position]

    def between(self, start: int, end: int) -> range:
        """The numbers of the pieces that overlap a stretch."""
        first = max(0, bisect_right(self._starts, start) - 1)
        if first < len(self.all) and self.all[first].end <= start:
            first += 1
        last = first
        while last < len(self.all) and self.all[last].start < end:
            last += 1
        return range(first, last)


def _stretches(index: Index) -> Iterator[tuple[int, int, int, int]]:
    """Headings and sentences in order: start, end, sentence or -1, paragraph."""
    headings = [(each.start, each.end, -1, each.id) for each in index.paragraphs if each.heading]
    sentences = [(each.start, each.end, each.id, each.paragraph) for each in index.sentences]
    yield from sorted(headings + sentences)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch in pieces of fair length, cut at the strongest pause in the last part of each."""
    while end - start > MOST_LETTERS:
        stop = _pause(text, start, start + MOST_LETTERS)
        yield start, start + len(text[start:stop].rstrip())
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _pause(text: str, start: int, limit: int) -> int:
    least = start + int((limit - start) * LEAST_SHARE)
    for pattern in PAUSES:
        found = [match.end() for match in pattern.finditer(text, least, limit)]
        if found:
            return found[-1]
    return limit
