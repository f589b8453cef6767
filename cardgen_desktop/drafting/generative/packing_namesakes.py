"""Clusters that are one person for a pack: *Bill* and *Billy Bones*, *Lion* and *Cowardly Lion*.

The reading keeps names apart where it is not sure, since a card must not mix two people. A pack may be more
generous: a model sees the names in the passages. Two clusters are joined when one is called by a single name
that of all the others only the second bears, as it is or with a fond ending, and their genders agree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...reading.focus import FocusTables
from ...reading.index import Index
from ...reading.model import Character, Focus

LEAST_MENTIONS = 3
LEAST_SHARE, LEAST_LETTERS = 0.2, 3
FOND = ("y", "ie", "ey")
PERSONS = ("named", "narrator")


def joined(index: Index, character_id: int) -> Index:
    """The index with the namesakes of a character made part of it; the index itself when there are none."""
    character = index.characters[character_id]
    others = {other.id for other in _namesakes(index, character)}
    return _merged(index, character, others) if others else index


def _namesakes(index: Index, character: Character) -> Iterator[Character]:
    known = (each for each in index.characters if each.kind in PERSONS)
    people = {each.id: each for each in known if len(each.mentions) >= LEAST_MENTIONS}
    names = {number: _names(index, each) for number, each in {**people, character.id: character}.items()}
    own = _sole_bearer(names, character.id)
    for other in people.values():
        agree = not character.gender or not other.gender or character.gender == other.gender
        if (
            other.id != character.id
            and agree
            and (own == other.id or _sole_bearer(names, other.id) == character.id)
        ):
            yield other


def _sole_bearer(names: Mapping[int, set[tuple[str, ...]]], number: int) -> int | None:
    """Who else bears the one word that somebody is always called by; None for several words or bearers."""
    if len(names[number]) != 1 or len(next(iter(names[number]))) != 1:
        return None
    name = next(iter(names[number]))[0]
    bearers = [
        other
        for other, theirs in names.items()
        if other != number and any(_same(name, word) for words in theirs for word in words)
    ]
    return bearers[0] if len(bearers) == 1 else None


def _names(index: Index, character: Character) -> set[tuple[str, ...]]:
    """The words of the names somebody is mostly called by, without titles."""
    least = LEAST_SHARE * max(character.aliases.values(), default=0)
    names = (alias.lower().split() for alias, count in character.aliases.items() if count >= least)
    bare = (tuple(word for word in name if word.rstrip(".") not in index.pack.honorifics) for name in names)
    return {name for name in bare if name}


def _same(name: str, word: str) -> bool:
    """Whether two words are one name: equal, or the longer one the shorter with one of its fond endings."""
    short, long = sorted((name, word), key=len)
    return short == long or (
        len(short) >= LEAST_LETTERS and long[len(short) :] in FOND and long.startswith(short)
    )


def _merged(index: Index, character: Character, others: set[int]) -> Index:
    whole = {character.id, *others}
    mentions = [
        replace(mention, character=character.id) if mention.character in others else mention
        for mention in index.mentions
    ]
    units = [replace(unit, speaker=character.id) if unit.speaker in others else unit for unit in index.units]
    aliases = dict(character.aliases)
    for number in sorted(others):
        aliases = {**index.characters[number].aliases, **aliases}
    found = [mention.id for mention in mentions if mention.character == character.id]
    characters = [
        replace(each, aliases=aliases, mentions=found) if each.id == character.id
        else replace(each, kind="other", mentions=[]) if each.id in others
        else each
        for each in index.characters
    ]  # fmt: skip
    strict, wide = (_joined(table, whole, character.id) for table in (index.focus.strict, index.focus.wide))
    focus = FocusTables(strict, wide)
    return replace(index, mentions=mentions, units=units, characters=characters, focus=focus, _people=None)


def _joined(table: dict[int, list[Focus]], whole: set[int], character: int) -> dict[int, list[Focus]]:
    """A focus table in which several clusters are one; the strongest focus of each sentence stays."""
    best: dict[int, Focus] = {}
    for number in whole:
        for focus in table.get(number, ()):
            if focus.sentence not in best or focus.weight > best[focus.sentence].weight:
                best[focus.sentence] = replace(focus, character=character)
    kept = {number: found for number, found in table.items() if number not in whole}
    return {**kept, character: [best[sentence] for sentence in sorted(best)]}
