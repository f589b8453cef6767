"""Chapters that one of the characters tells: *Jonathan Harker's Journal*, *Henry Jekyll's Full Statement*.

The reading knows one narrator for a whole set. Where a heading names a character and the "I" of what follows
is common, that I is the character.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...reading.model import Paragraph
from ..extractive.stretches import segments_between, words_of
from ..extractive.subject import Subject
from .packing_pieces import Pieces

FIRST_PERSON_SHARE = 0.012
LEAST_NAME = 3


def narrated_by(subject: Subject, pieces: Pieces, words: Sequence[Sequence[str]]) -> set[int]:
    """The pieces in which the character says I as the teller of a chapter."""
    aliases = (alias for alias in subject.character.aliases if len(alias) >= LEAST_NAME)
    names = {name for alias in aliases if (name := words_of(alias))}
    told: set[int] = set()
    for title, numbers in _chapters(subject, pieces):
        if any(_holds(title, name) for name in names):
            own = [number for number in numbers if _says_i(subject, pieces, words, number)]
            length = sum(len(words[number]) for number in numbers)
            if length and len(own) > FIRST_PERSON_SHARE * length:
                told.update(own)
    return told


def _chapters(subject: Subject, pieces: Pieces) -> Iterator[tuple[Sequence[str], range]]:
    """The words of every heading, and the pieces up to the next."""
    index = subject.index
    headings = [each for each in index.paragraphs if each.heading]
    end = Paragraph(-1, len(index.text), len(index.text), -1)
    for heading, following in pairwise([*headings, end]):
        yield words_of(index.text[heading.start : heading.end]), pieces.between(heading.end, following.start)


def _holds(title: Sequence[str], name: Sequence[str]) -> bool:
    bare = [word.removesuffix("'s").removesuffix("’s") for word in title]
    return any(tuple(bare[at : at + len(name)]) == tuple(name) for at in range(len(bare)))


def _says_i(subject: Subject, pieces: Pieces, words: Sequence[Sequence[str]], number: int) -> bool:
    if subject.pack.first_person.isdisjoint(words[number]):
        return False
    piece = pieces[number]
    return not any(True for _ in segments_between(subject.index, piece.start, piece.end))
