"""Who is in a set of sources, and what they say: results of reading."""

from typing import Literal

from .source import Span
from .value import Value

Gender = Literal["f", "m", ""]
PRESENCE_BARS = 26

CHAT_HEADING = "chat_heading"
"""The kind of the aside at the beginning of a chat whose file tells who wrote what.

It holds lines `Character: NAME` and `User: NAME`, the names as the labels have them.
"""


class Alias(Value):
    """One way the sources call somebody, and how often."""

    name: str
    mentions: int


class Person(Value):
    """A character found in the sources.

    `id` is stable for one reading of the same set. `aliases` has the most frequent first and includes `name`.
    `mentions` counts name mentions, `quotes` counts quotations attributed with fair confidence. `presence`
    holds `PRESENCE_BARS` counts, one for each equal part of the whole set. `sample_quotes` are a few lines to
    recognise the character by. `main` marks the leading characters.
    """

    id: int
    name: str
    aliases: tuple[Alias, ...]
    mentions: int
    quotes: int
    first: Span
    gender: Gender = ""
    narrator: bool = False
    main: bool = False
    presence: tuple[int, ...] = ()
    sample_quotes: tuple[str, ...] = ()


class Quotation(Value):
    """A quoted utterance without its marks; `speaker` is None when nobody could be named."""

    source: int
    start: int
    end: int
    text: str
    speaker: str | None
    confidence: float
