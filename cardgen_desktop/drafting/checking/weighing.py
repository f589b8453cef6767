"""Weighs what was found for a claim: a linear model over a few figures of its passages.

The weights were learnt from true and planted claims (`python -m tests.benchmarks.checking_weights`); they are
data in `resources/checking/weights.json`.
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ...paths import resource
from .matching import Term, Window, covered
from .presence import Presence

SHARE_OF_BEST = 0.8
TELLING = 1.0
NARRATOR_AS_RIVAL = 0.6
STRANGER = 0.4
FLOOR = 0.15
LEAST_EVIDENCE = 0.2
EXACT = 0.99
MOST_TERMS, MOST_TELLING = 8, 4


class Found(NamedTuple):
    """What was found for a claim about `who`: the best window, all that were looked at, and the terms.

    `both` is the coverage of the best one with a second place.
    """

    best: Window
    windows: Sequence[Window]
    both: float
    terms: Sequence[Term]
    who: frozenset[int]
    narrator: int | None


def figures(found: Found, presence: Presence) -> dict[str, float]:
    """The figures of a claim; every one is about 0 to 1, lifts -2 to 2."""
    best, terms = found.best, found.terms
    top = max(window.coverage for window in found.windows)
    telling = sum(terms[number].weight >= TELLING for number in best.hits)
    exact = {number: hit for number, hit in best.hits.items() if hit.quality >= EXACT}
    plain = [(term.weight, term.stems) for term in terms if not term.ids and term.value is None]
    lift, other = presence.lifts(plain, found.who)
    return {
        "score": best.score,
        "top": top,
        "excess": max(0.0, top - SHARE_OF_BEST),
        "coverage": best.coverage,
        "gap": top - best.coverage,
        "both": found.both,
        "exact": covered(exact, terms),
        "telling": min(telling, MOST_TELLING) / MOST_TELLING,
        "thin": float(telling < 2),
        "terms": min(len(terms), MOST_TERMS) / MOST_TERMS,
        "lift": lift,
        "lift_lead": lift - other,
        **_whose(found, top),
    }


def _whose(found: Found, top: float) -> dict[str, float]:
    """The figures of who is meant: in the best window, and in all that are nearly as good."""
    own, rival, strangers = evidence(found, top)
    owners, narrates = found.best.owners, found.narrator in found.who
    mine = max((owners.get(each, 0.0) for each in found.who), default=0.0)
    unnamed = min(1.0, sum(strength for number, strength in owners.items() if number < 0))
    return {
        "share": own / (own + rival + FLOOR),
        "share_with_strangers": _with_strangers(own, rival, strangers),
        "own_evidence": math.log(own + LEAST_EVIDENCE),
        "rival_evidence": math.log(rival + LEAST_EVIDENCE),
        "own": mine,
        "lead": mine - found.best.rival,
        "narrates": float(narrates),
        "narrates_of_others": unnamed if narrates else 0.0,
        "unnamed": unnamed,
    }


def _with_strangers(own: float, rival: float, strangers: float) -> float:
    mine = own + STRANGER * strangers
    return mine / (mine + rival + FLOOR)


def evidence(found: Found, top: float) -> tuple[float, float, float]:
    """How much of what carries a claim nearly as well as the best is said of whom.

    Of those it is about, of the strongest other, and of nobody with a name. Every place counts once; people
    whom the claim names are no rivals.
    """
    sums: dict[int, float] = defaultdict(float)
    used: set[int] = set()
    for window in sorted(found.windows, key=lambda each: -each.coverage):
        if window.coverage < SHARE_OF_BEST * top:
            break
        if not used.intersection(window.sentences):
            used.update(window.sentences)
            for number, strength in window.owners.items():
                sums[number] += window.coverage**2 * strength
    named = frozenset[int]().union(*(term.ids for term in found.terms))
    rivals = [
        value * (NARRATOR_AS_RIVAL if number == found.narrator else 1.0)
        for number, value in sums.items()
        if number >= 0 and number not in found.who and number not in named
    ]
    own = max((sums.get(each, 0.0) for each in found.who), default=0.0)
    return own, max(rivals, default=0.0), sum(value for number, value in sums.items() if number < 0)


@cache
def weights() -> dict[str, float]:
    """The weights of the figures; "bias" is added."""
    read: dict[str, float] = json.loads(resource("checking", "weights.json").read_text(encoding="utf-8"))
    return read


def probability(values: dict[str, float], *, more: float = 0.0) -> float:
    """How sure it is that the sources carry a claim, 0 to 1; `more` is added to the logarithm of its odds."""
    known = weights()
    total = known["bias"] + more + sum(known.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
