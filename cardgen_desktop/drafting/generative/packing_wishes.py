"""What each share of a pack asks for, in order: descriptions, own lines, relations, aims, time."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from ...domain.evidence_pack import PassageAspect
from ...reading.model import Unit
from ..extractive.aspects import density
from ..extractive.cast import people_around
from ..extractive.speakers import own_segments
from ..extractive.stretches import words_of
from ..extractive.subject import Subject
from ..extractive.utterances import utterance
from ..packs import ASPECTS
from ..verify import fold
from .packing_candidates import Candidate
from .packing_pieces import Pieces
from .packing_shares import Wish, by_worth

QUOTAS = (("appearance", 30), ("personality", 25), ("background", 20))
RELATED, PARTS = 5, 5
OWN_CONFIDENCE = 0.8
STYLE_LINES, STYLE_WORDS = 8, range(5, 41)
CONTEXT_LETTERS, LINE_LETTERS = 240, 500


class Wishes:
    """The wishes of one character."""

    def __init__(self, subject: Subject, pieces: Pieces, candidates: Mapping[int, Candidate]) -> None:
        self._subject, self._pieces = subject, pieces
        self._candidates = candidates

    def by_aspect(self) -> dict[PassageAspect, Iterator[Wish]]:
        """Every share's wishes, the most wanted first."""
        return {
            "description": self._descriptions(),
            "lines": self._lines(),
            "relationships": self._relations(),
            "goals": self._of("goals"),
            "timeline": self._timeline(),
        }

    def rest(self) -> Iterator[Wish]:
        """Whatever else may tell of the character, the most telling first."""
        ranked = sorted(self._candidates.values(), key=lambda each: (-each.worth, each.piece.id))
        return ((each.piece.id,) for each in ranked)

    def _of(self, aspect: str) -> Iterator[Wish]:
        return ((each.piece.id,) for each in by_worth(self._candidates.values(), aspect))

    def _descriptions(self) -> Iterator[Wish]:
        queues = {aspect: self._of(aspect) for aspect, _ in QUOTAS}
        used = dict.fromkeys(queues, 0)
        quotas = dict(QUOTAS)
        while queues:
            aspect = min(queues, key=lambda each: used[each] / quotas[each])
            wish = next(queues[aspect], None)
            if wish is None:
                del queues[aspect]
                continue
            used[aspect] += 1
            yield wish

    def _relations(self) -> Iterator[Wish]:
        """Sentences that name one of the five people named most beside the character, in turn."""
        people = people_around(self._subject)[:RELATED]
        return _in_turn([self._relations_with(person.id) for person in people])

    def _relations_with(self, person: int) -> list[Wish]:
        index = self._subject.index
        mentions = (index.mentions[number] for number in index.characters[person].mentions)
        found = {piece.id for mention in mentions if (piece := self._pieces.at(mention.start))}
        both = [self._candidates[number] for number in sorted(found) if number in self._candidates]
        ranked = sorted(
            both, key=lambda each: (-each.scores["relationships"] - 0.1 * each.worth, each.piece.id)
        )
        return [(each.piece.id,) for each in ranked]

    def _timeline(self) -> Iterator[Wish]:
        """The most telling piece of each fifth of the sources, in turn."""
        parts: list[list[Candidate]] = [[] for _ in range(PARTS)]
        for each in self._candidates.values():
            parts[min(PARTS - 1, each.piece.id * PARTS // len(self._pieces))].append(each)
        ranked = (sorted(part, key=lambda each: (-each.worth, each.piece.id)) for part in parts)
        return _in_turn([[(each.piece.id,) for each in part] for part in ranked])

    def _lines(self) -> Iterator[Wish]:
        return (wish for unit in self._ranked_lines() if (wish := self._line(unit)))

    def own_lines(self) -> tuple[str, ...]:
        """A few lines the character says, as a card would show them, in order of the text."""
        lines = (utterance(self._subject.index, unit) for unit in self._ranked_lines())
        fitting = [said for said in lines if len(said.words) in STYLE_WORDS and said.pieces][:STYLE_LINES]
        text = self._subject.index.text
        return tuple(
            fold(" ".join(text[start:end] for start, end in said.pieces))
            for said in sorted(fitting, key=lambda said: said.start)
        )

    def _ranked_lines(self) -> list[Unit]:
        units = self._subject.lines(OWN_CONFIDENCE)
        return sorted(units, key=lambda unit: (-self._line_value(unit), unit.id))

    def _line_value(self, unit: Unit) -> float:
        """How much a line tells of who says it."""
        pack, index = self._subject.pack, self._subject.index
        segments = own_segments(index, unit)
        words = words_of(" ".join(index.text[each.start : each.end] for each in segments))
        own = 1.0 if not pack.first_person.isdisjoint(words) else 0.3
        told = sum(pack.tells(words, aspect) for aspect in ASPECTS)
        return own * (1 + told) / density(len(words)) * unit.confidence

    def _line(self, unit: Unit) -> Wish:
        """The pieces of a line, and the one before when it is another's."""
        segments = list(own_segments(self._subject.index, unit))
        numbers: list[int] = []
        for segment in segments:
            numbers += self._pieces.between(segment.start, segment.end)
        kept, letters = list[int](), 0
        for number in dict.fromkeys(numbers):
            letters += self._pieces[number].letters
            if kept and letters > LINE_LETTERS:
                break
            kept.append(number)
        return (*kept, *self._context(kept[0])) if kept else ()

    def _context(self, number: int) -> Wish:
        before = number - 1
        fits = before >= 0 and self._pieces[before].source == self._pieces[number].source
        if fits and self._pieces[before].sentence >= 0 and self._pieces[before].letters <= CONTEXT_LETTERS:
            return (before,)
        return ()


def _in_turn(queues: list[list[Wish]]) -> Iterator[Wish]:
    for row in zip_longest(*queues):
        yield from (wish for wish in row if wish is not None)
