"""The tables of an index (offline-drafter.md section 2); every offset is into the combined text."""

from dataclasses import dataclass, field
from typing import Literal

TagKind = Literal["", "name", "first", "pronoun", "nominal"]
CharacterKind = Literal["named", "nominal", "narrator", "place", "other"]
Tier = Literal["strict", "wide"]
SourceShape = Literal["prose", "chat", "sheet", "wiki", "card"]


@dataclass(slots=True)
class Paragraph:
    """A stretch of one source between blank lines; headings give no evidence."""

    id: int
    start: int
    end: int
    source: int
    heading: bool = False


@dataclass(slots=True)
class Sentence:
    """A sentence inside one paragraph."""

    id: int
    start: int
    end: int
    paragraph: int


@dataclass(slots=True)
class Segment:
    """A quoted stretch without its marks; `outer_start:outer_end` holds the marks too.

    `continued` says that the quote was left open at the paragraph's end. The tag is who the narration beside
    it names as speaker: a name mention's id, a pronoun, or a noun phrase.
    """

    id: int
    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    continued: bool = False
    unit: int = -1
    tag_kind: TagKind = ""
    tag_value: str = ""
    tag_mention: int | None = None


@dataclass(slots=True)
class Unit:
    """An utterance: the segments of one paragraph that one speaker says."""

    id: int
    paragraph: int
    segments: list[int] = field(default_factory=list)
    speaker: int | None = None
    confidence: float = 0.0
    continues: int | None = None
    tag_kind: TagKind = ""
    tag_value: str = ""
    tag_mention: int | None = None


@dataclass(slots=True)
class Mention:
    """A name in the text. `before2`, `before` and `after` are the neighbouring words in lower case.

    `label` says that it stands before a line of a chat or script as the name of who speaks, `epithet` that
    its first word is a plain one elsewhere: *Long John*.
    """

    id: int
    start: int
    end: int
    surface: str
    paragraph: int
    in_quote: bool = False
    vocative: bool = False
    possessive: bool = False
    before2: str = ""
    before: str = ""
    after: str = ""
    label: bool = False
    epithet: bool = False
    character: int | None = None


@dataclass(slots=True)
class Character:
    """A cluster of aliases. `score` is the person score; `mentions` are mention ids in text order."""

    id: int
    name: str
    aliases: dict[str, int]
    gender: str = ""
    score: float = 0.0
    kind: CharacterKind = "named"
    mentions: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Focus:
    """How much a sentence is about a character, 0 to 1."""

    sentence: int
    character: int
    weight: float
    tier: Tier = "strict"


@dataclass(slots=True)
class Section:
    """A row of a sheet or a part of a wiki page: its key or heading, its card field, its words."""

    source: int
    title: str
    field: str
    start: int
    end: int
