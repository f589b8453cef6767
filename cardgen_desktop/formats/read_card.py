"""What every card reader gives back, and what a card format has to offer to join the registry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..domain.card import Card, CardProblem, Lorebook


@dataclass(frozen=True)
class ContainedFile:
    """A file inside a card's container: an asset, or what another program put there.

    `path` is its place (see `domain.card.CardFile`), `size` its bytes; `read` gives the content, proved to be
    of that size, and raises `UnreadableError`.
    """

    path: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class ReadCard:
    """One card file after reading.

    `card` is normalised to V3; `spec` and `spec_version` are what the file says (None for a V1 card).
    `original` is the parsed JSON as it was, where it is a card's (V1, V2, V3 and the hybrids), else None.
    `picture` is the picture file itself (PNG, JPEG or WebP), or None where there is none or it is cut short.
    `alternatives` are further copies in the same file that say something else. `files` are what else the
    container holds. `format` names the way of writing where no specification does ("agnai", "pygmalion").
    """

    container: str
    spec: str | None
    spec_version: str | None
    card: Card
    problems: tuple[CardProblem, ...]
    original: dict[str, Any] | None
    picture: bytes | None
    alternatives: tuple[Card, ...] = field(default_factory=tuple)
    files: tuple[ContainedFile, ...] = ()
    format: str = ""


@dataclass(frozen=True)
class ReadBook:
    """A lorebook file that stands alone. `format` says whose: "st-worldinfo", "lorebook-v3", "novelai"."""

    container: str
    format: str
    book: Lorebook
    problems: tuple[CardProblem, ...]
    original: dict[str, Any] | None


@dataclass(frozen=True)
class CardFormat:
    """One container of cards. All functions judge by content; the suffix is never asked.

    `recognise(data)`: these bytes are this container. `holds_card(data)`: and it means to be a card, even if
    a broken one. `read(data)` raises `UnreadableError` with a sentence that leaves out the file's name.
    """

    container: str
    recognise: Callable[[bytes], bool]
    holds_card: Callable[[bytes], bool]
    read: Callable[[bytes], ReadCard | ReadBook]


def said(original: dict[str, Any], key: str) -> str | None:
    """What a file says for `spec` or `spec_version`, as a text."""
    value = original.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:100]
