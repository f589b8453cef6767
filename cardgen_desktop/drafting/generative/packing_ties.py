"""How every piece of the text is tied to a character, from its name in it down to standing near."""

from bisect import bisect_left
from dataclasses import dataclass

from ..extractive.subject import Subject
from .packing_book import Book
from .packing_narrators import narrated_by

SURE = 0.5
REACH = 12
RUN_UP = 160
"""So many pieces before the name is told first may tell of the character: a stranger comes to the inn, is
described, stays and drinks, and only chapters later somebody calls him by his name."""
OWN_CONFIDENCE = 0.8


@dataclass(slots=True)
class Ties:
    """The ties of one character by number of the piece.

    `focus` is that of the reading, `wide` its uncertain part, `sure` the pieces that are about the character
    beyond doubt, in order; `own` are those the character says, `nominal` those that speak of it by a noun,
    `told` those it tells as the "I" of a chapter.
    """

    focus: dict[int, float]
    wide: dict[int, float]
    named: set[int]
    nominal: set[int]
    told: set[int]
    own: set[int]
    sure: list[int]

    def away(self, number: int) -> int:
        """How many pieces lie between this one and the nearest sure one, plus one; 0 for a sure one."""
        position = bisect_left(self.sure, number)
        around = self.sure[max(0, position - 1) : position + 1]
        return min((abs(each - number) for each in around), default=REACH + 1)

    def reached(self, pieces: int) -> list[int]:
        """Every piece that may tell of the character, in order: tied, near, or before the first mention."""
        found = self.focus.keys() | self.wide.keys() | self.named | self.own
        found |= {each for number in self.sure for each in range(number - REACH, number + REACH + 1)}
        if self.named:
            found |= set(range(min(self.named) - RUN_UP, min(self.named)))
        return sorted(number for number in found if 0 <= number < pieces)


def read_ties(book: Book, subject: Subject) -> Ties:
    """The ties of a character."""
    focus = _focus(book, subject, "strict")
    wide = {number: weight for number, weight in _focus(book, subject, "wide").items() if number not in focus}
    starts = (book.pieces.at(mention.start) for mention in subject.mentions)
    named = {piece.id for piece in starts if piece is not None and piece.sentence >= 0}
    nominal = book.nominals.meaning(subject)
    told = narrated_by(subject, book.pieces, book.words)
    certain = {number for number, weight in focus.items() if weight >= SURE} | told
    return Ties(focus, wide, named, nominal, told, _own(book, subject), sorted((certain or named) | nominal))


def _focus(book: Book, subject: Subject, tier: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for focus in subject.index.focus.of(subject.id, tier):
        for number in book.pieces.of_sentence[focus.sentence]:
            found[number] = max(focus.weight, found.get(number, 0.0))
    return found


def _own(book: Book, subject: Subject) -> set[int]:
    index = subject.index
    segments = (index.segments[number] for unit in subject.lines(OWN_CONFIDENCE) for number in unit.segments)
    return {number for each in segments for number in book.pieces.between(each.start, each.end)}
