"""Character cards in WebP: the EXIF chunk of a RIFF file. They are read, and never written.

Follows the WebP container specification (RIFF header, chunks with even lengths) as far as cards need it.
"""

import struct
from dataclasses import dataclass

from .. import limits
from ..findings import Findings, UnreadableError
from ..read_card import CardFormat, ReadCard
from .exif_cards import holds_exif_card, read_picture, refuse_many_pixels

_CHUNK = struct.Struct("<4sI")
_FIRST_CHUNK = 12
_CHUNKS = limits.PNG_CHUNKS


@dataclass(frozen=True, slots=True)
class WebpFile:
    """What a card needs of a WebP: the EXIF blocks, the size in pixels, and whether the file is cut short."""

    exif: tuple[memoryview, ...]
    size: tuple[int, int] | None
    cut: bool


def is_webp(data: bytes) -> bool:
    """Whether the bytes begin as a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def holds_card(data: bytes) -> bool:
    """Whether the EXIF of a WebP means to be a card; a plain picture does not."""
    try:
        return holds_exif_card(walk_webp(data).exif)
    except UnreadableError:
        return False


def read_webp(data: bytes) -> ReadCard:
    """The card of a WebP. Raises `UnreadableError` when there is none, or a limit is passed."""
    webp, findings = walk_webp(data), Findings()
    refuse_many_pixels(webp.size)
    if not webp.cut:
        return read_picture("webp", data, webp.exif, findings)
    findings.warning("", "The file is cut short. The card was read; its picture is damaged and was left out.")
    return read_picture("webp", None, webp.exif, findings)


def walk_webp(data: bytes) -> WebpFile:
    """Look at every chunk of a WebP. Raises `UnreadableError` when it is none, or has too many chunks."""
    if not is_webp(data):
        raise UnreadableError("It is not a WebP picture.")
    view, place, count = memoryview(data), _FIRST_CHUNK, 0
    end = struct.unpack_from("<I", view, 4)[0] + 8
    exif: list[memoryview] = []
    size: tuple[int, int] | None = None
    while place + _CHUNK.size <= min(end, len(view)):
        kind, length = _CHUNK.unpack_from(view, place)
        content = view[place + _CHUNK.size : place + _CHUNK.size + length]
        if kind == b"EXIF":
            exif.append(content)
        size = size or _size(kind, content)
        place += _CHUNK.size + length + length % 2
        count += 1
        if count > _CHUNKS:
            raise UnreadableError(f"It has more than {_CHUNKS:,} chunks, which is the limit for a WebP.")
    # The last chunk's padding is missing in many files, and no reader minds.
    return WebpFile(tuple(exif), size, cut=len(view) + 1 < max(end, place))


def _size(kind: bytes, content: memoryview) -> tuple[int, int] | None:
    """Width and height from a header: of the canvas, of a lossless or of a lossy picture."""
    if kind == b"VP8X" and len(content) >= 10:
        return _small(content[4:7]) + 1, _small(content[7:10]) + 1
    if kind == b"VP8L" and len(content) >= 5:
        bits: int = struct.unpack_from("<I", content, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(content) >= 10:
        width, height = struct.unpack_from("<HH", content, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _small(content: memoryview) -> int:
    return int.from_bytes(content, "little")


FORMAT = CardFormat(container="webp", recognise=is_webp, holds_card=holds_card, read=read_webp)
