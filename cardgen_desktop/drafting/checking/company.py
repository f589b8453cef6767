"""Whom a passage without a name may mean: those named near it, as far as its words for people fit them."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from .matching import Window
from .references import STRANGERS
from .whereabouts import Whereabouts

PRESENT = 0.3
"""The company that anybody is given, so that nobody who is far away is ruled out by one name."""


class Share(NamedTuple):
    """How far the unnamed person of a passage may be one of those asked for.

    `lead` is a logarithm: their company against that of the likeliest other. `share` is their part of all
    company, 0 to 1. `misfit` says how surely a word there, *he* or *the woman*, rules them out, 0 to 1.
    """

    lead: float
    share: float
    misfit: float


class Company:
    """Weighs those named around passages of one corpus."""

    def __init__(self, places: Whereabouts) -> None:
        self.places = places
        self.characters = places.index.characters

    def of(self, window: Window, who: frozenset[int], named: frozenset[int]) -> Share:
        """How far a passage may mean `who`; those whom the claim names are no others."""
        gender, surely = _gender(window.owners)
        company = self.places.company(window.sentences[0], window.sentences[-1])
        mine = sum(company.get(each, 0.0) for each in who)
        others = [
            strength * (1.0 - surely * self._differs(each, gender))
            for each, strength in company.items()
            if each not in who | named
        ]
        lead = math.log((PRESENT + mine) / (PRESENT + max(others, default=0.0)))
        genders = {self.characters[each].gender for each in who} - {""}
        misfit = surely if gender and genders and gender not in genders else 0.0
        return Share(lead, mine / (mine + sum(others) + PRESENT), misfit)

    def _differs(self, character: int, gender: str) -> bool:
        return bool(gender) and self.characters[character].gender not in ("", gender)


def _gender(owners: Mapping[int, float]) -> tuple[str, float]:
    """Which gender the unnamed person of a passage has, and how surely."""
    man, woman = (owners.get(STRANGERS[each], 0.0) for each in "mf")
    return ("m" if man > woman else "f" if woman > man else ""), min(1.0, abs(man - woman))
