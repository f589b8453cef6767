"""Learns which people a book calls by a plain noun: *the squire*, *my guardian*, *die Schwester*.

A title before a name, a noun beside a name (*my sister, Mrs. Joe*) and a copula (*Poole was the butler*) say
it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from ...reading.model import Mention
from .whereabouts import Whereabouts

SHORT = {"dr": "doctor", "capt": "captain", "cap'n": "captain", "prof": "professor", "lieut": "lieutenant"}
EMPTY = frozenset({"mr", "mrs", "miss", "ms", "sir", "m", "st", "messrs", "mister", "madam", "madame"})
EMPTY_ELSEWHERE = frozenset({"herr", "herrn", "frau", "fräulein", "monsieur", "señor", "señora", "signor"})
_ANYBODY = (
    "man woman boy girl gentleman lady gentlemen ladies one other others person people fellow friend child"
    " being sir voice creature stranger former latter human companion chap thing speaker mortal lad youth"
    " baby mann frau herr herren andere anderer kind mensch leute stimme mädchen junge dame alte alter"
    " reisende fremder freund"
)
ANYBODY = frozenset(_ANYBODY.split())
"""Nouns that may mean anybody, so that they are nobody's name."""

PEOPLE = frozenset({"named", "narrator"})
OFTEN, SAID, SELDOM = 0.4, 2, 8
_OPENERS = (
    r"(?:the|a|an|my|his|her|our|their|your|der|die|das|den|dem|sein|seine|seiner|seinen|ihr|ihre|meine|mein)"
)
_DEFINITE = r"(?:the|my|his|her|our|their|der|die|sein|seine|ihr|ihre|mein|meine)"
_WORDS = r"(?P<words>[\w’'-]+(?:\s+[\w’'-]+){0,2})"
_BESIDE = re.compile(rf",?\s+{_DEFINITE}\s+{_WORDS}(?!,?\s+(?:and|und)\b)")
_IS = re.compile(rf"\s+(?:was|is|war|ist)\s+{_OPENERS}\s+{_WORDS}")
_BEFORE = re.compile(rf"(?:\b{_OPENERS}|[’']s)\s+(?:[a-zäöüß-]+\s+)?(?P<words>\w+),?\s+$", re.IGNORECASE)
LOOKED_AT = 50


def bearers(whereabouts: Whereabouts, nouns: dict[str, str]) -> dict[str, set[int]]:
    """The people that each noun may mean; `nouns` are those for people with their genders."""
    votes = _titles(whereabouts)
    for mention in whereabouts.index.mentions:
        who = mention.character
        if who is not None and whereabouts.index.characters[who].kind in PEOPLE:
            for noun in _said_of(whereabouts.index.text, mention, nouns):
                if _fits(whereabouts, who, nouns[noun]):
                    votes[noun][who] += 1
    corpus = whereabouts.corpus
    return {
        noun: _strongest(counts)
        for noun, counts in votes.items()
        if max(counts.values()) >= SAID or len(corpus.having(corpus.words.stem(noun))) < SELDOM
    }


def _strongest(counts: Counter[int]) -> set[int]:
    most = max(counts.values())
    return {each for each, count in counts.items() if count >= OFTEN * most}


def _titles(whereabouts: Whereabouts) -> dict[str, Counter[int]]:
    """Whose names begin with a noun, and how often: *captain* of *Captain Smollett*."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for character in whereabouts.index.characters:
        for alias, count in character.aliases.items():
            words = alias.lower().replace(".", "").split()
            title = SHORT.get(words[0], words[0]) if len(words) > 1 else ""
            named = title in whereabouts.index.pack.honorifics and title not in EMPTY | EMPTY_ELSEWHERE
            if named and character.kind in PEOPLE:
                votes[title][character.id] += count
    return votes


def _said_of(text: str, mention: Mention, nouns: Collection[str]) -> Iterator[str]:
    """The nouns that stand beside a name or are said of it."""
    found = [
        _BESIDE.match(text, mention.end, mention.end + LOOKED_AT),
        _IS.match(text, mention.end, mention.end + LOOKED_AT),
        _BEFORE.search(text[max(0, mention.start - LOOKED_AT) : mention.start]),
    ]
    for each in found:
        words = each["words"].lower().split() if each else []
        noun = next((word for word in words if word in nouns), None)
        if noun is not None and noun not in ANYBODY:
            yield noun


def _fits(whereabouts: Whereabouts, character: int, gender: str) -> bool:
    return not gender or whereabouts.index.characters[character].gender in ("", gender)
