"""A source document as the rest of the program sees it: one canonical text with stable offsets."""

from typing import Literal

from pydantic import Field

from .value import Value

SourceKind = Literal[
    "text",
    "markdown",
    "html",
    "epub",
    "docx",
    "pdf",
    "odt",
    "rtf",
    "fictionbook",
    "subtitles",
    "chat",
    "card",
]

CardPart = Literal["Description", "Personality", "Scenario", "Greetings", "Examples", "Lorebook"]
"""The second-level headings under which a card stands when it is a source."""

CARD_USER = "User"
"""The label of `{{user}}` in the examples of a card, and in chats that do not name who chats."""

DOCUMENT_SUFFIXES = frozenset(
    {
        ".txt", ".text", ".log", ".md", ".markdown", ".mdown", ".mkd", ".html", ".htm", ".xhtml", ".xht",
        ".epub", ".docx", ".docm", ".pdf", ".odt", ".fodt", ".rtf", ".fb2", ".srt", ".vtt", ".ass", ".ssa",
        ".jsonl",
    }
)  # fmt: skip
"""Which files of a folder are taken for documents; a file that is named itself is always tried."""


class Span(Value):
    """A stretch of one source: `source` is its index in the set, offsets are Python `str` offsets."""

    source: int
    start: int
    end: int


class Heading(Value):
    """A chapter or section title and where its line stands in the text; level 1 is the outermost."""

    title: str
    level: int
    start: int
    end: int


class Aside(Value):
    """A stretch that stays in the text but is no evidence: licence text, page numbers, contents."""

    kind: str
    start: int
    end: int


class SourceWarning(Value):
    """Something the person should know about how a source was read. `code` is stable, `message` is prose."""

    code: str
    message: str


class SourceText(Value):
    """One document after reading.

    `text` is the decoded text with the byte order mark dropped and newlines kept as they are; for a plain
    text file it is the file itself. Offsets of headings and asides point into it. `sha256` is of the file's
    bytes. `language` is an ISO 639-1 code, or "" when it could not be told.
    """

    path: str
    name: str
    kind: SourceKind
    title: str
    language: str = ""
    encoding: str = ""
    sha256: str
    size: int
    words: int
    text: str = Field(repr=False)
    headings: tuple[Heading, ...] = ()
    asides: tuple[Aside, ...] = ()
    warnings: tuple[SourceWarning, ...] = ()

    @property
    def chars(self) -> int:
        """Length of the canonical text in Python characters."""
        return len(self.text)


class SourceSummary(Value):
    """A stored source without its text: what a list needs."""

    id: int
    path: str
    name: str
    kind: SourceKind
    title: str
    language: str
    encoding: str
    sha256: str
    size: int
    chars: int
    words: int
    headings: tuple[Heading, ...] = ()
    asides: tuple[Aside, ...] = ()
    warnings: tuple[SourceWarning, ...] = ()
    added_at: float = 0.0


class PassageView(Value):
    """A piece of a source around a span: `mark_start:mark_end` of `text` is the span itself.

    `chapter` is the nearest heading above, `position` is how far into the source the span begins, 0 to 1.
    """

    source_title: str
    chapter: str
    position: float
    text: str
    mark_start: int
    mark_end: int
