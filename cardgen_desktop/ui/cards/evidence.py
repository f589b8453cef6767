"""Finds drafted sentences again in edited text, so that untouched ones keep their evidence. No Qt in here.

The texts of a field's records joined give the field as it was drafted (domain/evidence.py). After edits the
parts before the first and behind the last change are placed by comparison with that draft; what lies between
is matched in order for the greatest length, and only then out of order, for sentences that were moved.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...domain.evidence import Evidence

Verdict = Literal["supported", "inferred", "unsupported", "yours", "none"]

VERDICT_OF_KIND: dict[str, Verdict] = {
    "verbatim": "supported",
    "adapted": "supported",
    "computed": "inferred",
    "template": "none",
}
MAX_OCCURRENCES = 60
"""A phrase found more often than this in one field is matched at its first places only."""
MIN_MOVED_LENGTH = 16
"""Shorter pieces are not looked for out of order: they are found anywhere by chance."""

_TITLES = frozenset(("mr", "mrs", "ms", "dr", "st", "messrs", "capt", "col", "rev"))
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]*]*(?=\s|$)|(?<=[。！？])|\n")
_LAST_WORD = re.compile(r"(\w+)\W*$")


@dataclass(frozen=True, slots=True)
class Located:
    """A stretch of the edited text, in Python offsets; without a record it is the person's own words."""

    start: int
    end: int
    record: Evidence | None

    @property
    def verdict(self) -> Verdict:
        """How the stretch is underlined."""
        if self.record is None:
            return "yours"
        return self.record.verdict or VERDICT_OF_KIND[self.record.kind]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A record with its place in the draft, white space at its ends left out."""

    record: Evidence
    start: int
    end: int
    text: str


def locate(text: str, records: Sequence[Evidence]) -> list[Located]:
    """Where each record stands in `text`, in text order, and between them the person's own sentences."""
    pieces, draft = _pieces(records)
    found = _unchanged(text, draft, pieces)
    found |= _in_order(text, pieces, found)
    found |= _moved(text, pieces, found)
    located = [Located(start, end, pieces[index].record) for index, (start, end) in found.items()]
    located.sort(key=lambda place: place.start)
    return sorted([*located, *_own_words(text, located)], key=lambda place: place.start)


def _pieces(records: Sequence[Evidence]) -> tuple[list[_Piece], str]:
    pieces, parts, offset = [], [], 0
    for record in records:
        text = plain_newlines(record.text)
        parts.append(text)
        core = text.strip()
        if core:
            start = offset + text.index(core)
            pieces.append(_Piece(record, start, start + len(core), core))
        offset += len(text)
    return pieces, "".join(parts)


def plain_newlines(text: str) -> str:
    """The text as an editor shows it: every kind of line break is one newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


Places = dict[int, tuple[int, int]]


def _unchanged(text: str, draft: str, pieces: Sequence[_Piece]) -> Places:
    """Pieces before the first and behind the last difference between the draft and the text."""
    head = common_prefix(draft, text)
    tail = common_suffix(draft[head:], text[head:])
    shift = len(text) - len(draft)
    found: Places = {}
    for index, piece in enumerate(pieces):
        if piece.end <= head:
            place, touched = (piece.start, piece.end), piece.end == head
        elif piece.start >= len(draft) - tail:
            place, touched = (piece.start + shift, piece.end + shift), piece.start == len(draft) - tail
        else:
            continue
        if draft == text or not touched or _stands_alone(text, *place):
            found[index] = place
    return found


def common_prefix(one: str, other: str) -> int:
    """Length of the common beginning, by bisection: comparing slices is far faster than characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(one: str, other: str) -> int:
    """Length of the common ending."""
    return common_prefix(one[::-1], other[::-1])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no word runs across an end of the stretch, as it does after "kind" grew into "kindly"."""
    joined_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    joined_behind = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not joined_before and not joined_behind


def _occurrences(text: str, piece: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(MAX_OCCURRENCES):
        start = text.find(piece, start, end)
        if start < 0:
            return
        if _stands_alone(text, start, start + len(piece)):
            yield start, start + len(piece)
        start += 1


@dataclass(frozen=True, slots=True)
class _Chain:
    """A row of matches that do not overlap: the last one, what went before, and the length covered."""

    covered: int
    place: tuple[int, int]
    index: int
    before: "_Chain | None"


def _in_order(text: str, pieces: Sequence[_Piece], found: Places) -> Places:
    """The longest cover of the changed middle by the pieces that are missing, in their order."""
    missing = [index for index in range(len(pieces)) if index not in found]
    if not missing:
        return {}
    start = max((end for index, (_, end) in found.items() if index < missing[0]), default=0)
    end = min((begin for index, (begin, _) in found.items() if index > missing[-1]), default=len(text))
    ends: list[int] = []  # with `best` a staircase: chains that reach further cover more
    best: list[_Chain] = []
    for index in missing:
        chains = [
            _extended(place, index, ends, best)
            for place in _occurrences(text, pieces[index].text, start, end)
        ]
        for chain in chains:
            _offer(chain, ends, best)
    return dict(_links(best[-1] if best else None))


def _extended(place: tuple[int, int], index: int, ends: list[int], best: list[_Chain]) -> _Chain:
    step = bisect_right(ends, place[0]) - 1
    before = best[step] if step >= 0 else None
    return _Chain((before.covered if before else 0) + place[1] - place[0], place, index, before)


def _offer(chain: _Chain, ends: list[int], best: list[_Chain]) -> None:
    """Keep a chain unless another one reaches no further and covers as much; drop those it beats."""
    end = chain.place[1]
    step = bisect_right(ends, end) - 1
    if step >= 0 and best[step].covered >= chain.covered:
        return
    first = bisect_left(ends, end)
    last = first
    while last < len(ends) and best[last].covered <= chain.covered:
        last += 1
    ends[first:last] = [end]
    best[first:last] = [chain]


def _links(chain: _Chain | None) -> Iterator[tuple[int, tuple[int, int]]]:
    while chain is not None:
        yield chain.index, chain.place
        chain = chain.before


def _moved(text: str, pieces: Sequence[_Piece], found: Places) -> Places:
    """Whole sentences that now stand somewhere else."""
    taken = sorted(found.values())
    moved: Places = {}
    for index, piece in enumerate(pieces):
        if index in found or len(piece.text) < MIN_MOVED_LENGTH:
            continue
        for place in _occurrences(text, piece.text, 0, len(text)):
            at = bisect_left(taken, place)
            free_before = at == 0 or taken[at - 1][1] <= place[0]
            if free_before and (at == len(taken) or place[1] <= taken[at][0]):
                taken.insert(at, place)
                moved[index] = place
                break
    return moved


def _own_words(text: str, located: Sequence[Located]) -> Iterator[Located]:
    """Sentences in the gaps that hold at least one letter or digit."""
    offset = 0
    for start, end in [*((place.start, place.end) for place in located), (len(text), len(text))]:
        if start > offset:
            yield from (Located(begin, stop, None) for begin, stop in sentences(text, offset, start))
        offset = max(offset, end)


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of a stretch, without the white space around them and without those that hold no word."""
    begin = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if not _is_title(text, begin, match):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _is_title(text: str, begin: int, match: re.Match[str]) -> bool:
    word = _LAST_WORD.search(text, max(begin, match.start() - 12), match.start())
    return match.group() == "." and word is not None and word.group(1).lower() in _TITLES


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    core = piece.strip()
    if any(character.isalnum() for character in core):
        start += piece.index(core)
        yield start, start + len(core)


def at(located: Sequence[Located], offset: int) -> Located | None:
    """The stretch under a cursor; between two that touch, the one that begins there."""
    step = bisect_right([place.start for place in located], offset) - 1
    if step >= 0 and located[step].start <= offset <= located[step].end:
        return located[step]
    return None


def next_without_support(located: Sequence[Located], offset: int) -> Located | None:
    """The next sentence that no source stands behind, after `offset`, then from the top."""
    own = [place for place in located if place.verdict in ("yours", "unsupported")]
    return next((place for place in own if place.start > offset), own[0] if own else None)


def tally(located: Sequence[Located]) -> dict[Verdict, int]:
    """How many stretches carry each verdict, for the legend; "none" is left out."""
    counts: dict[Verdict, int] = {}
    for place in located:
        if place.verdict != "none":
            counts[place.verdict] = counts.get(place.verdict, 0) + 1
    return counts


_ITEM = re.compile(r"^(first_mes$|alternate_greetings\[|character_book\.entries\[)")


def records_for(evidence: Mapping[str, Sequence[Evidence]], path: str, text: str) -> tuple[Evidence, ...]:
    """The records of a field, looked for under its neighbours' paths too.

    Greetings and lorebook entries are known by their number; after reordering, the records that fit a text
    best may be stored under another number.
    """
    own = tuple(evidence.get(path, ()))
    own_fit = _fit(text, own)
    if not _ITEM.match(path) or own_fit >= len(text) // 2 > 0:
        return own
    fits = {key: _fit(text, records) for key, records in evidence.items() if _same_list(path, key)}
    best = max(fits, key=lambda key: fits[key], default=path)
    return tuple(evidence[best]) if fits.get(best, 0) > max(own_fit, len(text) // 4) else own


def _same_list(path: str, key: str) -> bool:
    return path.startswith("character_book.") == key.startswith("character_book.") and bool(_ITEM.match(key))


def _fit(text: str, records: Sequence[Evidence]) -> int:
    """Characters of the records' own sentences that occur in the text, whatever the order."""
    return sum(
        len(record.text)
        for record in records
        if record.kind != "template" and record.text.strip() and record.text.strip() in text
    )


class Utf16Map:
    """Python offsets against QTextDocument positions, which count UTF-16 units: an emoji is two of them."""

    def __init__(self, text: str) -> None:
        self._wide = [] if text.isascii() else [i for i, mark in enumerate(text) if ord(mark) > 0xFFFF]
        self._wide_positions = [offset + before for before, offset in enumerate(self._wide)]

    def position(self, offset: int) -> int:
        """The document position of a Python offset."""
        return offset + bisect_left(self._wide, offset)

    def offset(self, position: int) -> int:
        """The Python offset of a document position; inside a pair it is the pair's own offset."""
        return position - bisect_left(self._wide_positions, position)
