"""Stretches of the text: their words, who is named in them, which speech they hold."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ...reading.index import Index
from ...reading.model import Segment
from ..verify import fold

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|(?:(?![{_UNSPACED}])[^\W\d_])+(?:['’-][^\W\d_]+)*")
"""A word; of scripts without spaces two signs, which is about what a word has."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case."""
    return tuple(WORD.findall(text.lower()))


def fold_keeping_paragraphs(text: str) -> str:
    """Fold white space; blank lines stay as one blank line."""
    return "\n\n".join(folded for part in re.split(r"\n\s*\n", text) if (folded := fold(part)))


def segments_between(index: Index, start: int, end: int) -> Iterator[Segment]:
    """The quoted segments that overlap a stretch, in order."""
    position = bisect_right(index.segments, start, key=lambda segment: segment.outer_end)
    while position < len(index.segments) and index.segments[position].outer_start < end:
        yield index.segments[position]
        position += 1


def people_between(index: Index, start: int, end: int) -> frozenset[int]:
    """Who is named in a stretch; places do not count."""
    found = set()
    position = bisect_left(index.mentions, start, key=lambda mention: mention.start)
    while position < len(index.mentions) and index.mentions[position].start < end:
        number = index.mentions[position].character
        if number is not None and index.characters[number].kind in ("named", "narrator"):
            found.add(number)
        position += 1
    return frozenset(found)
