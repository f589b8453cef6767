"""What every card reader gives back, and what a card format has to offer to join the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..domain.card import Card, CardProblem


@dataclass(frozen=True)
class ReadCard:
    """One card file after reading.

    `card` is normalised to V3; `spec` and `spec_version` are what the file says (None for a V1 card).
    `original` is the parsed JSON as it was. `picture` is the PNG file itself, or None where there is none or
    it is cut short. `alternatives` are further copies in the same file that say something else.
    """

    container: str
    spec: str | None
    spec_version: str | None
    card: Card
    problems: tuple[CardProblem, ...]
    original: dict[str, Any]
    picture: bytes | None
    alternatives: tuple[Card, ...] = ()


@dataclass(frozen=True)
class CardFormat:
    """One container of cards. All functions judge by content; the suffix is never asked.

    `recognise(data)`: these bytes are this container. `holds_card(data)`: and it means to be a card, even if
    a broken one. `read(data)` raises `UnreadableError` with a sentence that leaves out the file's name.
    """

    container: str
    recognise: Callable[[bytes], bool]
    holds_card: Callable[[bytes], bool]
    read: Callable[[bytes], ReadCard]


def said(original: dict[str, Any], key: str) -> str | None:
    """What a file says for `spec` or `spec_version`, as a text."""
    value = original.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:100]
