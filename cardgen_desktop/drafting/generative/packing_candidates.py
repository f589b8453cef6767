"""Pieces that may tell of a character, each with how surely and how much of every aspect.

The wide tier of offline-drafter.md 4.1 and, below it, what stands near: the lines around a sentence that is
surely about the character often describe it without naming it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..extractive.aspects import density
from ..extractive.stretches import words_of
from ..extractive.subject import Subject
from ..packs import ASPECTS
from .packing_pieces import Piece, Pieces

NEAR, NEAR_PIECES = 0.25, 3
NEAR_LOSS = 0.8
SURE = 0.5
EARLY_GAIN, EARLY_SPAN = 4.0, 60.0
COPULA_GAIN = 1.25
LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece: `about` is how surely it tells of the character, `scores` how wanted it is by aspect."""

    piece: Piece
    about: float
    words: tuple[str, ...]
    scores: dict[str, float]
    worth: float


def read_candidates(subject: Subject, pieces: Pieces) -> dict[int, Candidate]:
    """The candidates of a character by number of the piece, in order of the text."""
    about = _about(subject, pieces)
    found: dict[int, Candidate] = {}
    rank = 0
    for number in sorted(about):
        piece = pieces[number]
        words = words_of(subject.index.text[piece.start : piece.end])
        if words and piece.sentence >= 0:
            scores = _scores(subject, words, about[number], rank)
            worth = sum(scores.values()) + 0.01 * about[number]
            found[number] = Candidate(piece, about[number], words, scores, worth)
        rank += about[number] >= SURE
    return found


def named_in(subject: Subject, pieces: Pieces) -> list[int]:
    """The pieces that name the character, in order, each once."""
    found = (pieces.at(mention.start) for mention in subject.mentions)
    return list(dict.fromkeys(piece.id for piece in found if piece is not None))


def _about(subject: Subject, pieces: Pieces) -> dict[int, float]:
    about: dict[int, float] = {}
    for focus in subject.index.focus_of(subject.id, "wide"):
        for number in pieces.of_sentence[focus.sentence]:
            about[number] = max(focus.weight, about.get(number, 0.0))
    for number in named_in(subject, pieces):
        about[number] = max(SURE, about.get(number, 0.0))
    for number in [number for number, value in about.items() if value >= SURE]:
        _raise_near(pieces, number, about)
    return about


def _raise_near(pieces: Pieces, number: int, about: dict[int, float]) -> None:
    for away in range(1, NEAR_PIECES + 1):
        for other in (number - away, number + away):
            same = 0 <= other < len(pieces) and pieces[other].source == pieces[number].source
            value = NEAR * NEAR_LOSS ** (away - 1)
            if same and value > about.get(other, 0.0):
                about[other] = value


def _scores(subject: Subject, words: Sequence[str], about: float, rank: int) -> dict[str, float]:
    pack = subject.pack
    early = 1 + EARLY_GAIN * math.exp(-rank / EARLY_SPAN)
    stated = any(
        verb in pack.copulas and following in pack.copula_objects for verb, following in pairwise(words)
    )
    factor = about * early * (COPULA_GAIN if stated else 1.0) / density(len(words))
    factor *= 1.0 if len(words) >= LEAST_WORDS else 0.5
    return {aspect: pack.tells(words, aspect) * factor for aspect in ASPECTS}
