"""Signs that a sentence describes somebody rather than tells what happened.

A word of the lexicon alone is weak: *she rubbed her eyes* has one and describes nothing. A modified feature,
a copula or a habit are patterns over words; they need no parser, only the lists of a pack.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..packs import DraftingPack

REACH = 6
MODIFIER_REACH = 3
LEADING = 7
NO_SIGN, ONE_SIGN, MORE_SIGNS = 0.14, 1.0, 1.25

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Person:
    """The words that can stand for somebody: as subject of a clause, and as possessor too.

    `foreign` are possessives that are never the person's. `loose` is the tie of a word to the person that a
    sentence merely begins with: a narrator begins most sentences and is what few of them describe.
    """

    subjects: frozenset[str]
    owners: frozenset[str]
    foreign: frozenset[str]
    loose: float


def described(words: Words, aspect: str, person: Person, pack: DraftingPack) -> float:
    """A factor for the score of an aspect: below 1 when nothing but its words speaks for it."""
    signs = _SIGNS[aspect](words, person, pack)
    if signs > 1:
        return MORE_SIGNS
    return NO_SIGN + (ONE_SIGN - NO_SIGN) * signs


def _after_copula(words: Words, person: Person, pack: DraftingPack) -> list[Words]:
    """What follows each copula whose subject is the person."""
    return [
        words[place + 1 : place + 1 + REACH]
        for place, word in enumerate(words)
        if word in pack.copulas and _has_subject(words, place, person, pack)
    ]


def _has_subject(words: Words, place: int, person: Person, pack: DraftingPack) -> bool:
    """Whether the person is right before a copula: `she was`, `I found her to be`."""
    before = words[max(0, place - 2) : place]
    if before and before[-1] in (pack.he | pack.she) - person.subjects:
        return False
    return not person.subjects.isdisjoint(before) or (
        words[place] == "be" and not person.owners.isdisjoint(before)
    )


def _appearance(words: Words, person: Person, pack: DraftingPack) -> float:
    lexicon = pack.aspects["appearance"]
    signs = 2.0 * _wears(words, person, pack)
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in pack.features and following not in pack.of_words:
            shown = _modified(words, place, pack) or following in pack.copulas
            signs += shown * (0.0 if _blocked(words, place, pack) else _tie(words, place, person))
        elif word in pack.persons | pack.kinds and _is_said(words, place, pack):
            signs += _modified(words, place, pack) * _tie(words, place, person)
    for told in _after_copula(words, person, pack):
        strong = any(lexicon.weight(item) >= 1 and item not in pack.features for item in told)
        signs += strong or any(lexicon.weight(item) and not item.endswith("ing") for item in told[:2])
    return signs


def _wears(words: Words, person: Person, pack: DraftingPack) -> bool:
    """Whether the person wears something: `she wore`, `she was plainly dressed`."""
    subject_first = person.subjects | pack.copulas
    return any(
        word in pack.wears
        and not subject_first.isdisjoint(words[max(0, place - 3) : place])
        and _tie(words, place, person) > 0
        for place, word in enumerate(words)
    )


def _is_said(words: Words, place: int, pack: DraftingPack) -> bool:
    """Whether a copula leads to a word: `she was a tall woman`, not `she kissed a tall woman`."""
    return not pack.copulas.isdisjoint(words[max(0, place - REACH) : place])


def _blocked(words: Words, place: int, pack: DraftingPack) -> bool:
    """Whether somebody else stands right before a feature: `a soldier with green whiskers`."""
    persons = pack.persons | pack.kinds | pack.kin
    for before in range(place - 1, max(-1, place - REACH), -1):
        if words[before] in persons:
            return not _is_said(words, before, pack)
    return False


def _modified(words: Words, place: int, pack: DraftingPack) -> bool:
    """Whether a word for looks stands right before, or a strong one within reach."""
    lexicon = pack.aspects["appearance"]
    before = [item for item in words[max(0, place - MODIFIER_REACH) : place] if item not in pack.features]
    return any(lexicon.weight(item) >= 1 for item in before) or bool(before and lexicon.weight(before[-1]))


def _tie(words: Words, place: int, person: Person) -> float:
    """How surely a word belongs to the person: 1 with it as the nearest owner before, else less."""
    for word in reversed(words[max(0, place - REACH) : place]):
        if word in person.owners or _possessor(word) in person.owners:
            return 1.0
        if word in person.foreign or word.endswith(("'s", "’s")):
            return 0.0
    leads = any(word in person.owners or _possessor(word) in person.owners for word in words[:LEADING])
    return person.loose if leads else 0.0


def _nearest(words: Words, wanted: frozenset[str], person: Person) -> float:
    """The surest tie of any of the wanted words."""
    ties = (_tie(words, place, person) for place, word in enumerate(words) if word in wanted)
    return max(ties, default=0.0)


def _possessor(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else ""


def _personality(words: Words, person: Person, pack: DraftingPack) -> float:
    lexicon = pack.aspects["personality"]
    signs = _nearest(words, pack.habits, person)
    for following in _after_copula(words, person, pack):
        signs += any(item in pack.traits or lexicon.weight(item) > 1 for item in following)
    return signs


def _background(words: Words, person: Person, pack: DraftingPack) -> float:
    signs = 1.5 * _nearest(words, pack.origins, person)
    past = re.search(pack.past, " ".join(words))
    signs += 0.5 * _tie(words, len(" ".join(words)[: past.start()].split()), person) if past else 0.0
    for following in _after_copula(words, person, pack):
        signs += not pack.kinds.isdisjoint(following)
    return signs


def _relationships(words: Words, person: Person, pack: DraftingPack) -> float:
    lexicon = pack.aspects["relationships"]
    signs = 0.0
    for place, word in enumerate(words):
        if lexicon.weight(word) > 1 or word in pack.kin:
            owned = not person.owners.isdisjoint(words[max(0, place - 3) : place])
            stated = not pack.copulas.isdisjoint(words[max(0, place - 4) : place])
            signs += 0.8 * owned + 0.5 * (owned and stated)
    return signs


def _goals(words: Words, person: Person, pack: DraftingPack) -> float:
    lexicon = pack.aspects["goals"]
    return sum(
        lexicon.weight(word) > 1 and not person.subjects.isdisjoint(words[max(0, place - 3) : place])
        for place, word in enumerate(words)
    )


_SIGNS: dict[str, Callable[[Words, Person, DraftingPack], float]] = {
    "appearance": _appearance,
    "personality": _personality,
    "background": _background,
    "relationships": _relationships,
    "goals": _goals,
}
