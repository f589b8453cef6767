"""Where everybody is named: how far from a passage, how often around it, and who comes next."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter

from .corpus import Corpus

FAR = 400
BEFORE, SOON, MOST_NEW = 40, 150, 5
COMPANY, FADING = 25, 8.0
PEOPLE = frozenset({"named", "narrator"})


class Whereabouts:
    """The mentions of one corpus by sentence; asked for every passage that is weighed."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index = corpus.index
        self._places: dict[frozenset[int], list[int]] = {}

    def places_of(self, who: frozenset[int]) -> list[int]:
        """The sentences that name somebody, in order."""
        known = self._places.get(who)
        if known is None:
            mentions = [each for number in who for each in self.index.characters[number].mentions]
            starts = {self.index.mentions[each].start for each in mentions}
            known = self._places[who] = sorted({self.corpus.sentence_at(start) for start in starts})
        return known

    def distances(self, who: frozenset[int], first: int, last: int) -> tuple[int, int]:
        """How many sentences before and behind a stretch somebody is named, at most `FAR`; 0 inside it."""
        places = self.places_of(who)
        low, high = bisect_left(places, first), bisect_right(places, last)
        if high > low:
            return 0, 0
        before = first - places[low - 1] if low else FAR
        after = places[high] - last if high < len(places) else FAR
        return min(FAR, before), min(FAR, after)

    def around(self, first: int, last: int, reach: int) -> Counter[int]:
        """How often everybody is named within so many sentences of a stretch."""
        start = self.index.sentences[max(0, first - reach)].start
        end = self.index.sentences[min(len(self.index.sentences) - 1, last + reach)].end
        return Counter(each for each in self._named(start, end))

    def company(self, first: int, last: int) -> dict[int, float]:
        """How much everybody is named around a stretch, the nearer the more."""
        sentences = self.index.sentences
        low, high = max(0, first - COMPANY), min(len(sentences) - 1, last + COMPANY)
        found: dict[int, float] = {}
        for mention in self.corpus.mentions(sentences[low].start, sentences[high].end):
            number = mention.character
            if number is not None and self.index.characters[number].kind in PEOPLE:
                there = self.corpus.sentence_at(mention.start)
                apart = max(0, first - there, there - last)
                found[number] = found.get(number, 0.0) + math.exp(-apart / FADING)
        return found

    def newcomers(self, first: int, last: int) -> list[int]:
        """Those named soon behind a stretch but not shortly before it or in it, in order.

        A book mostly describes somebody before it names him.
        """
        sentences = self.index.sentences
        start, middle = sentences[max(0, first - BEFORE)].start, sentences[last].end
        end = sentences[min(len(sentences) - 1, last + SOON)].end
        known = set(self._named(start, middle))
        fresh: list[int] = []
        for number in self._named(middle, end):
            if number not in known:
                known.add(number)
                fresh.append(number)
                if len(fresh) == MOST_NEW:
                    break
        return fresh

    def _named(self, start: int, end: int) -> list[int]:
        characters = self.index.characters
        numbers = [each.character for each in self.corpus.mentions(start, end)]
        return [each for each in numbers if each is not None and characters[each].kind in PEOPLE]
