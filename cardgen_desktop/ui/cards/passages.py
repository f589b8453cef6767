"""Prepares a piece of a source for reading: hard line breaks mended, cut ends said, the mark kept. No Qt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s+(?=\S)|\n")
_CLOSED = tuple(".!?…\"'”’»)")

WRAPPED_WIDTH = 100
"""Where no line is longer, lines were broken by a margin and are joined again."""
SHORT_LINE = 40
"""A line shorter than this ended by itself: verse, a chat, a list."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to show, its paragraphs separated by one newline, and what is marked in it."""

    text: str
    mark_start: int
    mark_end: int


def readable(text: str, mark_start: int, mark_end: int) -> Reading:
    """Fold white space inside paragraphs, as books are printed, and move the mark with its words."""
    out: list[str] = []
    length, places = 0, [0, 0]
    for start, end, gap in _runs(text):
        for number, place in enumerate((mark_start, mark_end)):
            if place >= start:
                places[number] = length + min(place, end) - start
        out.append(text[start:end] + gap)
        length += end - start + len(gap)
    joined = "".join(out).rstrip()
    begin, stop = (min(place, len(joined)) for place in places)
    stop = begin + len(joined[begin:stop].rstrip())
    return Reading(joined, begin, max(begin, stop))


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches without white space, each with what follows it in print."""
    wrapped = _is_wrapped(text)
    begin = len(text) - len(text.lstrip())
    for match in _SPACE.finditer(text, begin):
        yield begin, match.start(), "\n" if _ends_paragraph(text, match, wrapped) else " "
        begin = match.end()
    if begin < len(text):
        yield begin, len(text), ""


def _is_wrapped(text: str) -> bool:
    """Whether the lines of a text were broken by a margin; its first line may be cut and tells least."""
    lines = [len(line.strip()) for line in text.splitlines()]
    broken = [length for length, following in pairwise(lines) if length and following]
    if not broken or max(lines) > WRAPPED_WIDTH:
        return False
    return median(broken[1:] or broken) >= SHORT_LINE


def _ends_paragraph(text: str, space: re.Match[str], wrapped: bool) -> bool:
    if "\n" not in space.group():
        return False
    if not wrapped or _BLANK_LINE.search(space.group()):
        return True
    begin = text.rfind("\n", 0, space.start())
    return begin >= 0 and space.start() - begin - 1 < SHORT_LINE


def shortened(text: str, mark_start: int, mark_end: int, around: int = 220) -> Reading:
    """The marked words with about `around` characters on both sides, cut between sentences where one ends."""
    whole = readable(text, mark_start, mark_end)
    text, first, last = whole.text, whole.mark_start, whole.mark_end
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= first - around // 2), default=0)
    if first - start > 2 * around:
        start = _word_after(text, first - around)
    stop = min((end for end in ends if end >= last + around // 2), default=len(text))
    if stop - last > 2 * around:
        stop = _word_after(text, last + around)
    if not start and not _begins(text):
        start = min(first, _word_after(text, 0))  # the piece was cut inside a word
    if stop == len(text) and text[-1:].isalpha():
        stop = max(last, text.rfind(" ", 0, stop))
    before = "…" if start else ""
    behind = "" if stop == len(text) and text[-1:] in _CLOSED else "\u00a0…"
    shown = text[start:stop].rstrip()
    shift = len(before) - start
    return Reading(before + shown + behind, first + shift, last + shift)


def _begins(text: str) -> bool:
    """Whether a text seems to start with a sentence and not inside one."""
    return not text or not text[0].isalpha() or text[0].isupper()


def _word_after(text: str, offset: int) -> int:
    match = _SPACE.search(text, max(0, offset))
    return match.end() if match else len(text)


def paragraph_bounds(text: str, start: int, end: int, around: int) -> tuple[int, int]:
    """A window of about `around` characters on both sides of a span, widened to whole paragraphs."""
    first = text.rfind("\n\n", 0, max(0, start - around))
    last = text.find("\n\n", min(len(text), end + around))
    return (0 if first < 0 else first + 2), (len(text) if last < 0 else last)
