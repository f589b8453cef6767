"""What is said aloud: an utterance without its marks and without the narration between its pieces."""

from dataclasses import dataclass
from itertools import pairwise

from ...reading.index import Index
from ...reading.model import Unit
from .speakers import own_segments
from .stretches import WORD
from .subject import Subject

Piece = tuple[int, int]
_PAIRS = ("“”", "„“", "«»", "»«", "‘’", '""', "''", "「」", "『』")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One speech: its unit and the quoted stretches of it, in order."""

    unit: Unit
    pieces: tuple[Piece, ...]
    words: tuple[str, ...]

    @property
    def start(self) -> int:
        """Where its first word stands."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.pieces[-1][1]


def utterance(index: Index, unit: Unit) -> Utterance:
    """The speech of a unit, without the pieces that somebody else says in the same paragraph."""
    pieces = tuple(
        piece
        for segment in own_segments(index, unit)
        if (piece := _bare(index.text, segment.start, segment.end))
    )
    words = tuple(WORD.findall(" ".join(index.text[start:end] for start, end in pieces).lower()))
    return Utterance(unit, pieces, words)


def _bare(text: str, start: int, end: int) -> Piece | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def is_torn(index: Index, said: Utterance) -> bool:
    """Whether two pieces stand side by side without a word between: those are two speakers' lines."""
    gaps = pairwise(said.pieces)
    return any(not WORD.search(index.text[before[1] : after[0]]) for before, after in gaps)


def is_sure(subject: Subject, unit: Unit) -> bool:
    """Whether the source itself says that the character speaks: a label, its name or the narrator's "I"."""
    if subject.shape_at(subject.index.segments[unit.segments[0]].start) in ("chat", "sheet"):
        return True
    return unit.tag_kind == "name" or (unit.tag_kind == "first" and subject.narrates)


def spoken_by(subject: Subject, confidence: float) -> list[Utterance]:
    """The character's own speeches, in order."""
    spoken = (utterance(subject.index, unit) for unit in subject.lines(confidence))
    return [item for item in spoken if item.pieces and not is_torn(subject.index, item)]


def marks_of(index: Index, said: Utterance) -> str:
    """The pair of quotation marks the source puts around a speech; straight ones when it uses none."""
    segment = next(iter(own_segments(index, said.unit)))
    opener = index.text[segment.outer_start : segment.outer_start + 1]
    return next((pair for pair in _PAIRS if pair[0] == opener), '""')
