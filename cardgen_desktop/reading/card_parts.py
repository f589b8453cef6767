"""A card as a source: which stretches tell of the character, which are messages, which are lorebook."""

from collections.abc import Sequence
from typing import NamedTuple, get_args

from ..domain.source import CARD_USER, CardPart
from .manuscript import Manuscript
from .model import Character, Mention, Paragraph, SourceShape

PART_LEVEL = 2
PARTS: frozenset[str] = frozenset(get_args(CardPart))
MESSAGES: frozenset[str] = frozenset({"Greetings", "Examples"})
PROSE: frozenset[str] = frozenset({"", "Description", "Personality", "Scenario"})


class Part(NamedTuple):
    """One part of a card in the combined text; `title` is a `CardPart`, or "" for what comes first."""

    title: str
    start: int
    end: int


def parts_of(manuscript: Manuscript, source: int) -> list[Part]:
    """The parts of a card, in order."""
    first, last = manuscript.bounds(source)
    headings = [
        heading
        for heading in manuscript.sources[source].headings
        if heading.level == PART_LEVEL and heading.title in PARTS
    ]
    starts = [first, *(first + heading.end for heading in headings)]
    ends = [*(first + heading.start for heading in headings), last]
    titles = ["", *(heading.title for heading in headings)]
    return [Part(*part) for part in zip(titles, starts, ends, strict=True)]


def paragraphs_in(parts: Sequence[Part], paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs of these parts that are no headings."""
    return [
        paragraph
        for paragraph in paragraphs
        if not paragraph.heading and any(part.start <= paragraph.start < part.end for part in parts)
    ]


def prose_parts(manuscript: Manuscript, source: int) -> list[Part]:
    """The parts that tell of the card's character, and of nobody else."""
    return [part for part in parts_of(manuscript, source) if part.title in PROSE]


def message_parts(manuscript: Manuscript, source: int) -> list[Part]:
    """The greetings and examples, all of them labelled lines."""
    return [part for part in parts_of(manuscript, source) if part.title in MESSAGES]


def set_user_aside(
    manuscript: Manuscript, source: int, mentions: Sequence[Mention], characters: Sequence[Character]
) -> None:
    """Who chats with a card's character is nobody to be drafted, or to be told of."""
    start, end = manuscript.bounds(source)
    for mention in mentions:
        if start <= mention.start < end and mention.label and mention.surface == CARD_USER:
            if mention.character is not None and _only_speaks(characters[mention.character], mentions):
                characters[mention.character].kind = "other"
            return


def _only_speaks(character: Character, mentions: Sequence[Mention]) -> bool:
    return all(mentions[number].label for number in character.mentions)


def shape_of_part(manuscript: Manuscript, source: int, offset: int) -> SourceShape:
    """What kind of text stands at an offset of a card: a chat, a page about somebody, or prose."""
    part = next((part for part in parts_of(manuscript, source) if part.start <= offset < part.end), None)
    if part is None:
        return "wiki"
    if part.title in MESSAGES:
        return "chat"
    return "wiki" if part.title in PROSE else "prose"
