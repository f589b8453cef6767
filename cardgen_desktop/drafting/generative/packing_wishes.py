"""What each share of a pack asks for, in order: descriptions, own lines, relations, aims, time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ...domain.evidence_pack import PassageAspect
from ...reading.model import Unit
from ..extractive.cast import people_around
from ..extractive.speakers import own_segments
from ..extractive.subject import Subject
from ..extractive.utterances import utterance
from ..verify import fold
from .packing_book import Book
from .packing_candidates import Candidate, CandidateReader
from .packing_ties import OWN_CONFIDENCE

QUOTAS = {"appearance": 30, "personality": 25, "background": 20}
RELATED, PARTS = 5, 5
RELATION_GAIN, GOAL_GAIN = 0.5, 1.0
CONTEXT_LETTERS, LINE_LETTERS = 240, 500
STYLE_LINES, STYLE_WORDS = 8, range(5, 41)

Wish = Sequence[int]
"""Numbers of pieces that are wanted together, the one that matters first."""


class Wishes:
    """The wishes of one character."""

    def __init__(self, book: Book, subject: Subject) -> None:
        self._book, self._subject = book, subject
        self._candidates = CandidateReader(book, subject).read()

    def by_aspect(self) -> dict[PassageAspect, Iterator[Wish]]:
        """Every share's wishes, the most wanted first."""
        return {
            "description": self._descriptions(),
            "lines": self._lines(),
            "relationships": self._relations(),
            "goals": self._single(self._candidates.values(), "goals", GOAL_GAIN),
            "timeline": self._timeline(),
        }

    def own_pages(self, letters: int) -> Iterator[Wish]:
        """The sheets and wiki pages about the character, each whole, up to so many letters."""
        pieces = self._book.pieces.all
        for source, person in sorted(self._subject.index.about.items()):
            page = [piece for piece in pieces if piece.source == source]
            letters -= sum(piece.letters for piece in page) if person == self._subject.id else 0
            if person == self._subject.id and letters >= 0:
                yield from ((piece.id,) for piece in page)

    def rest(self) -> Iterator[Wish]:
        """Whatever else may tell of the character, the most telling first."""
        return ((each.piece.id,) for each in _ranked(self._candidates.values()))

    def own_lines(self) -> tuple[str, ...]:
        """A few lines the character says, for the style of speech, in order of the text."""
        text = self._subject.index.text
        lines = (utterance(self._subject.index, unit) for unit in self._ranked_lines())
        fitting = [said for said in lines if said.pieces and len(said.words) in STYLE_WORDS][:STYLE_LINES]
        return tuple(
            fold(" ".join(text[start:end] for start, end in said.pieces))
            for said in sorted(fitting, key=lambda said: said.start)
        )

    def _single(self, candidates: Iterable[Candidate], aspect: str, gain: float) -> Iterator[Wish]:
        """The candidates that tell of an aspect, each alone."""
        telling = [each for each in candidates if each.told[aspect]]
        ranked = sorted(telling, key=lambda each: (-each.worth - gain * each.told[aspect], each.piece.id))
        return ((each.piece.id,) for each in ranked)

    def _descriptions(self) -> Iterator[Wish]:
        """Looks, nature and past in turn by their quotas, each piece for what it tells most of."""
        parts: dict[str, list[Candidate]] = {aspect: [] for aspect in QUOTAS}
        for each in self._candidates.values():
            best = max(QUOTAS, key=lambda aspect: each.told[aspect])
            if each.told[best]:
                parts[best].append(each)
        queues = {aspect: iter(_ranked(part)) for aspect, part in parts.items()}
        used = dict.fromkeys(queues, 0)
        while queues:
            aspect = min(queues, key=lambda each: used[each] / QUOTAS[each])
            wanted = next(queues[aspect], None)
            used[aspect] += 1
            if wanted is None:
                del queues[aspect]
            else:
                yield (wanted.piece.id,)

    def _relations(self) -> Iterator[Wish]:
        """Pieces that name one of the people named most beside the character, in turn."""
        people = people_around(self._subject)[:RELATED]
        return _in_turn([list(self._relations_with(person.id)) for person in people])

    def _relations_with(self, person: int) -> Iterator[Wish]:
        index = self._subject.index
        starts = (index.mentions[number].start for number in index.characters[person].mentions)
        named = {piece.id for start in starts if (piece := self._book.pieces.at(start))}
        both = (self._candidates[number] for number in sorted(named) if number in self._candidates)
        ranked = sorted(
            both, key=lambda each: (-each.worth - RELATION_GAIN * each.told["relationships"], each.piece.id)
        )
        return ((each.piece.id,) for each in ranked)

    def _timeline(self) -> Iterator[Wish]:
        """The most telling pieces of each equal part of the sources, in turn."""
        parts: list[list[Candidate]] = [[] for _ in range(PARTS)]
        for each in self._candidates.values():
            parts[each.piece.id * PARTS // len(self._book.pieces)].append(each)
        return _in_turn([[(each.piece.id,) for each in _ranked(part)] for part in parts])

    def _lines(self) -> Iterator[Wish]:
        return (wish for unit in self._ranked_lines() if (wish := self._line(unit)))

    def _ranked_lines(self) -> list[Unit]:
        units = self._subject.lines(OWN_CONFIDENCE)
        return sorted(units, key=lambda unit: (-self._line_worth(unit), unit.id))

    def _line_worth(self, unit: Unit) -> float:
        found = (self._candidates.get(number) for number in self._line(unit)[:1])
        return max((each.worth for each in found if each), default=0.0)

    def _line(self, unit: Unit) -> Wish:
        """The pieces of a line, the best worth first, and the piece before, which it may answer."""
        numbers: list[int] = []
        for segment in own_segments(self._subject.index, unit):
            numbers += self._book.pieces.between(segment.start, segment.end)
        kept, letters = list[int](), 0
        for number in dict.fromkeys(numbers):
            letters += self._book.pieces[number].letters
            if kept and letters > LINE_LETTERS:
                break
            kept.append(number)
        return (*kept, *self._context(kept[0])) if kept else ()

    def _context(self, number: int) -> Wish:
        pieces, before = self._book.pieces, number - 1
        fits = before >= 0 and pieces[before].source == pieces[number].source
        if fits and pieces[before].sentence >= 0 and pieces[before].letters <= CONTEXT_LETTERS:
            return (before,)
        return ()


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (-each.worth, each.piece.id))


def _in_turn(queues: Sequence[Sequence[Wish]]) -> Iterator[Wish]:
    for row in zip_longest(*queues):
        yield from (wish for wish in row if wish is not None)
