"""Stored cards, and what happens to files that come in or go out."""

from typing import Literal

from pydantic import ConfigDict

from .avatar import Crop
from .card import Card, CardFile, CardProblem, ExportTarget
from .evidence import FieldEvidence
from .source import SourceSummary
from .value import Value

CARD_SUFFIXES = frozenset(
    (
        ".png",
        ".apng",
        ".webp",
        ".jpg",
        ".jpeg",
        ".json",
        ".yaml",
        ".yml",
        ".charx",
        ".byaf",
        ".risum",
    )
)
"""Which files of a folder are tried as cards and lorebooks; a file that is named itself is always tried."""


class CardSummary(Value):
    """A stored card as lists show it. `origin` is "draft" or "import"; `trashed_at` in Unix seconds."""

    id: int
    name: str
    source_title: str = ""
    origin: Literal["draft", "import"] = "draft"
    tags: tuple[str, ...] = ()
    lorebook_entries: int = 0
    has_avatar: bool = False
    created_at: float = 0.0
    updated_at: float = 0.0
    version: int = 0
    trashed_at: float | None = None


class CardRecord(Value):
    """A stored card with everything the editor needs.

    Evidence sources are indexes into `sources`. `avatar` is the picture's bytes (PNG, JPEG or WebP), or None
    for the generated portrait; where it is a part of a larger picture, `crop` says which. `files` travel with
    the card: assets and foreign parts of its container. `version` grows with each save: a save names the
    version it was made from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    summary: CardSummary
    card: Card
    evidence: FieldEvidence
    sources: tuple[SourceSummary, ...]
    avatar: bytes | None = None
    problems: tuple[CardProblem, ...] = ()
    files: tuple[CardFile, ...] = ()
    crop: Crop | None = None


class AddedFile(Value):
    """What became of one dropped, chosen or pasted file: a source, a card, or an error with its code."""

    path: str
    source: SourceSummary | None = None
    card: CardSummary | None = None
    error: str | None = None
    error_code: str | None = None


class ExportReport(Value):
    """A file that was written, read back and found equal. `bytes` is its size."""

    path: str
    target: ExportTarget
    bytes: int
    losses: tuple[str, ...] = ()


class Removal(Value):
    """Cards that leave the trash for good, or would: `bytes` is what files take that no other card has.

    `backups` of the database still hold the cards' texts.
    """

    cards: int
    bytes: int
    backups: int = 0
