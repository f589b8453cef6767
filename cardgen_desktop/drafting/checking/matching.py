"""Finds the passages of the sources that say what a claim says, and how much of it they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .corpus import Corpus
from .numerals import numerals
from .references import UNKNOWN, References

WINDOW = 3
CANDIDATES = 48
SECOND_PLACE = 0.95
WIDER = 0.98
FREQUENT_SHARE = 0.12
WORTH_A_LOOK = 0.3


@dataclass(slots=True)
class Term:
    """A word, name or number of a claim; `required` ones must stand in a passage.

    `stems` may say it, with how well. `ids` are the people a name means, `value` is what a number means.
    """

    stem: str
    weight: float
    start: int
    end: int
    stems: dict[str, float]
    ids: frozenset[int] = frozenset()
    required: bool = False
    value: float | None = None


@dataclass(slots=True)
class Window:
    """Neighbouring sentences and what of a claim they hold: for each term how well, and where."""

    sentences: tuple[int, ...]
    hits: dict[int, tuple[float, int, int]]
    coverage: float
    owners: dict[int, float] = field(default_factory=dict)
    tie: float = 1.0

    @property
    def score(self) -> float:
        """How well the window carries the claim, said of whom it is said of."""
        return self.coverage * self.tie


class Matcher:
    """Answers for the terms of a claim with windows of the sources, the best first."""

    def __init__(self, corpus: Corpus, references: References) -> None:
        self.corpus = corpus
        self.references = references

    def windows(self, terms: Sequence[Term], first: Iterable[int] = ()) -> list[Window]:
        """The windows that hold most of the terms; `first` are sentences to look at in any case."""
        scores: dict[int, float] = defaultdict(float)
        frequent = FREQUENT_SHARE * self.corpus.size if self.corpus.size > 400 else self.corpus.size + 1
        for term in terms:
            for sentence, quality in self._postings(term, frequent).items():
                scores[sentence] += term.weight * quality
        # A neighbour helps, so that two sentences that share a claim are seen before one that repeats a word.
        ranked = sorted(
            scores,
            key=lambda each: scores[each] + 0.5 * (scores.get(each - 1, 0.0) + scores.get(each + 1, 0.0)),
            reverse=True,
        )
        centres = dict.fromkeys([*first, *ranked[:CANDIDATES]])
        hits: dict[int, dict[int, tuple[float, int, int]]] = {}
        seen: dict[tuple[int, ...], Window] = {}
        for centre in centres:
            for sentences in self._around(centre):
                if sentences not in seen:
                    seen[sentences] = self._window(sentences, terms, hits)
        return sorted(seen.values(), key=lambda window: -window.coverage)

    def _postings(self, term: Term, frequent: float) -> dict[int, float]:
        found: dict[int, float] = {}
        for stem, quality in term.stems.items():
            sentences = self.corpus.having(stem)
            if len(sentences) <= frequent:
                for sentence in sentences:
                    if quality > found.get(sentence, 0.0):
                        found[sentence] = quality
        return found

    def _around(self, centre: int) -> list[tuple[int, ...]]:
        near = tuple(self.corpus.neighbours(centre, 1))
        place = near.index(centre)
        runs = {(centre,), near[place:], near[: place + 1], near}
        return list(runs)

    def _window(
        self,
        sentences: tuple[int, ...],
        terms: Sequence[Term],
        hits: dict[int, dict[int, tuple[float, int, int]]],
    ) -> Window:
        best: dict[int, tuple[float, int, int]] = {}
        for sentence in sentences:
            if sentence not in hits:
                hits[sentence] = self._hits(sentence, terms)
            for number, hit in hits[sentence].items():
                if hit[0] > best.get(number, (0.0,))[0]:
                    best[number] = hit
        return Window(sentences, best, covered(best, terms) * WIDER ** (len(sentences) - 1))

    def _hits(self, sentence: int, terms: Sequence[Term]) -> dict[int, tuple[float, int, int]]:
        """For each term how well a sentence has it, with the sentence and the place."""
        found: dict[int, tuple[float, int, int]] = {}
        tokens = self.corpus.tokens(sentence)
        there = self.corpus.index.sentences[sentence]
        for number, term in enumerate(terms):
            if term.value is not None:
                hit = self._counted(sentence, term.value)
                if hit:
                    found[number] = hit
                continue
            for token in tokens:
                quality = term.stems.get(token.stem, 0.0)
                if quality > found.get(number, (0.0,))[0]:
                    found[number] = (quality, sentence, token.start)
            if term.ids:
                hit = self._named(sentence, there.start, there.end, term)
                if hit and hit[0] > found.get(number, (0.0,))[0]:
                    found[number] = hit
        return found

    def _named(self, sentence: int, start: int, end: int, term: Term) -> tuple[float, int, int] | None:
        for mention in self.corpus.mentions(start, end):
            if mention.character in term.ids:
                return 1.0, sentence, mention.start
        for reference in self.references.of(sentence):
            if reference.character in term.ids and reference.strength >= 0.4:
                return 0.9, sentence, reference.at
        return None

    def _counted(self, sentence: int, value: float) -> tuple[float, int, int] | None:
        """Where a sentence states a number; a plain *a* is no one."""
        for each in numerals(self.corpus.tokens(sentence), self.corpus.words, counting=True):
            if each.value == value:
                return 1.0, sentence, each.start
        return None

    def tie(self, window: Window, terms: Sequence[Term], who: frozenset[int]) -> None:
        """Say of whom the matched words are said, and how far that is `who`."""
        total = 0.0
        owners: dict[int, float] = defaultdict(float)
        for number, (quality, sentence, at) in window.hits.items():
            weight = terms[number].weight * quality
            total += weight
            for character, strength in self.references.owners(sentence, at).items():
                owners[character] += weight * strength
        window.owners = (
            {character: strength / total for character, strength in owners.items()} if total else {}
        )
        own = max((window.owners.get(each, 0.0) for each in who), default=0.0)
        rival = max(
            (strength for each, strength in window.owners.items() if each not in who and each != UNKNOWN),
            default=0.0,
        )
        window.tie = tie_of(own, rival)


def tie_of(own: float, rival: float) -> float:
    """How far a passage may be taken to speak of somebody, 0 to 1."""
    if own >= 0.5 and own >= rival - 0.25:
        return 1.0
    if own >= 0.35 and own >= rival - 0.35:
        return 0.9
    if own >= 0.25 and rival < 0.6:
        return 0.8
    return 0.35 + 0.4 * own


def covered(hits: dict[int, tuple[float, int, int]], terms: Sequence[Term]) -> float:
    """The share of a claim's weight that hits hold."""
    total = sum(term.weight for term in terms)
    return sum(terms[number].weight * hit[0] for number, hit in hits.items()) / total if total else 0.0
