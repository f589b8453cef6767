"""Whom a book calls by a plain noun: *the squire*, *my guardian*, *my sister, Mrs. Joe*.

A noun beside a name and a noun behind its copula (*Poole was the butler*) say it. Who is *his brother* hangs
on who *he* is; who is *my brother* does not, so that nouns for kin have bearers only as the narrator's own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from .languages import LanguagePack
from .model import Character, Mention

OWN = "my"
"""How a noun of the narrator's own begins, in any language: *my guardian*."""

OFTEN, SAID = 0.4, 2
LOOKED_AT = 50
PEOPLE = frozenset({"named", "narrator"})
_MINE = frozenset(
    [
        "my",
        "mein",
        "meine",
        "meinem",
        "meinen",
        "meiner",
        "mon",
        "ma",
        "mes",
        "mi",
        "mis",
        "mio",
        "mia",
        "meu",
        "minha",
        "мой",
        "моя",
    ]
)
_OPENERS = (
    "(?:the|a|an|my|his|her|our|their|your|der|die|das|den|dem|sein|seine|seiner|seinen|ihr|ihre|meine|mein)"
)
_DEFINITE = r"(?:the|my|his|her|our|their|der|die|sein|seine|ihr|ihre|mein|meine)"
_WORDS = r"(?P<words>[\w’'-]+(?:\s+[\w’'-]+){0,2})"
_BESIDE = re.compile(rf",?\s+(?P<lead>{_DEFINITE})\s+{_WORDS}(?!,?\s+(?:and|und)\b)")
_IS = re.compile(rf"\s+(?:was|is|war|ist)\s+(?P<lead>{_OPENERS})\s+{_WORDS}")
_BEFORE = re.compile(
    rf"(?:\b(?P<lead>{_OPENERS})|[’']s)\s+(?:[a-zäöüß-]+\s+)?(?P<words>\w+),?\s+$", re.IGNORECASE
)


def said_beside(text: str, mention: Mention, nouns: Collection[str]) -> Iterator[tuple[str, str]]:
    """The nouns that stand beside a name or are said of it, each behind its article or owner."""
    found = [
        _BESIDE.match(text, mention.end, mention.end + LOOKED_AT),
        _IS.match(text, mention.end, mention.end + LOOKED_AT),
        _BEFORE.search(text[max(0, mention.start - LOOKED_AT) : mention.start]),
    ]
    for each in found:
        words = each["words"].lower().split() if each else []
        noun = next((word for word in words if word in nouns), None)
        if each and noun is not None:
            yield (each["lead"] or "").lower(), noun


def bearers(
    text: str, mentions: Sequence[Mention], characters: Sequence[Character], pack: LanguagePack
) -> dict[str, dict[int, float]]:
    """The people that a noun may mean, *guardian* or *my guardian*, with how often each, to the most."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for mention in mentions:
        who = mention.character
        if who is not None and characters[who].kind in PEOPLE:
            for lead, noun in said_beside(text, mention, pack.person_nouns):
                mine = lead in _MINE
                if _fits(characters[who], noun, pack) and (mine or noun not in pack.generic_persons):
                    votes[f"{OWN} {noun}" if mine else noun][who] += 1
    return {noun: _shares(counts) for noun, counts in votes.items() if max(counts.values()) >= SAID}


def own(phrase: str) -> str:
    """The key of a noun phrase: *guardian* of *the old guardian*, *my guardian* of *my dear guardian*."""
    words = phrase.lower().split()
    return f"{OWN} {words[-1]}" if words and words[0] in _MINE else words[-1] if words else ""


def _shares(counts: Counter[int]) -> dict[int, float]:
    most = max(counts.values())
    return {each: count / most for each, count in counts.items() if count >= OFTEN * most}


def _fits(character: Character, noun: str, pack: LanguagePack) -> bool:
    gender = "f" if noun in pack.nouns_female else "m" if noun in pack.nouns_male else ""
    return not gender or character.gender in ("", gender)
