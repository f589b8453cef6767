"""Learns which people a book calls by a plain noun: *the squire*, *my guardian*, *die Schwester*.

A title before a name, a noun beside a name (*my sister, Mrs. Joe*) and a copula (*Poole was the butler*) say
it.
"""

from collections import Counter, defaultdict

from ...reading.bearers import said_beside
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


def bearers(whereabouts: Whereabouts, nouns: dict[str, str]) -> dict[str, set[int]]:
    """The people that each noun may mean; `nouns` are those for people with their genders."""
    votes = _titles(whereabouts)
    for mention in whereabouts.index.mentions:
        who = mention.character
        if who is not None and whereabouts.index.characters[who].kind in PEOPLE:
            for _, noun in said_beside(whereabouts.index.text, mention, nouns):
                if noun not in ANYBODY and _fits(whereabouts, who, nouns[noun]):
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


def _fits(whereabouts: Whereabouts, character: int, gender: str) -> bool:
    return not gender or whereabouts.index.characters[character].gender in ("", gender)
