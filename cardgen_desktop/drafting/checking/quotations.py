"""Looks for quoted words in the sources: letter by letter, or nearly so (offline-drafter.md section 7)."""

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from ...reading.model import Unit
from .corpus import Corpus

QUOTED_WORDS = 4
NEAR, NEAR_CANDIDATES = 0.88, 6
SURE = 0.7
LONGEST = 2_000
MOST_PLACES = 50
_RUN = re.compile(r"[^\W_]+")
QUOTED = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]|「([^「」]+)」|(?<!\w)‘([^‘]+?)’(?!\w)"
)


class Quote(NamedTuple):
    """Quoted words in a claim."""

    text: str
    start: int
    end: int


def quotes_in(text: str) -> list[Quote]:
    """The quoted pieces of a text that are long enough to be somebody's words."""
    found = []
    for match in QUOTED.finditer(text):
        group = match.lastindex or 0
        if len(_RUN.findall(match[group])) >= QUOTED_WORDS:
            found.append(Quote(match[group], match.start(group), match.end(group)))
    return found


class QuoteFinder:
    """Finds words in the joined text, comparing letters and digits only."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    @cached_property
    def _letters(self) -> "tuple[str, array[int], array[int]]":
        """All letters and digits; where each run of them begins among these, and in the text."""
        pieces, places, offsets = [], array("L"), array("L")
        size = 0
        for run in _RUN.finditer(self.corpus.index.text):
            piece = run[0].casefold()
            pieces.append(piece)
            places.append(size)
            offsets.append(run.start())
            size += len(piece)
        return "".join(pieces), places, offsets

    def places(self, quote: str) -> Iterator[tuple[int, int]]:
        """Where a quote stands, as offsets of the joined text; it begins and ends with whole words."""
        wanted = "".join(_RUN.findall(quote[:LONGEST])).casefold()
        if not wanted:
            return
        letters, places, offsets = self._letters
        at, count = letters.find(wanted), 0
        while at >= 0 and count < MOST_PLACES:
            first = bisect_right(places, at) - 1
            last = bisect_right(places, at + len(wanted) - 1) - 1
            following = places[last + 1] if last + 1 < len(places) else len(letters)
            if places[first] == at and following == at + len(wanted):
                count += 1
                yield offsets[first], offsets[last] + following - places[last]
            at = letters.find(wanted, at + 1)

    def near(self, quote: str) -> tuple[int, int, float] | None:
        """The stretch of the sources that is nearly the quote, with how nearly."""
        words = [
            token
            for token in self.corpus.words.tokens(quote[:LONGEST])
            if not self.corpus.words.is_stop(token)
        ]
        votes: Counter[int] = Counter()
        for token in words:
            sentences = self.corpus.having(token.stem)
            if len(sentences) <= max(50, self.corpus.size // 10):
                votes.update(sentences)
        best: tuple[int, int, float] | None = None
        for sentence, _ in votes.most_common(NEAR_CANDIDATES):
            found = self._closest(quote[:LONGEST], sentence)
            if best is None or found[2] > best[2]:
                best = found
        return best if best and best[2] >= NEAR else None

    def _closest(self, quote: str, sentence: int) -> tuple[int, int, float]:
        """The words of a sentence and the next that are most like a quote."""
        text = self.corpus.index.text
        last = max(self.corpus.neighbours(sentence, 2))
        start, end = self.corpus.index.sentences[sentence].start, self.corpus.index.sentences[last].end
        runs = list(_RUN.finditer(text, start, min(end, start + 2 * LONGEST)))
        theirs, own = [run[0].casefold() for run in runs], [run.casefold() for run in _RUN.findall(quote)]
        blocks = [
            block
            for block in SequenceMatcher(None, theirs, own, autojunk=False).get_matching_blocks()
            if block.size
        ]
        if not blocks:
            return start, end, 0.0
        first = max(0, blocks[0].a - blocks[0].b)
        limit = min(len(runs), blocks[-1].a + blocks[-1].size + len(own) - blocks[-1].b - blocks[-1].size)
        ratio = SequenceMatcher(None, "".join(theirs[first:limit]), "".join(own), autojunk=False).ratio()
        return runs[first].start(), runs[limit - 1].end(), ratio

    def speaker(self, start: int, end: int) -> Unit | None:
        """The utterance that holds a stretch."""
        for segment in self.corpus.index.segments:
            if segment.outer_start <= start and end <= segment.outer_end + 1:
                return self.corpus.index.units[segment.unit]
            if segment.outer_start > start:
                return None
        return None
