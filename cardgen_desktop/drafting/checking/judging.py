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
from .weighing import Figures, Passage, Sought, Weighing, probability

SUPPORTED, INFERRED = 0.5, 0.2
COVERED = 0.62
DOUBTFUL = 0.4
ONE_PLACE = 0.7
LOOKED_AT, WEIGHED = 24, 5
AGAINST, LEAST_GAP = 0.9, -0.3
WHOLE, OWN_AT_LEAST, PLAINLY = 0.95, 0.35, 0.6
TIED = 0.8
WORTH_SAYING = 0.3
INCOMPLETE, DISAGREEING, CITED = 0.6, 0.7, 1.15
DENIES = 0.97
CITED_ODDS = 0.8
BESIDE = 160
BETTER = 0.2
ENOUGH_BESIDE_NAMES = 3.0
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


class Weighed(NamedTuple):
    """A passage with how sure it makes a claim, what speaks against it, and the figures that say so."""

    candidate: Candidate
    score: float
    against: tuple[str, FindingKind] | None
    figures: Figures


class ClaimJudge:
    """Judges claims by the passages of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index = corpus.index
        references = References(corpus)
        self.matcher = Matcher(corpus, references)
        places = references.whereabouts
        self.weighing = Weighing(corpus, self.matcher.ownership, Presence(references), places)

    def judge(self, claim: Claim, reading: Reading, cited: frozenset[int]) -> Judgement:
        """The verdict on a claim; passages in `cited` sentences count a little more."""
        weighed = self.weigh(claim, reading, cited)
        if not weighed:
            return Judgement("unsupported", 0.0, why=NOTHING, kind="unsupported")
        best = max(weighed, key=lambda each: each.score)
        candidates = [each.candidate for each in weighed]
        said_otherwise = self._is_said_otherwise(best, reading)
        if best.score >= SUPPORTED and not said_otherwise and (reading.subject or best.against is None):
            return self._judgement("supported", best.candidate.window, best.score)
        if best.against is not None:
            why, kind = best.against
            half = kind == "wrong_name" and best.score >= SUPPORTED
            verdict: Verdict = "inferred" if half else "unsupported"
            score = min(best.score, SUPPORTED) * AGAINST
            return self._judgement(verdict, best.candidate.window, score, why, kind)
        return self._weak(best.candidate, candidates, reading, best.score)

    def _is_said_otherwise(self, best: Weighed, reading: Reading) -> bool:
        """Whether a passage says a claim otherwise: with another name, number or person, or the contrary."""
        contrary = best.against is not None and best.against[0] == CONTRARY
        return bool(best.candidate.missing) or contrary or self._is_plainly_anothers(best, reading)

    def _is_plainly_anothers(self, best: Weighed, reading: Reading) -> bool:
        """Whether a passage tells the whole of a claim, but of somebody whom the claim does not name."""
        owners = best.candidate.window.owners
        named = frozenset[int]().union(*(term.ids for term in reading.terms))
        spared = named | reading.subject | {self.index.narrator}
        own = max((owners.get(each, 0.0) for each in reading.subject), default=1.0)
        others = (strength for number, strength in owners.items() if number >= 0 and number not in spared)
        whole = best.figures.get("told", 0.0) >= WHOLE
        return whole and own < OWN_AT_LEAST and max(others, default=0.0) >= PLAINLY

    def weigh(self, claim: Claim, reading: Reading, cited: frozenset[int]) -> list[Weighed]:
        """The passages worth weighing for a claim, with how sure each makes it, the likeliest first."""
        candidates = sorted(self.candidates(reading, cited), key=lambda each: -_worth(each, cited))
        if not candidates:
            return []
        candidates = [each for each in candidates if not _lacks_number(each)] or candidates
        if not reading.subject or _lacks_number(candidates[0]):
            best = candidates[0]
            against = self._against(claim, reading, best, candidates)
            score = min(1.0, best.both * SUPPORTED / COVERED)
            return [Weighed(best, score if not reading.subject else min(score, DOUBTFUL), against, {})]
        terms, windows = reading.terms, [each.window for each in candidates]
        sought = self.weighing.sought(terms, reading.subject, reading.gender, reading.names_itself)
        shared = self.weighing.of_all(sought, windows)
        return [
            self._weighed(claim, reading, each, candidates, sought, shared, cited)
            for each in self._shortlist(candidates, sought)
        ]

    def _shortlist(self, candidates: Sequence[Candidate], sought: Sought) -> list[Candidate]:
        """The passages that are surest of those meant, and those that tell most, whoever they are about."""
        told = sorted(candidates, key=lambda each: -self.weighing.information(each.window.hits, sought))
        listed = list(candidates[:WEIGHED])
        return listed + [each for each in told[:WEIGHED] if not any(each is other for other in listed)]

    def _weighed(
        self,
        claim: Claim,
        reading: Reading,
        candidate: Candidate,
        candidates: Sequence[Candidate],
        sought: Sought,
        shared: Figures,
        cited: frozenset[int],
    ) -> Weighed:
        against = self._against(claim, reading, candidate, candidates)
        passage = Passage(
            candidate.window,
            candidate.hits,
            candidate.both,
            sum(term.value is None for term in candidate.missing),
            candidate.agrees,
            self._name_gap(candidate, candidates, reading),
            against is not None and against[1] == "negation",
        )
        figures = self.weighing.of_passage(sought, passage, shared)
        more = CITED_ODDS if cited.intersection(candidate.window.sentences) else 0.0
        return Weighed(candidate, probability(figures, more=more), against, figures)

    def _name_gap(self, best: Candidate, candidates: Sequence[Candidate], reading: Reading) -> float:
        """How much better the rest of a claim is told where somebody else's name stands."""
        terms = reading.terms
        named = [number for number, term in enumerate(terms) if term.ids]
        if not named:
            return 0.0
        meant = reading.subject.union(*(terms[number].ids for number in named))
        own = _without(best.window.hits, terms, named)
        gap = LEAST_GAP
        for each in candidates:
            lacking = any(number not in each.window.hits for number in named)
            if lacking and self._names_others(each.window, meant):
                gap = max(gap, each.window.tie * _without(each.window.hits, terms, named) - own)
        return gap

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


def _lacks_number(candidate: Candidate) -> bool:
    """Whether a passage does not have a number of the claim; then it never carries it."""
    return any(term.value is not None for term in candidate.missing)


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
