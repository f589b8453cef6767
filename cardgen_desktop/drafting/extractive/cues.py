"""Signs that a sentence describes somebody rather than tells what happened.

A word of the lexicon alone is weak: *she rubbed her eyes* has one and describes nothing. A modified feature,
a copula or a habit are patterns over words; they need no parser, only the lists of a pack.
"""

import re
from collections.abc import Callable, Sequence

from ..packs import DraftingPack

REACH = 6
MODIFIER_REACH = 3
NO_SIGN, ONE_SIGN, MORE_SIGNS = 0.35, 1.0, 1.25

Words = Sequence[str]
Subjects = frozenset[str]


def described(words: Words, aspect: str, subjects: Subjects, pack: DraftingPack) -> float:
    """A factor for the score of an aspect: below 1 when nothing but its words speaks for it."""
    signs = _SIGNS[aspect](words, subjects, pack)
    if signs > 1:
        return MORE_SIGNS
    return NO_SIGN + (ONE_SIGN - NO_SIGN) * signs


def _after_copula(words: Words, subjects: Subjects, pack: DraftingPack) -> list[Words]:
    """What follows each copula whose subject is the person."""
    return [
        words[place + 1 : place + 1 + REACH]
        for place, word in enumerate(words)
        if word in pack.copulas and not subjects.isdisjoint(words[max(0, place - 2) : place])
    ]


def _appearance(words: Words, subjects: Subjects, pack: DraftingPack) -> float:
    lexicon = pack.aspects["appearance"]
    persons = pack.kinds | pack.kin | pack.persons
    worn = (word in pack.wears and _owned(words, place, subjects) for place, word in enumerate(words))
    signs = 2.0 * any(worn)
    owners = subjects | pack.his | pack.her
    for place, word in enumerate(words):
        if word not in pack.features and word not in persons:
            continue
        following = words[place + 1] if place + 1 < len(words) else ""
        told = _modified(words, place, pack) or (word in pack.features and following in pack.copulas)
        signs += told * (1.0 if _owned(words, place, owners) else _led(words, owners))
    for following_words in _after_copula(words, subjects, pack):
        signs += any(lexicon.weight(item) and item not in pack.features for item in following_words)
    return signs


def _modified(words: Words, place: int, pack: DraftingPack) -> bool:
    """Whether a word for looks stands right before, or a strong one within reach."""
    lexicon = pack.aspects["appearance"]
    before = [item for item in words[max(0, place - MODIFIER_REACH) : place] if item not in pack.features]
    return any(lexicon.weight(item) >= 1 for item in before) or bool(before and lexicon.weight(before[-1]))


def _owned(words: Words, place: int, owners: Subjects) -> bool:
    """Whether the nearest possessor or subject before a word is the person."""
    for word in reversed(words[max(0, place - REACH) : place]):
        if word in owners or _possessor(word) in owners:
            return True
        if word.endswith(("'s", "’s")):
            return False
    return False


def _possessor(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else ""


def _led(words: Words, owners: Subjects) -> float:
    """Less than a sign when the sentence at least begins with the person, else none."""
    return 0.6 if any(word in owners or _possessor(word) in owners for word in words[:5]) else 0.0


def _personality(words: Words, subjects: Subjects, pack: DraftingPack) -> int:
    lexicon = pack.aspects["personality"]
    signs = int(not pack.habits.isdisjoint(words))
    for following in _after_copula(words, subjects, pack):
        signs += any(item in pack.traits or lexicon.weight(item) > 1 for item in following)
    return signs


def _background(words: Words, subjects: Subjects, pack: DraftingPack) -> int:
    signs = 2 * (not pack.origins.isdisjoint(words)) + bool(re.search(pack.past, " ".join(words)))
    for following in _after_copula(words, subjects, pack):
        signs += not pack.kinds.isdisjoint(following)
    return signs


def _relationships(words: Words, subjects: Subjects, pack: DraftingPack) -> int:
    own = subjects | pack.his | pack.her
    lexicon = pack.aspects["relationships"]
    signs = 0
    for place, word in enumerate(words):
        if lexicon.weight(word) > 1 or word in pack.kin:
            signs += not own.isdisjoint(words[max(0, place - 3) : place])
    return signs


def _goals(words: Words, subjects: Subjects, pack: DraftingPack) -> int:
    lexicon = pack.aspects["goals"]
    return sum(
        lexicon.weight(word) > 1 and not subjects.isdisjoint(words[max(0, place - 3) : place])
        for place, word in enumerate(words)
    )


_SIGNS: dict[str, Callable[[Words, Subjects, DraftingPack], float]] = {
    "appearance": _appearance,
    "personality": _personality,
    "background": _background,
    "relationships": _relationships,
    "goals": _goals,
}
