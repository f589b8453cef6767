"""The sentences of a set by their words: built once, asked for every claim."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ...reading.index import Index
from ...reading.model import Mention
from .lexicon import Lexicon, Token, lexicon
from .negation import negated_places
from .related import related

PREFIX = 4
LIKE_SHARE = 0.6
EXACT, RELATED, LIKE = 1.0, 0.85, 0.75
SURE = 0.74
_SPELLED = re.compile(r"[^\W\d_]+")
RARE, COMMON, UNSEEN, LIGHT = 3.0, 1.0, 2.6, 0.4


class Corpus:
    """An inverted index over the stems of all sentences of an `Index`."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.words: Lexicon = lexicon(index.language)
        self.size = max(1, len(index.sentences))
        self._sentences: dict[str, list[int]] = defaultdict(list)
        self._tokens: dict[int, list[Token]] = {}
        self._negations: dict[int, list[int]] = {}
        self._related: dict[str, dict[str, float]] = {}
        for sentence in index.sentences:
            for stem in self.words.stems(index.text, sentence.start, sentence.end):
                self._sentences[stem].append(sentence.id)

    def tokens(self, sentence: int) -> list[Token]:
        """The words of a sentence."""
        known = self._tokens.get(sentence)
        if known is None:
            there = self.index.sentences[sentence]
            known = self._tokens[sentence] = self.words.tokens(self.index.text, there.start, there.end)
        return known

    def negations(self, sentence: int) -> list[int]:
        """The places of the words of a sentence that negate."""
        known = self._negations.get(sentence)
        if known is None:
            there = self.index.sentences[sentence]
            text = self.index.text[there.start : there.end]
            local = self.words.tokens(text)
            known = self._negations[sentence] = negated_places(text, local, self.words)
        return known

    def having(self, stem: str) -> Sequence[int]:
        """The sentences that hold a stem, in order."""
        return self._sentences.get(stem, ())

    def weight(self, stem: str) -> float:
        """How telling a word is: rare ones more, one that the sources never say as if it were rather rare."""
        count = len(self.having(stem))
        if not count:
            count = max((len(self.having(other)) for other in self.alternatives(stem)), default=0)
            if not count:
                return UNSEEN * (LIGHT if stem in self.words.light else 1.0)
        rarity = 1.0 - math.log(1 + count) / math.log(2 + self.size)
        return (COMMON + (RARE - COMMON) * max(0.0, rarity)) * (LIGHT if stem in self.words.light else 1.0)

    def rarity(self, stems: Mapping[str, float]) -> float:
        """The logarithm of how few sentences have what a word surely says."""
        counts = (len(self.having(other)) for other, quality in stems.items() if quality >= SURE)
        return math.log((1 + self.size) / (1 + max(counts, default=0)))

    def sentence_at(self, offset: int) -> int:
        """The sentence that an offset stands in, or the one before it."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def alternatives(self, stem: str) -> dict[str, float]:
        """The stems of the sources that may say the same, with how well: itself, related ones, like ones."""
        known = self._related.get(stem)
        if known is None:
            known = dict.fromkeys(self._alike(stem), LIKE)
            if self.words.code == "en":
                likely = related(stem).items()
                known = {other: how for other, how in likely if other in self._sentences} | known
            known |= {
                other: RELATED for other in self.words.related.get(stem, ()) if other in self._sentences
            }
            if stem in self._sentences:
                known[stem] = EXACT
            self._related[stem] = known
        return known

    def _alike(self, stem: str) -> Iterator[str]:
        """Stems with the same beginning: *agonis* and *agoni*."""
        for other in self._prefixes.get(stem[:PREFIX], ()) if len(stem) > PREFIX else ():
            shared = _shared(stem, other)
            if (
                shared >= PREFIX + 1
                and shared >= LIKE_SHARE * max(len(stem), len(other))
                and shared >= min(len(stem), len(other)) - 2
            ):
                yield other

    @cached_property
    def _prefixes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for stem in self._sentences:
            if len(stem) > PREFIX:
                found[stem[:PREFIX]].append(stem)
        return found

    def mentions(self, start: int, end: int) -> Iterator[Mention]:
        """The name mentions of known people and places between two offsets."""
        mentions = self.index.mentions
        position = bisect_left(self._mention_starts, start)
        while position < len(mentions) and mentions[position].start < end:
            if mentions[position].character is not None:
                yield mentions[position]
            position += 1

    @cached_property
    def _mention_starts(self) -> list[int]:
        return [mention.start for mention in self.index.mentions]

    @cached_property
    def spelled(self) -> Counter[str]:
        """How often the sources write each word exactly so."""
        return Counter(_SPELLED.findall(self.index.text))

    def holds_exactly(self, words: str) -> bool:
        """Whether words stand in the sources side by side with exactly these capitals."""
        parts = words.split()
        if any(part not in self.spelled for part in _SPELLED.findall(words)):
            return False
        pattern = r"\s+".join(re.escape(part) for part in parts)
        return len(parts) == 1 or re.search(rf"(?<!\w){pattern}(?!\w)", self.index.text) is not None

    def sentences_between(self, start: int, end: int) -> range:
        """The ids of the sentences that overlap a stretch of the joined text."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end)
        return range(first, max(first, last))

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.index.sentences]

    @cached_property
    def _ends(self) -> list[int]:
        return [sentence.end for sentence in self.index.sentences]

    def neighbours(self, sentence: int, reach: int) -> Iterable[int]:
        """A sentence with those around it in the same source."""
        sources = self.index.manuscript
        there = sources.source_at(self.index.sentences[sentence].start)
        for number in range(max(0, sentence - reach), min(len(self.index.sentences), sentence + reach + 1)):
            if sources.source_at(self.index.sentences[number].start) == there:
                yield number


def _shared(left: str, right: str) -> int:
    size = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        size += 1
    return size
