"""What comes back from a child that opened a file: a source, a card with its files, or nothing to take."""

from typing import Any

from pydantic import Field

from ..domain.card import Card, CardFile, CardProblem
from ..domain.source import SourceText
from ..domain.value import Value


class Picture(Value):
    """A checked picture for a card, stored under the SHA-256 of its content."""

    sha256: str
    bytes: int = Field(ge=0)


class OpenedCard(Value):
    """A card file as it goes into the library; `original` is the card object as the file had it.

    Its picture and its files are stored already; nothing but their names travels.
    """

    card: Card
    original: dict[str, Any] | None = None
    problems: tuple[CardProblem, ...] = ()
    picture: Picture | None = None
    files: tuple[CardFile, ...] = ()


class OpenedFile(Value):
    """At most one of the two is set: neither for a picture in a folder that holds no card.

    `sha256` is the digest of the file's bytes, where it was asked for; `refused` the sentence that says why
    one of several files could not be used.
    """

    source: SourceText | None = None
    card: OpenedCard | None = None
    sha256: str = ""
    refused: str = ""
