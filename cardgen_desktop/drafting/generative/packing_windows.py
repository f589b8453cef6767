"""Chosen pieces joined to passages: neighbours merged, ids in order of the text, exact slices of a source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...domain.evidence_pack import PackedPassage, PassageAspect
from ...reading.index import Index
from ..extractive.stretches import segments_between
from .packing_pieces import MOST_GAP, Piece, Pieces

MOST_LETTERS, LEAST_LETTERS = 700, 160
PASSAGES = 12
"""A small source still becomes several passages, so that each can be cited, or left out, alone."""
MESSAGE_ROOM = 1.6
"""How much longer a passage may become by the rest of a message."""

SPEAKER_CONFIDENCE = 0.8
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Pick:
    """Pieces taken for one reason; `rank` counts the picks before it."""

    pieces: tuple[int, ...]
    aspect: PassageAspect
    rank: int


@dataclass(slots=True)
class Window:
    """Neighbouring pieces of one source that become one passage; a label may stand at its beginning."""

    first: Piece
    last: Piece
    aspect: PassageAspect
    rank: int
    speakers: set[int] = field(default_factory=set)
    is_labelled: bool = False


def passages_of(index: Index, pieces: Pieces, picks: Sequence[Pick]) -> tuple[PackedPassage, ...]:
    """The passages of all picks in order of the text, with the ids S1, S2, …"""
    chosen: dict[int, Pick] = {}
    for pick in sorted(picks, key=lambda pick: pick.rank):
        for number in pick.pieces:
            chosen.setdefault(number, pick)
    letters = sum(pieces[number].letters for number in chosen)
    most = min(MOST_LETTERS, max(LEAST_LETTERS, letters // PASSAGES))
    windows = _windows(index, pieces, chosen, most)
    return tuple(_passage(index, window, f"S{number}") for number, window in enumerate(windows, 1))


def _windows(index: Index, pieces: Pieces, chosen: dict[int, Pick], most: int) -> Iterator[Window]:
    window: Window | None = None
    labels = set(_labelled(index, pieces))
    for number in sorted(chosen):
        piece, pick = pieces[number], chosen[number]
        speakers = _speakers(index, piece)
        if window and _joins(window, piece, speakers, most):
            window.last = piece
            window.speakers |= speakers
            if pick.rank < window.rank:
                window.rank, window.aspect = pick.rank, pick.aspect
            continue
        if window:
            yield window
        window = Window(piece, piece, pick.aspect, pick.rank, speakers, number in labels)
    if window:
        yield window


def _labelled(index: Index, pieces: Pieces) -> Iterator[int]:
    """The pieces that begin a paragraph with a label of its speaker in it."""
    paragraphs = {
        piece.paragraph for each in index.mentions if each.label and (piece := pieces.at(each.start))
    }
    before = -1
    for piece in pieces.all:
        if piece.paragraph != before and piece.paragraph in paragraphs:
            yield piece.id
        before = piece.paragraph


def _joins(window: Window, piece: Piece, speakers: set[int], most: int) -> bool:
    """Whether a piece goes on with a passage: of one speaker, or of several where each line has its label."""
    if piece.id != window.last.id + 1 or piece.source != window.last.source or piece.gap > MOST_GAP:
        return False
    if piece.is_heading and not window.last.is_heading:
        return False
    goes_on = window.is_labelled and piece.paragraph == window.last.paragraph
    fits = piece.end - window.first.start <= most * (MESSAGE_ROOM if goes_on else 1)
    return fits and (window.is_labelled or len(window.speakers | speakers) <= 1)


def _speakers(index: Index, piece: Piece) -> set[int]:
    units = (index.units[segment.unit] for segment in segments_between(index, piece.start, piece.end))
    return {
        unit.speaker if unit.speaker is not None and unit.confidence >= SPEAKER_CONFIDENCE else NOBODY
        for unit in units
    }


def _passage(index: Index, window: Window, name: str) -> PackedPassage:
    span = index.place(window.first.start, window.last.end)
    speaker = next(iter(window.speakers), NOBODY)
    return PackedPassage(
        id=name,
        source=span.source,
        start=span.start,
        end=span.end,
        text=index.sources[span.source].text[span.start : span.end],
        aspect=window.aspect,
        rank=window.rank,
        speaker=index.characters[speaker].name if speaker != NOBODY and len(window.speakers) == 1 else "",
    )
