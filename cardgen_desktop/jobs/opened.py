"""What comes back from a child that opened a file: a source, or a card with its picture."""

from typing import Any

from pydantic import ConfigDict, Field

from ..domain.card import Card, CardProblem
from ..domain.source import SourceText
from ..domain.value import Value


class Picture(Value):
    """A checked picture for a card: PNG bytes within the limits."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    data: bytes = Field(repr=False)


class OpenedCard(Value):
    """A card file as it goes into the library; `original` is the card object as the file had it."""

    card: Card
    original: dict[str, Any] | None = None
    problems: tuple[CardProblem, ...] = ()
    picture: Picture | None = None


class OpenedFile(Value):
    """Exactly one of the two is set."""

    source: SourceText | None = None
    card: OpenedCard | None = None
