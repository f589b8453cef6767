"""Binds *he*, *she*, *him*, *his* and *her* to whom they mean, while a text is walked through in order.

A conditional logit over those spoken of shortly before: how far back, as what of the sentence, how often. Its
weights were learnt from the LitBank coreference of novels' openings
(`python -m tests.benchmarks.checking_binding`); they are data in `resources/checking/binding.json`.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from ...paths import resource

Role = Literal[0, 1, 2]
SUBJECT, POSSESSIVE, OBJECT = 0, 1, 2
NAME, PRONOUN, NOUN = 0, 1, 2
FARTHEST, REMEMBERED = 25, 90
LATELY, MOST = 4, 6
STRANGER = -10
"""Entities from here down are people without a name; the number is theirs in one walk only."""

DISTANCE, RANK, ROLE, KIND, COUNT = 0, 8, 12, 15, 18
PREVIOUS_SUBJECT, OWN_SUBJECT, ONLY, ANY_GENDER, OTHER_LEVEL, OWN_SPEAKER = 22, 23, 24, 25, 26, 27
SPEAKER_BESIDE, SAME_PARAGRAPH, IS_STRANGER, FREQUENT, NARRATOR, NEAREST = 28, 29, 30, 31, 32, 33
CHAIN, NAMED_CHAIN, SAME_SENTENCE_SUBJECT, FAR_STRANGER = 34, 35, 36, 37
NOBODY, NOBODY_NEAR, FEATURES = 38, 39, 40
_BUCKETS = (0, 1, 2, 3, 4, 4, 5, 5, 5, *[6] * 6, *[7] * 11)


class Spoken(NamedTuple):
    """Somebody spoken of: who, where, as what of the sentence, by what kind of word, of which gender.

    `level` is the quotation that holds the word, or -1.
    """

    who: int
    sentence: int
    paragraph: int
    role: int
    kind: int
    gender: str
    level: int


class Asked(NamedTuple):
    """A pronoun to bind. `speaker` says the quotation that holds it, `beside` one of the same paragraph."""

    sentence: int
    paragraph: int
    role: int
    gender: str
    level: int
    speaker: int | None
    beside: int | None


class Option(NamedTuple):
    """Somebody whom a pronoun may mean, with what speaks for it; None is nobody of those before."""

    who: int | None
    features: tuple[int, ...]


class Walk:
    """What a walk through the text remembers of those spoken of."""

    def __init__(self, narrator: int | None, frequent: frozenset[int]) -> None:
        self.narrator = narrator
        self.frequent = frequent
        self.spoken: list[Spoken] = []
        self._subjects: dict[int, int] = {}
        self._strangers: dict[str, tuple[int, int]] = {}
        self._next = STRANGER

    def note(self, each: Spoken) -> None:
        """Remember that somebody was spoken of."""
        self.spoken.append(each)
        if len(self.spoken) > 2 * REMEMBERED:
            del self.spoken[:REMEMBERED]
        if each.role == SUBJECT and each.level < 0:
            self._subjects.setdefault(each.sentence, each.who)

    def stranger(self, noun: str, sentence: int, *, new: bool = False) -> int:
        """The number of somebody without a name: the same for a noun that was said lately."""
        number, seen = self._strangers.get(noun, (0, -1))
        if new or not number or sentence - seen > FARTHEST:
            self._next -= 1
            number = self._next
        self._strangers[noun] = (number, sentence)
        return number

    def options(self, asked: Asked) -> list[Option]:
        """Those whom a pronoun may mean, and nobody."""
        last: dict[int, Spoken] = {}
        counts: dict[int, int] = {}
        for each in reversed(self.spoken[-REMEMBERED:]):
            back = asked.sentence - each.sentence
            if back > FARTHEST or (back > LATELY and len(last) >= MOST):
                break
            if each.gender not in ("", asked.gender):
                continue
            if each.who not in last:
                if len(last) >= MOST:
                    continue
                last[each.who] = each
            if back <= LATELY:
                counts[each.who] = counts.get(each.who, 0) + 1
        found = [
            Option(who, self._features(asked, each, rank, counts.get(who, 0), len(last)))
            for rank, (who, each) in enumerate(last.items())
        ]
        near = any(asked.sentence - each.sentence <= 1 for each in last.values())
        found.append(Option(None, (NOBODY,) if near else (NOBODY, NOBODY_NEAR)))
        return found

    def _features(self, asked: Asked, each: Spoken, rank: int, count: int, among: int) -> tuple[int, ...]:
        back, who = asked.sentence - each.sentence, each.who
        found = [
            DISTANCE + _BUCKETS[back],
            RANK + min(rank, 3),
            ROLE + each.role,
            KIND + each.kind,
        ]
        if count:
            found.append(COUNT + min(count, 4) - 1)
        first = self._subjects.get(asked.sentence) == who
        before = self._subjects.get(asked.sentence - 1) == who
        chained = each.role == SUBJECT and back == 1
        found += [
            number
            for number, holds in (
                (PREVIOUS_SUBJECT, before),
                (OWN_SUBJECT, first),
                (ONLY, among == 1),
                (ANY_GENDER, not each.gender),
                (OTHER_LEVEL, (each.level < 0) != (asked.level < 0)),
                (OWN_SPEAKER, asked.speaker == who),
                (SPEAKER_BESIDE, asked.beside == who),
                (SAME_PARAGRAPH, each.paragraph == asked.paragraph),
                (IS_STRANGER, who <= STRANGER),
                (FREQUENT, who in self.frequent),
                (NARRATOR, who == self.narrator),
                (NEAREST, back == 0 and rank == 0),
                (CHAIN, chained and each.kind == PRONOUN),
                (NAMED_CHAIN, chained and each.kind == NAME),
                (FAR_STRANGER, who <= STRANGER and back > 3),
                (SAME_SENTENCE_SUBJECT, back == 0 and each.role == SUBJECT),
            )
            if holds
        ]
        return tuple(found)

    def bind(self, asked: Asked) -> tuple[int | None, float]:
        """Whom a pronoun means most likely, and how sure that is; None is nobody spoken of before."""
        options = self.options(asked)
        table = tables()[place_of(asked.role, asked.level)]
        sums = [sum(table[number] for number in option.features) for option in options]
        top = max(sums)
        total = sum(math.exp(each - top) for each in sums)
        return options[sums.index(top)].who, 1.0 / total


def place_of(role: int, level: int) -> int:
    """Which table weighs a pronoun: by its part of the sentence, in narration or quoted."""
    return role + 3 * (level >= 0)


@cache
def tables() -> Sequence[Sequence[float]]:
    """The weights of the features, for each place that a pronoun may stand in."""
    read: list[list[float]] = json.loads(resource("checking", "binding.json").read_text(encoding="utf-8"))
    return read
