"""A set of sources as packing sees it: its pieces, their words, how rare each word is, whom nouns mean."""

import math
from collections import Counter
from functools import cached_property

from ...reading.index import Index
from ..extractive.stretches import words_of
from ..extractive.subject import Strength
from .packing_nominals import Nominals
from .packing_pieces import Pieces


class Book:
    """What is the same for every character of an index; built once, the costly parts when first asked for."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.pieces = Pieces(index)
        self.words = [words_of(index.text[piece.start : piece.end]) for piece in self.pieces.all]

    @cached_property
    def strength(self) -> Strength:
        """How much each sentence is about each person."""
        return Strength(self.index)

    @cached_property
    def nominals(self) -> Nominals:
        """Whom the nouns of the text mean."""
        return Nominals(self.index, self.pieces, self.words)

    @cached_property
    def rarity(self) -> dict[str, float]:
        """For every word the logarithm of the pieces by the pieces that hold it."""
        held = Counter(word for words in self.words for word in set(words))
        return {word: math.log(len(self.words) / count) for word, count in held.items()}

    @property
    def letters(self) -> int:
        """What all pieces take of a budget."""
        return sum(piece.letters for piece in self.pieces.all)
