"""Weighs what was found for a claim: a linear model over figures of a passage and of all that were looked at.

The weights were learnt from true and planted claims (`python -m tests.benchmarks.checking_weights`); they are
data in `resources/checking/weights.json`.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ...paths import resource
from .alignment import names_beside, runs
from .company import Company
from .corpus import SURE, Corpus
from .matching import Hit, Term, Window, covered
from .ownership import Ownership
from .presence import Presence
from .whereabouts import Whereabouts

SHARE_OF_BEST = 0.8
NARRATOR_AS_RIVAL = 0.6
STRANGER = 0.4
FLOOR = 0.15
LEAST_EVIDENCE = 0.2
EXACT = 0.99
MOST_TERMS = 8
AROUND = 25
HALVED, MASS = 5.0, 20.0
OWNED, OTHERS, THIN, LOW = 0.35, 0.6, 2, 0.55
STEPS = 5

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sought:
    """A claim as it is weighed: its terms, whom it speaks of, and what it says of itself.

    `gender` is 1 when its words for a person fit whom it speaks of, -1 when they do not; `names_itself` that
    it names its own subject again, as if that were somebody else; `rarities` how rare every term is.
    """

    terms: Sequence[Term]
    who: frozenset[int]
    gender: float
    names_itself: bool
    rarities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as it is weighed: its window, with the hits of a second place, and what speaks against it."""

    window: Window
    hits: Mapping[int, Hit]
    both: float
    missing: int
    agrees: bool
    name_gap: float
    contradicts: bool


class Weighing:
    """Figures of claims against one corpus."""

    def __init__(self, corpus: Corpus, ownership: Ownership, presence: Presence, places: Whereabouts) -> None:
        self.corpus = corpus
        self.ownership = ownership
        self.presence = presence
        self.places = places
        self.company = Company(places)
        self.narrator = corpus.index.narrator

    def sought(self, terms: Sequence[Term], who: frozenset[int], gender: float, itself: bool) -> Sought:
        """A claim as it is weighed."""
        return Sought(terms, who, gender, itself, tuple(self.corpus.rarity(term.stems) for term in terms))

    def information(self, hits: Mapping[int, Hit], sought: Sought) -> float:
        """The share of what the words of a claim tell that a passage holds, rare words counting most."""
        total = found = 0.0
        for number in _plain(sought.terms):
            rarity = sought.rarities[number]
            total += rarity
            if number in hits:
                quality = hits[number].quality
                found += rarity * (1.0 if quality >= SURE else quality**2)
        return found / total if total else 0.0

    def of_all(self, sought: Sought, windows: Sequence[Window]) -> Figures:
        """The figures of a claim that all passages share."""
        plain = [(term.weight, term.stems) for term in sought.terms if not term.ids and term.value is None]
        lift, other = self.presence.lifts(plain, sought.who)
        top = max(window.coverage for window in windows)
        own, rival, strangers = evidence(sought, windows, top, self.narrator)
        return {
            "terms": min(len(sought.terms), MOST_TERMS) / MOST_TERMS,
            "lift": lift,
            "lift_lead": lift - other,
            "share_with_strangers": _with_strangers(own, rival, strangers),
            "own_evidence": math.log(own + LEAST_EVIDENCE),
            "rival_evidence": math.log(rival + LEAST_EVIDENCE),
            "narrates": float(self.narrator in sought.who),
            "names_itself": float(sought.names_itself),
            "gender": sought.gender,
            "denies": float(any(term.is_denied for term in sought.terms)),
            **self._peaks(sought, windows),
            **self._fullest(sought, windows),
        }

    def _peaks(self, sought: Sought, windows: Sequence[Window]) -> Figures:
        """The best place said of those meant, against the best one said of somebody else."""
        named = _named(sought.terms)
        own = rival = 0.0
        for window in windows:
            worth = window.coverage**2
            for number, strength in window.owners.items():
                if number in sought.who:
                    own = max(own, worth * strength)
                elif number >= 0 and number not in named:
                    rival = max(rival, worth * strength * self._as_rival(number))
        return {"own_peak": own, "peak_lead": own - rival}

    def _as_rival(self, number: int) -> float:
        return NARRATOR_AS_RIVAL if number == self.narrator else 1.0

    def _fullest(self, sought: Sought, windows: Sequence[Window]) -> Figures:
        """Of whom the passage speaks that tells most of the claim, whoever that is."""
        told = [self.information(window.hits, sought) for window in windows]
        place = max(
            range(len(windows)),
            key=lambda each: (round(told[each] * STEPS), _own(windows[each], sought.who), -each),
        )
        window, own = windows[place], _own(windows[place], sought.who)
        rival, new = window.rival, self._newcomer(window, sought.who)
        is_others = own < OWNED and rival >= OTHERS
        is_nobodys = own < OWNED and rival < OTHERS
        before, after = self._distances(window, sought.who)
        return {
            "full_lead": max(-1.0, min(1.0, own - rival)),
            "full_others": told[place] * is_others,
            "full_nobodys": told[place] * is_nobodys,
            "full_others_new": new * is_others,
            "full_far": _distance(min(before, after)) * (own < OWNED),
        }

    def _distances(self, window: Window, who: frozenset[int]) -> tuple[int, int]:
        return self.places.distances(who, window.sentences[0], window.sentences[-1])

    def _newcomer(self, window: Window, who: frozenset[int]) -> float:
        """1 for whom the sources name next behind a passage and not before it, less for those after him."""
        fresh = self.places.newcomers(window.sentences[0], window.sentences[-1])
        return max((1.0 / (1 + place) for place, number in enumerate(fresh) if number in who), default=0.0)

    def of_passage(self, sought: Sought, passage: Passage, shared: Figures) -> Figures:
        """The figures of one passage, with `shared` ones of the claim; most are about 0 to 1."""
        window, terms = passage.window, sought.terms
        own = _own(window, sought.who)
        told = self.information(window.hits, sought)
        surely = {number: hit for number, hit in window.hits.items() if hit.quality >= SURE}
        exactly = {number: hit for number, hit in surely.items() if hit.quality >= EXACT}
        both = {number: hit for number, hit in passage.hits.items() if hit.quality >= SURE}
        return {
            **shared,
            "score": window.score,
            "coverage": window.coverage,
            "exact": covered(exactly, terms),
            "strict": covered(surely, terms),
            "both_strict": covered(both, terms),
            "mass": math.log(1 + sum(terms[number].weight for number in surely)),
            "lacking": math.log(1 + sum(t.weight for n, t in enumerate(terms) if n not in window.hits)),
            "thin": float(sum(terms[number].weight >= 1.0 for number in window.hits) < THIN),
            "runs": runs(window.hits, terms),
            "names_beside": names_beside(window.hits, terms),
            "missing": float(passage.missing),
            "name_gap": passage.name_gap,
            "agrees": float(passage.agrees),
            "contradicts": float(passage.contradicts),
            "own": own,
            "lead": own - window.rival,
            "told": told,
            "told_both": self.information(passage.hits, sought),
            "little_told": float(told < LOW),
            **self._near(window, sought),
            **self._unnamed(window, sought, own),
            **self._of_words(window, sought),
        }

    def _near(self, window: Window, sought: Sought) -> Figures:
        """Where those meant are named around a passage, against everybody else."""
        first, last = window.sentences[0], window.sentences[-1]
        _, after = self._distances(window, sought.who)
        spared = sought.who | _named(sought.terms)
        counts = self.places.around(first, last, AROUND)
        mine = sum(counts[number] for number in sought.who)
        most = max((count for number, count in counts.items() if number not in spared), default=0)
        return {
            "near_count": math.log(1 + mine),
            "near_lead": math.log((1 + mine) / (1 + most)),
            "after": _distance(after),
            "newcomer": self._newcomer(window, sought.who),
        }

    def _unnamed(self, window: Window, sought: Sought, own: float) -> Figures:
        """Who may be meant where a passage names nobody; all zero elsewhere."""
        gate = float(own < OWNED and window.rival < OTHERS)
        share = self.company.of(window, sought.who, _named(sought.terms))
        return {
            "unnamed": gate,
            "unnamed_lead": gate * share.lead,
            "unnamed_share": gate * share.share,
            "unnamed_newcomer": gate * self._newcomer(window, sought.who),
            "unnamed_misfit": gate * share.misfit,
        }

    def _of_words(self, window: Window, sought: Sought) -> Figures:
        """Whose the first word of a claim is in a passage, mostly its verb."""
        plain = [number for number in _plain(sought.terms) if number in window.hits]
        return {"verb_lead": self._lead(window, sought, plain[0]) if plain else 0.0}

    def _lead(self, window: Window, sought: Sought, number: int) -> float:
        spared = sought.who | _named(sought.terms)
        hit = window.hits[number]
        owners = self.ownership.of(hit.sentence, hit.at)
        own = max((owners.get(each, 0.0) for each in sought.who), default=0.0)
        others = (strength for each, strength in owners.items() if each >= 0 and each not in spared)
        return own - max(others, default=0.0)


def _plain(terms: Sequence[Term]) -> list[int]:
    """The terms that are words and neither names nor numbers."""
    return [number for number, term in enumerate(terms) if not term.ids and term.value is None]


def _own(window: Window, who: frozenset[int]) -> float:
    return max((window.owners.get(each, 0.0) for each in who), default=0.0)


def _named(terms: Sequence[Term]) -> frozenset[int]:
    return frozenset[int]().union(*(term.ids for term in terms))


def _distance(sentences: int) -> float:
    return math.log(1 + sentences) / HALVED


def _with_strangers(own: float, rival: float, strangers: float) -> float:
    mine = own + STRANGER * strangers
    return mine / (mine + rival + FLOOR)


def evidence(
    sought: Sought, windows: Sequence[Window], top: float, narrator: int | None
) -> tuple[float, float, float]:
    """How much of what carries a claim nearly as well as the best is said of whom.

    Of those it is about, of the strongest other, and of nobody with a name. Every place counts once; people
    whom the claim names are no rivals.
    """
    sums: dict[int, float] = defaultdict(float)
    used: set[int] = set()
    for window in sorted(windows, key=lambda each: -each.coverage):
        if window.coverage < SHARE_OF_BEST * top:
            break
        if not used.intersection(window.sentences):
            used.update(window.sentences)
            for number, strength in window.owners.items():
                sums[number] += window.coverage**2 * strength
    spared = sought.who | _named(sought.terms)
    rivals = [
        value * (NARRATOR_AS_RIVAL if number == narrator else 1.0)
        for number, value in sums.items()
        if number >= 0 and number not in spared
    ]
    own = max((sums.get(each, 0.0) for each in sought.who), default=0.0)
    return own, max(rivals, default=0.0), sum(value for number, value in sums.items() if number < 0)


@cache
def weights() -> dict[str, float]:
    """The weights of the figures; "bias" is added."""
    read: dict[str, float] = json.loads(resource("checking", "weights.json").read_text(encoding="utf-8"))
    return read


def probability(values: Mapping[str, float], *, more: float = 0.0) -> float:
    """How sure it is that the sources carry a claim, 0 to 1; `more` is added to the logarithm of its odds."""
    known = weights()
    total = known["bias"] + more + sum(known.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
