"""The characters of a set: alias groups judged as persons, places or other (offline-drafter.md 3.6-3.8)."""

import re
from collections import Counter
from collections.abc import Sequence
from string import capwords

from .aliases import Alias, Group, read_aliases
from .clusters import cluster_aliases
from .languages import FirstNames, LanguagePack
from .model import Character, CharacterKind, Mention, Paragraph, Segment
from .persons import FLOOR, Pronouns, is_person, person_points, voted_gender

SHORT_WORDS, SHORT_FLOOR = 3_000, 0.25
MULTI_WORD = 1.6
_SHOUTED = re.compile(r"[^\W\d_]{4}")
FULL_NAME_TIMES, FULL_NAME_SHARE, RARE_NAME_SHARE = 2, 0.005, 0.1
TITLED_SHARE, OVER_TITLE_SHARE, BY_NAME_SHARE = 0.4, 0.2, 0.4


def build_cast(
    text: str,
    paragraphs: Sequence[Paragraph],
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    pack: LanguagePack,
    names: FirstNames,
    stated: Sequence[Sequence[str]] = (),
) -> list[Character]:
    """Characters with the most mentioned first; every mention learns its character.

    `stated` are keys of aliases that the sources say belong to one person, the name first.
    """
    aliases = read_aliases(mentions, pack, names)
    pronouns = Pronouns(text, pack, mentions)
    for alias in aliases:
        alias.votes = _votes(alias.mentions, pronouns, paragraphs)
        alias.gender = voted_gender(alias.votes, alias.gender, alias.titled_gender)
    groups = _joined(cluster_aliases(aliases, pack, names), stated)
    floor = SHORT_FLOOR if len(text) < SHORT_WORDS * 6 else FLOOR
    characters = [_character(group, pack, names, floor) for group in groups]
    _drop_families(characters)
    characters.sort(key=lambda character: (-len(character.mentions), character.name))
    for number, character in enumerate(characters):
        character.id = number
        for mention in character.mentions:
            mentions[mention].character = number
    return characters


def _joined(groups: list[Group], stated: Sequence[Sequence[str]]) -> list[Group]:
    """The groups after those with a stated other name have gone into that of the name."""
    for name, *others in stated:
        own = next((group for group in groups if name in group.keys), None)
        if own is None:
            continue
        for group in [group for group in groups if group is not own and group.keys & set(others)]:
            own.aliases += group.aliases
            groups.remove(group)
    return groups


def _votes(mentions: Sequence[Mention], pronouns: Pronouns, paragraphs: Sequence[Paragraph]) -> Counter[str]:
    votes = Counter(
        pronouns.vote(mention, paragraphs[mention.paragraph].end)
        for mention in mentions
        if not mention.in_quote
    )
    del votes[""]
    return votes


def _character(group: Group, pack: LanguagePack, names: FirstNames, floor: float) -> Character:
    mentions = group.mentions()
    votes: Counter[str] = Counter()
    for alias in group.aliases:
        votes.update(alias.votes)
    points = sum(person_points(mention, pack, names) for mention in mentions)
    counts: Counter[str] = Counter()
    for alias in group.aliases:
        counts[alias.surface] += alias.count
    name = _in_title_case(_full_name(group, names) or _commonest(counts))
    character = Character(-1, name, dict(counts.most_common()), _gender(group, votes), points)
    character.mentions = [mention.id for mention in mentions]
    person = is_person(points, mentions, votes, pack, floor)
    character.kind = "named" if person else _thing(mentions, pack)
    return character


def _in_title_case(name: str) -> str:
    """A name that a script prints in capitals throughout, as a list shows it."""
    shouted = name.isupper() and _SHOUTED.search(name) and not any(letter.isdigit() for letter in name)
    return capwords(name) if shouted else name


def _full_name(group: Group, names: FirstNames) -> str:
    """The commonest name with given name and surname, if it is more than a slip: *Jim Hawkins*, not *Jim*.

    Who is mostly called by title keeps it (*Dr. Livesey*). A given name that nobody knows may be a title in
    dialect, so it has to be used more often. A by-name that is often there belongs to it.
    """
    full = [alias for alias in group.aliases if alias.is_full and not _is_titled(alias)]
    best = max(full, key=lambda alias: alias.count, default=None)
    if best is None:
        return ""
    share = FULL_NAME_SHARE if names.known(best.given) else RARE_NAME_SHARE
    titled = max((alias.count for alias in group.aliases if _is_titled(alias)), default=0)
    if titled >= TITLED_SHARE * group.count:
        share = OVER_TITLE_SHARE
    if best.count < max(FULL_NAME_TIMES, share * group.count):
        return ""
    longer = [alias for alias in full if alias.surface.endswith(best.surface)]
    often = [alias for alias in longer if alias.count >= BY_NAME_SHARE * best.count]
    return max(often, key=lambda alias: len(alias.surface)).surface


def _is_titled(alias: Alias) -> bool:
    """A title is no part of a full name; a by-name is: *Long John Silver*."""
    return bool(alias.titles) and not alias.mentions[0].epithet


def _commonest(counts: Counter[str]) -> str:
    return max(counts, key=lambda surface: (counts[surface] * (MULTI_WORD if " " in surface else 1), surface))


def _drop_families(characters: Sequence[Character]) -> None:
    """*the Gardiners* is a family, not a person, once somebody is called Gardiner."""
    last = {name.lower().split()[-1] for each in characters if each.kind == "named" for name in each.aliases}
    for character in characters:
        if character.kind == "named" and all(_is_plural(name, last) for name in character.aliases):
            character.kind = "other"


def _is_plural(name: str, last: set[str]) -> bool:
    word = name.lower().split()[-1]
    stems = {word.removesuffix("s"), word.removesuffix("es")} - {word}
    return bool(stems & last)


def _gender(group: Group, votes: Counter[str]) -> str:
    """What titles tell, by how often they are used; else pronouns and first names."""
    titled: Counter[str] = Counter()
    for alias in group.aliases:
        if alias.titled_gender:
            titled[alias.gender] += alias.count
    told = max(titled, key=lambda gender: titled[gender]) if titled else group.gender
    return voted_gender(votes, told, bool(titled))


def _thing(mentions: Sequence[Mention], pack: LanguagePack) -> CharacterKind:
    """A place when it often follows a place preposition or is known as one, else some other name."""
    located = sum(mention.before in pack.place_prepositions_strong for mention in mentions)
    words = mentions[0].surface.lower().split()
    known = words[-1] in pack.place_suffixes or words[0] in pack.places
    return "place" if known or located > 0.15 * len(mentions) else "other"
