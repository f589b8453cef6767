"""Weighs what was found for a claim: a linear model over a few figures of its passages.

The weights were learnt from true and planted claims (`python -m tests.benchmarks.checking_weights`); they are
data in `resources/checking/weights.json`.
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from ...paths import resource
from .matching import Term, Window, covered
from .presence import Presence

SHARE_OF_BEST = 0.8
TELLING = 1.0
NARRATOR_AS_RIVAL = 0.6
STRANGER = 0.4
FLOOR = 0.15
EXACT = 0.99
MOST_TERMS, MOST_TELLING = 8, 4


def figures(
    best: Window,
    windows: Sequence[Window],
    both: float,
    terms: Sequence[Term],
    who: frozenset[int],
    narrator: int | None,
    presence: Presence,
) -> dict[str, float]:
    """The figures of a claim about `who`: `best` is the window that carries it best.

    `both` is the coverage with a second place. Every figure is about 0 to 1, lifts -2 to 2.
    """
    top = max(window.coverage for window in windows)
    own, rival, strangers = evidence(windows, top, terms, who, narrator)
    plain = [(term.weight, term.stems) for term in terms if not term.ids and term.value is None]
    lift, other = presence.lifts(plain, who)
    telling = sum(terms[number].weight >= TELLING for number in best.hits)
    mine = max((best.owners.get(each, 0.0) for each in who), default=0.0)
    unnamed = min(1.0, sum(strength for number, strength in best.owners.items() if number < 0))
    exact = {number: hit for number, hit in best.hits.items() if hit.quality >= EXACT}
    return {
        "score": best.score,
        "top": top,
        "excess": max(0.0, top - SHARE_OF_BEST),
        "coverage": best.coverage,
        "gap": top - best.coverage,
        "both": both,
        "exact": covered(exact, terms),
        "share": own / (own + rival + FLOOR),
        "share_with_strangers": _with_strangers(own, rival, strangers),
        "own_evidence": math.log(own + 0.2),
        "rival_evidence": math.log(rival + 0.2),
        "own": mine,
        "lead": mine - best.rival,
        "telling": min(telling, MOST_TELLING) / MOST_TELLING,
        "thin": float(telling < 2),
        "terms": min(len(terms), MOST_TERMS) / MOST_TERMS,
        "lift": lift,
        "lift_lead": lift - other,
        "narrates": float(narrator in who),
        "narrates_of_others": unnamed if narrator in who else 0.0,
        "unnamed": unnamed,
    }


def _with_strangers(own: float, rival: float, strangers: float) -> float:
    mine = own + STRANGER * strangers
    return mine / (mine + rival + FLOOR)


def evidence(
    windows: Sequence[Window], top: float, terms: Sequence[Term], who: frozenset[int], narrator: int | None
) -> tuple[float, float, float]:
    """How much of what carries a claim nearly as well as the best is said of `who`, of the strongest other
    and of nobody with a name; every place counts once, people whom the claim names are no rivals."""
    sums: dict[int, float] = defaultdict(float)
    used: set[int] = set()
    for window in sorted(windows, key=lambda each: -each.coverage):
        if window.coverage < SHARE_OF_BEST * top:
            break
        if not used.intersection(window.sentences):
            used.update(window.sentences)
            for number, strength in window.owners.items():
                sums[number] += window.coverage**2 * strength
    named = frozenset[int]().union(*(term.ids for term in terms))
    rivals = [
        value * (NARRATOR_AS_RIVAL if number == narrator else 1.0)
        for number, value in sums.items()
        if number >= 0 and number not in who and number not in named
    ]
    own = max((sums.get(each, 0.0) for each in who), default=0.0)
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
