"""Who is the character of a chat and who its user, where the file or the labels tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..domain.people import CHAT_HEADING
from .manuscript import Manuscript
from .model import Character, Mention, Segment, Unit

USER_LABELS = frozenset({"user", "you", "human"})
"""Labels under which programs and people write the user's own lines when they give no name."""


@dataclass(slots=True)
class Roles:
    """The characters of one chat and its users, by the ids of characters."""

    characters: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)


def chat_roles(manuscript: Manuscript, mentions: Sequence[Mention]) -> dict[int, Roles]:
    """The roles in every source that tells them, by source."""
    roles: dict[int, Roles] = {}
    told = [dict(_headed(manuscript, source)) for source in range(len(manuscript.sources))]
    for mention in mentions:
        if not mention.label or mention.character is None:
            continue
        source = manuscript.source_at(mention.start)
        by_label = "User" if mention.surface.lower() in USER_LABELS else ""
        role = told[source].get(mention.surface, by_label)
        if role == "Character":
            roles.setdefault(source, Roles()).characters.add(mention.character)
        elif role:
            roles.setdefault(source, Roles()).users.add(mention.character)
    for each in roles.values():
        each.users -= each.characters
    return roles


def personas(
    manuscript: Manuscript, mentions: Sequence[Mention], characters: Sequence[Character]
) -> frozenset[int]:
    """Who is only ever the user of chats: on a card that is `{{user}}`, and nobody to be told of."""
    chats: dict[int, set[int]] = {}
    for source, roles in chat_roles(manuscript, mentions).items():
        for number in roles.users:
            chats.setdefault(number, set()).add(source)
    return frozenset(
        number
        for number, sources in chats.items()
        if all(manuscript.source_at(mentions[each].start) in sources for each in characters[number].mentions)
    )


def _headed(manuscript: Manuscript, source: int) -> Iterator[tuple[str, str]]:
    """Pairs of name and role, as the heading of a chat has them."""
    text = manuscript.sources[source]
    for aside in text.asides if text.kind == "chat" else ():
        if aside.kind == CHAT_HEADING:
            for line in text.text[aside.start : aside.end].split("\n"):
                role, _, name = line.partition(": ")
                yield name, role


def ranked_by_role(
    weights: dict[int, float],
    roles: dict[int, Roles],
    manuscript: Manuscript,
    mentions: Sequence[Mention],
    segments: Sequence[Segment],
    units: Sequence[Unit],
) -> dict[int, float]:
    """The weights with those whom a chat is about before everybody else in it.

    What a user says and is called in a chat does not count for the user; the characters count as much more as
    whoever else counts most there.
    """
    if not roles:
        return weights
    inside: dict[int, dict[int, float]] = {source: {} for source in roles}
    said = ((segments[number].start, unit.speaker) for unit in units for number in unit.segments)
    for start, who in [*((each.start, each.character) for each in mentions), *said]:
        source = manuscript.source_at(start)
        if who in weights and source in inside:
            inside[source][who] = inside[source].get(who, 0.0) + 1.0
    moved = dict(weights)
    for source, each in roles.items():
        counts = inside[source]
        others = counts.keys() - each.characters - each.users
        most = max((counts[who] for who in others), default=0.0)
        for who in each.characters & moved.keys():
            moved[who] += most
        for who in each.users & moved.keys():
            moved[who] = max(0.0, moved[who] - counts.get(who, 0.0))
    return moved
