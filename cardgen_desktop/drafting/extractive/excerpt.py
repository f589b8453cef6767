"""Cutting a sentence down to what a card needs: still contiguous words of the source, but a clean piece."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

OPENERS = "\"“„«»‘「『'"
CLOSERS = "\"”“»«’」』'"
PAIRS = {"“": "”", "„": "“", "«": "»", "»": "«", "‘": "’", "「": "」", "『": "』", '"': '"', "'": "'"}
LONG_WORDS = 50
MOST_WORDS = 56
MOST_PARTS = 40
HEAD_GAIN = 1.5
SHORT_WORDS = 6
_JOINTS = re.compile(r";\s+|:\s+|\s*(?:—|--|–)\s*")
_TRAILING = re.compile(r"[\s;:,—–-]+$")
_LEADING = re.compile(
    r"(?:and|but|or|for|so|und|aber|denn|et|mais|car|y|pero|e|ma|mas|и|но|а)\s+", re.IGNORECASE
)
_NOTE_MARKS = re.compile(r"(?:\s*\[\d{1,3}\])+\s*$")
_WORDS = re.compile(r"\S+")
_COMMA = re.compile(r",\s+(?=(?:and|but|und|aber|et|mais|y|pero|e|ma|mas|и|но)\s)")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A contiguous piece of the text; `head` and `tail` say that words before or after it were left out."""

    start: int
    end: int
    head: bool = False
    tail: bool = False


def cut(text: str, start: int, end: int, weight: Callable[[str], float]) -> Excerpt:
    """The sentence at `start:end` without stray quotation marks, cut to its telling clauses when it is long.

    `weight` tells how much a piece of text says; the clauses that say most are kept.
    """
    start, end = strip_marks(text, start, end)
    end -= text[end - 1] in ",;"
    if len(_WORDS.findall(text, start, end)) <= LONG_WORDS:
        return Excerpt(start, end)
    parts = _clauses(text, start, end)
    best = max(_runs(text, parts), key=lambda run: _worth(text, run, start, weight), default=(start, end))
    first, stop = best
    if stop < end and (trailing := _TRAILING.search(text, first, stop)):
        stop = trailing.start()
    if first > start and (leading := _LEADING.match(text, first, stop)):
        first = leading.end()
    return Excerpt(first, stop, best[0] > start, best[1] < end)


def cut_tail(text: str, start: int, end: int) -> Excerpt:
    """The sentence without stray quotation marks, and without its last clauses when it is long."""
    start, end = strip_marks(text, start, end)
    if len(_WORDS.findall(text, start, end)) <= LONG_WORDS:
        return Excerpt(start, end)
    runs = [run for run in _runs(text, _clauses(text, start, end)) if run[0] == start]
    stop = max((last for _, last in runs), default=end)
    trailing = _TRAILING.search(text, start, stop) if stop < end else None
    return Excerpt(start, trailing.start() if trailing else stop, tail=stop < end)


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The pieces between joints; where there are none, between commas that precede a conjunction."""
    for joints in (_JOINTS, _COMMA):
        edges = [start]
        for found in joints.finditer(text, start, end):
            edges.append(found.end())
        edges.append(end)
        if len(edges) > 2:
            return [(first, last) for first, last in pairwise(edges) if last > first]
    return [(start, end)]


def _runs(text: str, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    parts = parts[:MOST_PARTS]
    runs = [
        (parts[first][0], parts[last][1]) for first in range(len(parts)) for last in range(first, len(parts))
    ]
    fitting = [run for run in runs if SHORT_WORDS <= len(_WORDS.findall(text, *run)) <= MOST_WORDS]
    return [run for run in fitting if is_whole(text[run[0] : run[1]])]


def _worth(text: str, run: tuple[int, int], start: int, weight: Callable[[str], float]) -> tuple[float, int]:
    words = len(_WORDS.findall(text, *run))
    return weight(text[run[0] : run[1]]) / (6 + words**0.75) * (HEAD_GAIN if run[0] == start else 1.0), -run[
        0
    ]


def strip_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out white space, dashes before, note marks behind, and quotation marks without a partner."""
    while start < end and (text[start].isspace() or text[start] in "—–-"):
        start += 1
    note = _NOTE_MARKS.search(text[start:end])
    end = start + note.start() if note else end
    while end > start and text[end - 1].isspace():
        end -= 1
    piece = text[start:end]
    while piece and piece[0] in OPENERS and not _closed(piece):
        start += 1
        piece = piece[1:]
    while piece and piece[-1] in CLOSERS and not _opened(piece):
        end -= 1
        piece = piece[:-1]
    if len(piece) > 2 and piece[0] in OPENERS and piece[-1] == PAIRS[piece[0]] and _single(piece):
        return start + 1, end - 1
    return start, end


def _closed(piece: str) -> bool:
    return PAIRS[piece[0]] in piece[1:]


def _opened(piece: str) -> bool:
    return any(opener in piece[:-1] for opener, closer in PAIRS.items() if closer == piece[-1])


def _single(piece: str) -> bool:
    """Whether the outer marks are one pair, not the first and last of several."""
    return piece[0] not in piece[1:-1] and piece[-1] not in piece[1:-1]


def is_whole(piece: str) -> bool:
    """Whether quotation marks and brackets in a piece have their partners."""
    pairs = ("“”", "«»", "()", "[]")
    return piece.count('"') % 2 == 0 and all(piece.count(pair[0]) == piece.count(pair[1]) for pair in pairs)
