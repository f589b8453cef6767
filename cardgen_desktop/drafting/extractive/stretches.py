"""Stretches of the text: their words, who is named in them, which speech they hold."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ...reading.index import Index
from ...reading.model import Paragraph, Segment
from ..verify import fold

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|(?:(?![{_UNSPACED}])[^\W\d_])+(?:['’-][^\W\d_]+)*")
"""A word; of scripts without spaces two signs, which is about what a word has."""

_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_LABEL_END = re.compile(r"\**[ \t]?(?:\([^)\n]{0,40}\))?[ \t]?[:：.]\**[ \t\u3000]*")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case."""
    return tuple(WORD.findall(text.lower()))


def fold_keeping_paragraphs(text: str) -> str:
    """Fold white space; blank lines stay as one blank line."""
    return "\n\n".join(folded for part in re.split(r"\n\s*\n", text) if (folded := fold(part)))


def lines_of(text: str, start: int, end: int, *, apart: bool) -> Iterator[tuple[int, int]]:
    """The lines of a stretch that hold something, or the whole stretch when they are not to stand apart."""
    for found in _LINE.finditer(text, start, end) if apart else ():
        yield found.span()
    if not apart:
        yield start, end


def text_start(index: Index, paragraph: Paragraph) -> int:
    """Where the words of a paragraph begin: behind the label of who speaks, if it has one."""
    position = bisect_left(index.mentions, paragraph.start, key=lambda mention: mention.start)
    for mention in index.mentions[position : position + 1]:
        if mention.label and mention.start < paragraph.end:
            found = _LABEL_END.match(index.text, mention.end, paragraph.end)
            return found.end() if found else paragraph.start
    return paragraph.start


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
