"""How what a passage has of a claim lies there: side by side as in the claim, names beside their words."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from .matching import Hit, Term

NEXT, NEAR, FAR = 30, 60, 120
SWAPPED, LOOSE = 0.7, 0.3
NAME_NEXT, NAME_NEAR = 40, 90
NAME_LOOSE, NAME_FAR = 0.6, 0.25
BESIDE = 2
HALF = 0.5


def runs(hits: Mapping[int, Hit], terms: Sequence[Term]) -> float:
    """The share of a claim's neighbouring words that are neighbours in the passage too."""
    order = [
        number for _, number in sorted((term.start, n) for n, term in enumerate(terms) if term.start >= 0)
    ]
    total = good = 0.0
    for left, right in pairwise(order):
        weight = terms[left].weight + terms[right].weight
        total += weight
        if left in hits and right in hits:
            apart = hits[right].at - hits[left].at
            good += weight * hits[left].quality * hits[right].quality * _closeness(apart)
    return good / total if total else HALF


def _closeness(apart: int) -> float:
    if 0 < apart <= NEXT:
        return 1.0
    return SWAPPED if abs(apart) <= NEAR else LOOSE if abs(apart) < FAR else 0.0


def names_beside(hits: Mapping[int, Hit], terms: Sequence[Term]) -> float:
    """How far names stand in the passage beside the words that they stand beside in the claim."""
    named = [number for number, term in enumerate(terms) if term.ids]
    if not named:
        return 1.0
    return sum(_beside(number, hits, terms) for number in named) / len(named)


def _beside(name: int, hits: Mapping[int, Hit], terms: Sequence[Term]) -> float:
    at = terms[name].start
    plain = [(abs(term.start - at), n) for n, term in enumerate(terms) if n != name and not term.ids]
    near = [number for _, number in sorted(plain)[:BESIDE] if number in hits]
    if name not in hits or not near:
        return 0.0
    apart = min(abs(hits[number].at - hits[name].at) for number in near)
    how = 1.0 if apart <= NAME_NEXT else NAME_LOOSE if apart <= NAME_NEAR else NAME_FAR
    return hits[name].quality * how
