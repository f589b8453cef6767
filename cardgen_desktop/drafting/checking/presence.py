"""Where in the sources everybody is, and which words keep whose company."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from .references import References

ABOUT = 0.35
CLOSE_QUALITY = 0.8
PRIOR = 0.5
MOST = 2.0
FEWEST_SENTENCES = 5


class Presence:
    """Sentences by the people they are about, with the sentences beside them."""

    def __init__(self, references: References) -> None:
        self.corpus = references.corpus
        characters = references.index.characters
        count = len(references.index.sentences)
        self._near: list[set[int]] = [set() for _ in range(count)]
        for sentence in range(count):
            for weight, number in references.focus(sentence):
                if weight >= ABOUT and characters[number].kind != "nominal":
                    for there in range(max(0, sentence - 1), min(count, sentence + 2)):
                        self._near[there].add(number)
        self._sizes: Counter[int] = Counter(number for near in self._near for number in near)

    def lifts(
        self, words: Iterable[tuple[float, dict[str, float]]], who: frozenset[int]
    ) -> tuple[float, float]:
        """How much oftener than by chance words stand near somebody: for `who`, and for the best other.

        `words` are weights with the stems that may say a word. Natural logarithms, from -2 to 2.
        """
        sums: dict[int, float] = defaultdict(float)
        total = 0.0
        for weight, stems in words:
            total += weight
            met, everywhere = self._met(stems)
            if not everywhere:
                continue
            for number, size in self._sizes.items():
                if size >= FEWEST_SENTENCES or number in who:
                    share = PRIOR * size / len(self._near)
                    lift = math.log((met.get(number, 0.0) + share) / ((everywhere + PRIOR) * 2 * share))
                    sums[number] += weight * max(-MOST, min(MOST, lift))
        if not total:
            return 0.0, 0.0
        own = max((sums[each] / total for each in who if each in sums), default=-1.0)
        return own, max((value / total for each, value in sums.items() if each not in who), default=0.0)

    def _met(self, stems: dict[str, float]) -> tuple[dict[int, float], float]:
        """How often words stand near everybody, and how often at all."""
        met: dict[int, float] = defaultdict(float)
        everywhere = 0.0
        for stem, quality in stems.items():
            if quality >= CLOSE_QUALITY:
                for sentence in self.corpus.having(stem):
                    everywhere += quality
                    for number in self._near[sentence]:
                        met[number] += quality
        return met, everywhere
