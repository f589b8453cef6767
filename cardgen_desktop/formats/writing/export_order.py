"""What a writer of card files is handed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...domain.card import Card
from ...domain.card_export import ExportOptions
from ..read_card import ContainedFile


@dataclass(frozen=True)
class ExportOrder:
    """A card and what travels with it.

    `picture` is a PNG (used as it is), JPEG or WebP; None gives the generated portrait where a picture is
    needed. `original` is the parsed file the card came from: key order and foreign keys at the root follow
    it. `files` are what its container held: assets and foreign parts.
    """

    card: Card
    picture: bytes | None = None
    original: dict[str, Any] | None = None
    files: Sequence[ContainedFile] = ()
    options: ExportOptions = field(default_factory=ExportOptions)
