"""Character cards in JPEG: the EXIF segments before the picture. They are read, and never written.

Follows the JPEG syntax of markers (ITU T.81, annex B) and EXIF's APP1 segment as far as cards need them.
"""

from dataclasses import dataclass

from .. import limits
from ..findings import Findings, UnreadableError
from ..read_card import CardFormat, ReadCard
from .exif import PREFIX
from .exif_cards import Exif, holds_exif_card, read_picture, refuse_many_pixels

SIGNATURE = b"\xff\xd8\xff"
_APP1, _END, _SCAN = 0xE1, 0xD9, 0xDA
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEGMENTS = limits.PNG_CHUNKS


@dataclass(frozen=True, slots=True)
class JpegFile:
    """What a card needs of a walked JPEG: the EXIF blocks and the size in pixels."""

    exif: tuple[Exif, ...]
    size: tuple[int, int] | None


def is_jpeg(data: bytes) -> bool:
    """Whether the bytes begin as a JPEG."""
    return data[:3] == SIGNATURE


def holds_card(data: bytes) -> bool:
    """Whether the EXIF of a JPEG means to be a card; a plain photo does not."""
    try:
        return holds_exif_card(walk_jpeg(data).exif)
    except UnreadableError:
        return False


def read_jpeg(data: bytes) -> ReadCard:
    """The card of a JPEG. Raises `UnreadableError` when there is none, or a limit is passed."""
    jpeg = walk_jpeg(data)
    refuse_many_pixels(jpeg.size)
    return read_picture("jpeg", bytes(data), jpeg.exif, Findings())


def walk_jpeg(data: bytes) -> JpegFile:
    """Look at the segments before the pixels. Raises `UnreadableError` when it is no JPEG or has too many."""
    if not is_jpeg(data):
        raise UnreadableError("It is not a JPEG picture.")
    view, place, count = memoryview(data), 2, 0
    found: list[memoryview] = []
    size: tuple[int, int] | None = None
    while place + 4 <= len(view) and view[place] == 0xFF and view[place + 1] not in (_END, _SCAN):
        count += 1
        if count > _SEGMENTS:
            raise UnreadableError(f"It has more than {_SEGMENTS:,} segments, which is the limit for a JPEG.")
        marker = view[place + 1]
        if marker == 0xFF or marker in _ALONE:  # a byte that fills, or a marker without a segment
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(view[place + 2 : place + 4])
        content = view[place + 4 : place + 2 + length]
        if marker == _APP1 and content[: len(PREFIX)] == PREFIX:
            found.append(content[len(PREFIX) :])
        elif marker in _FRAMES and len(content) >= 5:
            size = size or (int.from_bytes(content[3:5]), int.from_bytes(content[1:3]))
        place += 2 + max(length, 2)
    return JpegFile(_blocks(found), size)


def _blocks(found: list[memoryview]) -> tuple[Exif, ...]:
    """First all blocks together, as a segment holds 64 KB and longer EXIF goes on in the next; then each."""
    return (b"".join(found), *found) if len(found) > 1 else tuple(found)


FORMAT = CardFormat(container="jpeg", recognise=is_jpeg, holds_card=holds_card, read=read_jpeg)
