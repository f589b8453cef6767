"""What people are called without their names, *the squire*, *the lawyer*, and whose words a chapter is.

Of several who bear a noun, it means the one named last before it.
"""

import re
from bisect import bisect_right

from .nominals import PEOPLE, bearers
from .whereabouts import Whereabouts

LONG_AGO, SOON = 150, 40
HEADING = 110
_OWN_WORDS = re.compile(
    r"\b(?:journal|diary|statement|narrative|narration|letter|account|confession|memorandum|log"
    r"|tagebuch|brief|bericht|aufzeichnungen|lettre|carta|diario|lettera|дневник|письмо)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")


class Roles:
    """The nouns of the people of one corpus."""

    def __init__(self, whereabouts: Whereabouts, nouns: dict[str, str]) -> None:
        self.whereabouts = whereabouts
        self.index = whereabouts.index
        self._bearers = bearers(whereabouts, nouns)
        self._starts, self._writers = self._sections()

    def bearer(self, noun: str, sentence: int) -> int | None:
        """Whom a noun with its article means at a sentence, or None when nobody near bears it."""
        best: tuple[int, int] | None = None
        for number in self._bearers.get(noun, ()):
            before, after = self.whereabouts.distances(frozenset({number}), sentence, sentence)
            distance = before if before <= LONG_AGO else LONG_AGO + after
            if (before <= LONG_AGO or after <= SOON) and (best is None or distance < best[0]):
                best = (distance, number)
        return None if best is None else best[1]

    def writer(self, offset: int) -> int | None:
        """Whose journal, letter or statement an offset stands in."""
        place = bisect_right(self._starts, offset) - 1
        return self._writers[place] if place >= 0 else None

    def _sections(self) -> tuple[list[int], list[int | None]]:
        starts: list[int] = []
        writers: list[int | None] = []
        for paragraph in self.index.paragraphs:
            short = paragraph.end - paragraph.start <= HEADING
            words = self.index.text[paragraph.start : paragraph.end] if short or paragraph.heading else ""
            writer = self._named_in(words) if _OWN_WORDS.search(words) else None
            if writer is not None or paragraph.heading:
                starts.append(paragraph.start)
                writers.append(writer)
        return starts, writers

    def _named_in(self, words: str) -> int | None:
        """Whom a heading names: the one with most of his names in it, then the one named oftenest."""
        there = {word.lower() for word in _WORD.findall(words)}
        best: tuple[int, int, int] | None = None
        for character in self.index.characters:
            if character.kind not in PEOPLE:
                continue
            names = {word.lower() for alias in character.aliases for word in _WORD.findall(alias)}
            shared = len(there & names)
            if shared:
                best = max(best or (0, 0, 0), (shared, len(character.mentions), character.id))
        return None if best is None else best[2]
