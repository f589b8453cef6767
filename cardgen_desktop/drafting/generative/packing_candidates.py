"""Pieces that may tell of a character, with what each tells and how much it is worth.

The worth is a sum of weighted signs: how the piece is tied to the character, whose words it is in, what its
words tell of, how early it stands, how rare its words are. The weights are those of a logistic regression on
facts about people of several books, each book judged by the weights of the others; what a piece costs of the
budget counts against it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..extractive.aspects import density
from ..extractive.stretches import people_between, segments_between
from ..extractive.subject import Subject
from ..packs import ASPECTS
from .packing_book import Book
from .packing_pieces import Piece
from .packing_ties import SURE, Ties, read_ties

LETTERS_WEIGHT = 0.6
EARLY, EARLIEST = 60.0, 15.0
SHORT_WORDS = 5
FULL_DENSITY = 6.0
WEIGHTS = {
    "focus": 0.8, "wide": 0.7, "named": 0.5, "nominal": 0.3, "told": 1.2, "rival": -1.3,
    "beside": 0.3, "near": -0.4, "farther": -0.9, "far": -1.1, "off": -2.0,
    "quoted": 0.75, "own": 0.2, "own_i": 0.2, "own_stated": 1.0, "called": -0.7,
    "appearance": 0.75, "personality": 0.4, "background": 0.45, "relationships": 0.45, "goals": 0.2,
    "subject": 0.6, "person": 0.4, "stated": 0.35, "habit": 0.2, "question": -0.6, "others": 0.05,
    "length": 0.35, "short": -1.5, "rare": 0.55, "rarest": -0.2, "early": 2.4, "earliest": 0.5,
}  # fmt: skip

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece: `told` is how much it tells of every aspect, `worth` how wanted it is."""

    piece: Piece
    tie: float
    told: dict[str, float]
    worth: float


class CandidateReader:
    """Weighs the pieces of one character."""

    def __init__(self, book: Book, subject: Subject) -> None:
        self._book, self._subject = book, subject
        self.ties: Ties = read_ties(book, subject)

    def read(self) -> dict[int, Candidate]:
        """The candidates by number of the piece, in order of the text."""
        found = {}
        for number, signs in self.signs():
            piece = self._book.pieces[number]
            worth = sum(WEIGHTS.get(sign, 0.0) * value for sign, value in signs.items())
            worth -= LETTERS_WEIGHT * math.log(piece.letters)
            told = {aspect: signs[aspect] for aspect in ASPECTS}
            found[number] = Candidate(piece, self._tie(number), told, worth)
        return found

    def signs(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Every piece that may tell of the character, with its signs."""
        rank = 0
        for number in self.ties.reached(len(self._book.pieces)):
            words = self._book.words[number]
            if not words or self._book.pieces[number].sentence < 0:
                continue
            yield (
                number,
                {
                    **self._tied(number),
                    **self._voiced(number, words),
                    **self._told(words),
                    **self._worded(number, words),
                    "early": math.exp(-rank / EARLY),
                    "earliest": math.exp(-rank / EARLIEST),
                },
            )
            rank += self.ties.focus.get(number, 0.0) >= SURE

    def _tie(self, number: int) -> float:
        ties = self.ties
        fixed = 0.6 if number in ties.named or number in ties.nominal or number in ties.told else 0.0
        return max(fixed, ties.focus.get(number, 0.0), ties.wide.get(number, 0.0))

    def _tied(self, number: int) -> dict[str, float]:
        ties, focus = self.ties, self.ties.focus.get(number, 0.0)
        free = not focus and number not in ties.wide
        away = ties.away(number) if free else 0
        piece = self._book.pieces[number]
        rival = self._book.strength.beside(piece.sentence, self._subject.id)
        return {
            "focus": focus,
            "wide": float(number in ties.wide),
            "named": float(number in ties.named),
            "nominal": float(free and number in ties.nominal),
            "told": float(number in ties.told),
            "beside": float(away == 1),
            "near": float(away in (2, 3)),
            "farther": float(away in (4, 5, 6)),
            "far": float(7 <= away <= 12),
            "off": float(away > 12),
            "rival": max(0.0, rival - focus),
        }

    def _voiced(self, number: int, words: Words) -> dict[str, float]:
        piece, index, pack = self._book.pieces[number], self._subject.index, self._subject.pack
        inside = segments_between(index, piece.start, piece.end)
        spoken = sum(min(piece.end, each.outer_end) - max(piece.start, each.outer_start) for each in inside)
        quoted, own = spoken / (piece.end - piece.start), number in self.ties.own
        first = own and not pack.first_person.isdisjoint(words)
        stated = first and any(a in pack.first_person and b in pack.self_verbs for a, b in pairwise(words))
        return {
            "quoted": quoted,
            "own": float(own),
            "own_i": float(first),
            "own_stated": float(stated),
            "called": float(quoted > 0.5 and not own and number in self.ties.named),
        }

    def _told(self, words: Words) -> dict[str, float]:
        scale = FULL_DENSITY / density(len(words))
        return {aspect: self._subject.pack.tells(words, aspect) * scale for aspect in ASPECTS}

    def _worded(self, number: int, words: Words) -> dict[str, float]:
        subject, pack, rarity = self._subject, self._subject.pack, self._book.rarity
        piece, rare = self._book.pieces[number], [rarity[word] for word in words]
        text = subject.index.text[max(piece.start, piece.end - 4) : piece.end]
        return {
            "subject": float(not (subject.subjects | subject.possessives).isdisjoint(words)),
            "person": float(not (pack.persons | pack.kinds).isdisjoint(words)),
            "stated": float(any(a in pack.copulas and b in pack.copula_objects for a, b in pairwise(words))),
            "habit": float(not pack.habits.isdisjoint(words)),
            "question": float("?" in text or "？" in text),
            "length": math.log(len(words)),
            "short": float(len(words) < SHORT_WORDS),
            "rare": sum(rare) / len(rare),
            "rarest": max(rare),
            "others": min(2.0, len(people_between(subject.index, piece.start, piece.end) - {subject.id})),
        }
