"""Character cards and lorebooks of every format that `formats` reads; it judges them by their content."""

from ...formats.read_card import ReadCard
from ...formats.registry import read_content
from ..card_text import text_of_card, text_of_lorebook, warn_of_problems
from ..reader import Extract, Reader, Sample


def read_card_text(data: bytes, name: str) -> Extract:
    """Write what a card says as text; raises `CardError` when it cannot be read."""
    read = read_content(data, name)
    if isinstance(read, ReadCard):
        extract = text_of_card(read.card, name)
    else:
        extract = text_of_lorebook(read.book, name)
    warn_of_problems(extract, read.problems)
    return extract


def _sniff(_: Sample) -> float:
    """Never sure by the first bytes: a card may stand anywhere in a picture. The registry asks `formats`."""
    return 0.0


READER = Reader(kind="card", what="a character card", suffixes=(), sniff=_sniff, read=read_card_text)
