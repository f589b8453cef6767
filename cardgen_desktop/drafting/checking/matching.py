"""Finds the passages of the sources that say what a claim says, and how much of it they say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .corpus import Corpus
from .numerals import numerals
from .ownership import Ownership
from .references import STRANGERS, References

WINDOW = 3
CANDIDATES = 28
WIDER = 0.98
FREQUENT_SHARE = 0.12
ALMOST_AS_GOOD = 0.11
LETTERS_A_TERM, LEAST_DENSITY = 60, 0.75
TIES = ((0.7, 1.0, 1.0), (0.5, 0.2, 0.95), (0.35, 0.1, 0.85))
"""How surely somebody must own the matched words, how far a rival may lead, and what the tie is worth."""

RIVAL, UNNAMED, FAR, NOT_TIED = 0.5, 0.78, 0.6, 0.3


@dataclass(slots=True)
class Term:
    """A word, name or number of a claim; `required` ones must stand in a passage.

    `stems` may say it, with how well. `ids` are the people a name means, `value` is what a number means.
    `is_denied` says that the claim denies it.
    """

    stem: str
    weight: float
    start: int
    end: int
    stems: dict[str, float]
    ids: frozenset[int] = frozenset()
    required: bool = False
    value: float | None = None
    is_denied: bool = False


Sought = Mapping[str, Sequence[tuple[int, float]]]


class Hit(NamedTuple):
    """Where a passage has a term: how well, in which sentence, at which offset."""

    quality: float
    sentence: int
    at: int


@dataclass(slots=True)
class Window:
    """Neighbouring sentences and what of a claim they hold: for each term how well, and where."""

    sentences: tuple[int, ...]
    hits: dict[int, Hit]
    coverage: float
    owners: dict[int, float] = field(default_factory=dict)
    rival: float = 0.0
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
        self.ownership = Ownership(references)

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
        known: dict[int, dict[int, list[Hit]]] = {}
        sought = _sought(terms)
        seen: dict[tuple[int, ...], Window] = {}
        for centre in centres:
            for sentences in self._around(centre):
                if sentences not in seen:
                    seen[sentences] = self._window(sentences, terms, sought, known)
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
        sought: Sought,
        known: dict[int, dict[int, list[Hit]]],
    ) -> Window:
        found: dict[int, list[Hit]] = defaultdict(list)
        for sentence in sentences:
            if sentence not in known:
                known[sentence] = self._hits(sentence, terms, sought)
            for number, hits in known[sentence].items():
                found[number] += hits
        chosen = _together(found, terms)
        coverage = covered(chosen, terms) * WIDER ** (len(sentences) - 1) * _density(chosen, terms)
        return Window(sentences, chosen, coverage)

    def _hits(self, sentence: int, terms: Sequence[Term], sought: Sought) -> dict[int, list[Hit]]:
        """For each term where a sentence has it, and how well."""
        found: dict[int, list[Hit]] = defaultdict(list)
        tokens = self.corpus.tokens(sentence)
        there = self.corpus.index.sentences[sentence]
        for number, term in enumerate(terms):
            if term.value is None and not term.ids:
                continue
            if term.value is not None:
                hit = self._counted(sentence, term.value)
            else:
                hit = self._named(sentence, there.start, there.end, term)
            if hit:
                found[number].append(hit)
        for token in tokens:
            for number, quality in sought.get(token.stem, ()):
                found[number].append(Hit(quality, sentence, token.start))
        return found

    def _named(self, sentence: int, start: int, end: int, term: Term) -> Hit | None:
        for mention in self.corpus.mentions(start, end):
            if mention.character in term.ids:
                return Hit(1.0, sentence, mention.start)
        for reference in self.references.of(sentence):
            if reference.character in term.ids and reference.strength >= 0.4:
                return Hit(0.9, sentence, reference.at)
        return None

    def _counted(self, sentence: int, value: float) -> Hit | None:
        """Where a sentence states a number; a plain *a* is no one."""
        for each in numerals(self.corpus.tokens(sentence), self.corpus.words, counting=True):
            if each.value == value:
                return Hit(1.0, sentence, each.start)
        return None

    def tie(self, window: Window, terms: Sequence[Term], who: frozenset[int]) -> None:
        """Say of whom the matched words are said, and how far that is `who`."""
        total = 0.0
        owners: dict[int, float] = defaultdict(float)
        plain = [number for number in window.hits if not terms[number].ids]
        for number in plain or window.hits:
            quality, sentence, at = window.hits[number]
            weight = terms[number].weight * quality
            total += weight
            for character, strength in self.ownership.of(sentence, at).items():
                owners[self._whose(character, who)] += weight * strength
        window.owners = (
            {character: strength / total for character, strength in owners.items()} if total else {}
        )
        own = max((window.owners.get(each, 0.0) for each in who), default=0.0)
        rivals = (strength for each, strength in window.owners.items() if each not in who and each >= 0)
        window.rival = max(rivals, default=0.0)
        window.tie = self._tie_of(own, window, who)

    def _whose(self, character: int, who: frozenset[int]) -> int:
        """Somebody known only as *the boy* may be anybody of that gender."""
        if character < 0 or character in who:
            return character
        person = self.corpus.index.characters[character]
        return STRANGERS[person.gender] if person.kind == "nominal" else character

    def _tie_of(self, own: float, window: Window, who: frozenset[int]) -> float:
        """How far a passage may be taken to speak of somebody, 0 to 1."""
        rival = window.rival
        for least, lead, tie in TIES:
            if own >= least and own >= rival - lead:
                return tie
        if rival < RIVAL and self.ownership.unnamed(window.owners, who) >= RIVAL:
            named = self.ownership.may_be_unnamed(who, window.sentences[0])
            return UNNAMED if named else FAR
        return NOT_TIED + (1 - NOT_TIED) * 0.5 * own


def _sought(terms: Sequence[Term]) -> Sought:
    """For each stem the terms it may say, and how well."""
    table: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, term in enumerate(terms):
        if term.value is None:
            for stem, quality in term.stems.items():
                table[stem].append((number, quality))
    return table


def _together(found: Mapping[int, Sequence[Hit]], terms: Sequence[Term]) -> dict[int, Hit]:
    """One hit for each term, those that stand closest to the most telling one."""
    if not found:
        return {}
    best = {number: max(hit.quality for hit in hits) for number, hits in found.items()}
    first = max(found, key=lambda number: terms[number].weight * best[number])
    middle = next(hit for hit in found[first] if hit.quality == best[first])
    return {
        number: min(
            (hit for hit in hits if hit.quality >= best[number] - ALMOST_AS_GOOD),
            key=lambda hit: abs(hit.at - middle.at),
        )
        for number, hits in found.items()
    }


def _density(hits: Mapping[int, Hit], terms: Sequence[Term]) -> float:
    """Words that stand far from one another say the less together."""
    if len(hits) < 2:
        return 1.0
    places = [hit.at for hit in hits.values()]
    allowed = LETTERS_A_TERM * (len(terms) + 1)
    return max(LEAST_DENSITY, min(1.0, allowed / max(1, max(places) - min(places))))


def covered(hits: Mapping[int, Hit], terms: Sequence[Term]) -> float:
    """The share of a claim's weight that hits hold."""
    total = sum(term.weight for term in terms)
    return sum(terms[number].weight * hit.quality for number, hit in hits.items()) / total if total else 0.0
