"""The verdict on a claim in prose: which passage carries it best, and what speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...domain.checking import FindingKind, Verdict
from .claims import Claim
from .corpus import Corpus
from .matching import Hit, Matcher, Term, Window, covered
from .polarity import agrees, opposite
from .presence import Presence
from .references import References
from .terms import Reading
from .weighing import Found, figures, probability

SUPPORTED, INFERRED = 0.5, 0.2
COVERED = 0.62
LEAST_COVERED, LEAST_BOTH, DOUBTFUL = 0.38, 0.45, 0.4
ONE_PLACE = 0.7
LOOKED_AT = 24
TIED = 0.8
WORTH_SAYING = 0.3
INCOMPLETE, DISAGREEING, CITED = 0.6, 0.7, 1.15
DENIES = 0.97
CITED_ODDS = 0.8
BESIDE = 160
BETTER = 0.2
ENOUGH_BESIDE_NAMES = 3.0
OWN_AT_LEAST, PLAINLY, LEAST_TIE = 0.5, 0.6, 0.7
SOMEBODY_ELSE, RIVAL = 0.55, 0.45

NOTHING = "Nothing in the sources tells of this."
PARTLY = "The sources say only part of this."
DENIED = "The sources say it the other way round: one of the two denies it."
CONTRARY = "The sources say the opposite."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about a claim; offsets are of the joined text."""

    verdict: Verdict
    score: float
    start: int | None = None
    end: int | None = None
    why: str = ""
    kind: FindingKind | None = None


class Candidate(NamedTuple):
    """A window with what a second place adds: all hits, their coverage, the terms it lacks."""

    window: Window
    hits: dict[int, Hit]
    both: float
    missing: tuple[Term, ...]
    agrees: bool


class ClaimJudge:
    """Judges claims by the passages of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index = corpus.index
        references = References(corpus)
        self.matcher = Matcher(corpus, references)
        self.presence = Presence(references)

    def judge(self, claim: Claim, reading: Reading, cited: frozenset[int]) -> Judgement:
        """The verdict on a claim; passages in `cited` sentences count a little more."""
        best, candidates = self.best(reading, cited)
        if best is None:
            return Judgement("unsupported", 0.0, why=NOTHING, kind="unsupported")
        more = CITED_ODDS if cited.intersection(best.window.sentences) else 0.0
        score = self.score(best, candidates, reading, more)
        against = self._against(claim, reading, best, candidates)
        if against is not None:
            why, kind = against
            verdict: Verdict = "inferred" if kind == "wrong_name" and score >= SUPPORTED else "unsupported"
            return self._judgement(verdict, best.window, min(score, SUPPORTED) * 0.9, why, kind)
        if score >= SUPPORTED and not self._anothers(best, reading):
            return self._judgement("supported", best.window, score)
        return self._weak(best, candidates, reading, score)

    def best(self, reading: Reading, cited: frozenset[int]) -> tuple[Candidate | None, list[Candidate]]:
        """The window that carries a claim best, None without any, and all that were looked at."""
        candidates = self.candidates(reading, cited)
        return max(candidates, key=lambda each: _worth(each, cited), default=None), candidates

    def candidates(self, reading: Reading, cited: frozenset[int]) -> list[Candidate]:
        """The windows worth looking at, each with its best second place."""
        terms = reading.terms
        windows = self.matcher.windows(terms, cited)
        looked = [
            window
            for place, window in enumerate(windows)
            if place < LOOKED_AT or cited.intersection(window.sentences)
        ]
        if reading.subject:
            for window in looked:
                self.matcher.tie(window, terms, reading.subject)
        found = []
        for window in looked:
            hits = self._with_second(window, looked, terms)
            missing = [
                term
                for number, term in enumerate(terms)
                if term.required and not (number in hits and _stands_with(hits[number], hits, terms))
            ]
            agree = agrees(window, terms, self.corpus)
            found.append(Candidate(window, hits, covered(hits, terms), tuple(missing), agree))
        return found

    def _with_second(self, window: Window, others: Sequence[Window], terms: Sequence[Term]) -> dict[int, Hit]:
        """The hits of a window with those of the one other place that adds most."""
        best, most = window.hits, 0.0
        if window.tie < TIED or len(window.hits) == len(terms):
            return best
        for other in others:
            added = other.hits.keys() - window.hits.keys()
            if len(other.hits) < 2 or other.tie < TIED or not added:
                continue
            gain = sum(terms[number].weight * other.hits[number].quality for number in added)
            if gain > most and not set(other.sentences) & set(window.sentences):
                best, most = {**other.hits, **window.hits}, gain
        return best

    def score(
        self, best: Candidate, candidates: Sequence[Candidate], reading: Reading, more: float = 0.0
    ) -> float:
        """How sure it is that the sources carry the claim, 0 to 1."""
        if not reading.subject:
            return min(1.0, best.both * SUPPORTED / COVERED)
        sure = probability(self.figures(best, candidates, reading), more=more)
        if best.window.coverage < LEAST_COVERED or best.both < LEAST_BOTH:
            return min(sure, DOUBTFUL)
        return sure

    def figures(self, best: Candidate, candidates: Sequence[Candidate], reading: Reading) -> dict[str, float]:
        """What is weighed of a claim about somebody."""
        windows = [each.window for each in candidates]
        terms, who = reading.terms, reading.subject
        found = Found(best.window, windows, best.both, terms, who, self.index.narrator)
        return figures(found, self.presence)

    def _against(
        self,
        claim: Claim,
        reading: Reading,
        best: Candidate,
        candidates: Sequence[Candidate],
    ) -> tuple[str, FindingKind] | None:
        """What a claim says otherwise than the sources: a number, a name, or whether it is so at all."""
        if best.missing:
            term = best.missing[0]
            what = claim.text[term.start : term.end]
            if term.value is not None:
                return f"The number {what} is not in the passage that fits best.", "wrong_number"
            return f"The passage that fits best does not name {what}.", "wrong_name"
        if best.window.score < WORTH_SAYING:
            return None
        if other := self._named_otherwise(best, candidates, reading):
            return (
                f"The passage that fits best does not name {claim.text[other.start : other.end]}.",
                "wrong_name",
            )
        if not best.agrees:
            return DENIED, "negation"
        if any(term.is_denied for term in reading.terms) and self._affirmed(best, candidates):
            return DENIED, "negation"
        if opposite(reading.terms, best.window, self.corpus):
            return CONTRARY, "negation"
        return None

    def _named_otherwise(
        self, best: Candidate, candidates: Sequence[Candidate], reading: Reading
    ) -> Term | None:
        """A name that is missing where the rest of a claim is told far better, of somebody else by name."""
        terms = reading.terms
        named = [number for number, term in enumerate(terms) if term.ids]
        if not named or sum(term.weight for term in terms if not term.ids) < ENOUGH_BESIDE_NAMES:
            return None
        meant = reading.subject.union(*(terms[number].ids for number in named))
        own = _without(best.window.hits, terms, named)
        for each in candidates:
            lacking = [number for number in named if number not in each.window.hits]
            better = each.window.tie >= TIED and _without(each.window.hits, terms, named) >= own + BETTER
            if lacking and better and self._names_others(each.window, meant):
                return terms[lacking[0]]
        return None

    def _names_others(self, window: Window, meant: frozenset[int]) -> bool:
        start, end = self._bounds(window)
        return any(mention.character not in meant for mention in self.corpus.mentions(start, end))

    def _affirmed(self, best: Candidate, candidates: Sequence[Candidate]) -> bool:
        """Whether another place says as well as the best one what a claim denies."""
        own = set(best.window.sentences)
        affirming = (
            each.window.score
            for each in candidates
            if not each.agrees and own.isdisjoint(each.window.sentences)
        )
        return max(affirming, default=0.0) >= DENIES * best.window.score

    def _anothers(self, best: Candidate, reading: Reading) -> bool:
        """Whether the passage is plainly said of somebody whom the claim does not name."""
        window = best.window
        named = frozenset[int]().union(*(term.ids for term in reading.terms))
        spared = named | reading.subject | {self.index.narrator}
        own = max((window.owners.get(each, 0.0) for each in reading.subject), default=1.0)
        rival = max(
            (strength for number, strength in window.owners.items() if number >= 0 and number not in spared),
            default=0.0,
        )
        return window.tie < LEAST_TIE or (own < OWN_AT_LEAST and rival >= PLAINLY)

    def _weak(
        self, best: Candidate, candidates: Sequence[Candidate], reading: Reading, score: float
    ) -> Judgement:
        top = max((each.window for each in candidates), key=lambda window: window.coverage)
        if reading.subject and top.coverage >= SOMEBODY_ELSE and top.tie < TIED and top.rival >= RIVAL:
            why = f"The sources say this of {self._owner(top, reading.subject)}."
            return self._judgement("unsupported", top, score, why, "wrong_name")
        if score >= INFERRED:
            return self._judgement("inferred", best.window, score, PARTLY)
        return self._judgement("unsupported", best.window, score, NOTHING, "unsupported")

    def _judgement(
        self,
        verdict: Verdict,
        window: Window,
        score: float,
        why: str = "",
        kind: FindingKind | None = None,
    ) -> Judgement:
        start, end = self._bounds(window)
        return Judgement(verdict, score, start, end, why, kind)

    def _bounds(self, window: Window) -> tuple[int, int]:
        first, last = window.sentences[0], window.sentences[-1]
        return self.index.sentences[first].start, self.index.sentences[last].end

    def _owner(self, window: Window, subject: frozenset[int]) -> str:
        rivals = [
            (strength, number)
            for number, strength in window.owners.items()
            if number >= 0 and number not in subject
        ]
        return self.index.characters[max(rivals)[1]].name if rivals else "somebody else"


def _stands_with(hit: Hit, hits: Mapping[int, Hit], terms: Sequence[Term]) -> bool:
    """Whether a name or number stands in a sentence, or beside one, with something else of the claim."""
    plain = [other for number, other in hits.items() if not terms[number].required]
    return not plain or any(abs(other.at - hit.at) <= BESIDE for other in plain)


def _without(hits: Mapping[int, Hit], terms: Sequence[Term], named: Sequence[int]) -> float:
    """The coverage of a claim by hits, names apart."""
    plain = {number: hit for number, hit in hits.items() if number not in named}
    total = sum(term.weight for number, term in enumerate(terms) if number not in named)
    return sum(terms[number].weight * hit.quality for number, hit in plain.items()) / total if total else 0.0


def _worth(candidate: Candidate, cited: frozenset[int]) -> float:
    """By what the best candidate is chosen."""
    worth = candidate.window.tie * (ONE_PLACE * candidate.window.coverage + (1 - ONE_PLACE) * candidate.both)
    worth *= INCOMPLETE if candidate.missing else 1.0
    worth *= 1.0 if candidate.agrees else DISAGREEING
    return worth * (CITED if cited.intersection(candidate.window.sentences) else 1.0)
