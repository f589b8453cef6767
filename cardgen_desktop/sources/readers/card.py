"""Character cards and lorebooks of every format that `formats` reads; it judges them by their content."""

import re

from ...domain.card import Card, CardData
from ...formats.read_card import ReadCard
from ...formats.registry import read_content
from ..card_text import text_of_card, text_of_lorebook, warn_of_problems
from ..encoding import decode
from ..reader import Extract, Reader, Sample

ATTRIBUTES = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,80}\[\s{0,8}character\s{0,8}\(\s{0,8}\"(?P<name>[^\"\r\n]{1,120})\"",
    re.IGNORECASE,
)


def read_card_text(data: bytes, name: str) -> Extract:
    """Write what a card says as text; raises `CardError` when it cannot be read."""
    if begin := ATTRIBUTES.match(data):
        described = CardData(
            name=begin["name"].decode("utf-8", "replace"), description=decode(data, name).text
        )
        return text_of_card(Card(data=described), name)
    read = read_content(data, name)
    if isinstance(read, ReadCard):
        extract = text_of_card(read.card, name)
    else:
        extract = text_of_lorebook(read.book, name)
    warn_of_problems(extract, read.problems)
    return extract


def looks_like_attributes(data: bytes) -> bool:
    """Whether a text is a list of attributes as people write them for a card's description (W++)."""
    return ATTRIBUTES.match(data) is not None


def _sniff(_: Sample) -> float:
    """Never sure by the first bytes: a card may stand anywhere in a picture. The registry asks `formats`."""
    return 0.0


READER = Reader(kind="card", what="a character card", suffixes=(), sniff=_sniff, read=read_card_text)
