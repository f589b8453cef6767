"""PNG as a list of chunks: bounded walking, text decoding and splicing; pixels are never touched.

Pillow is not used here: it hides text after the image data, refuses long compressed text, and drops chunks.
Follows the PNG specification (signature, length, type, data, CRC) and tolerates what real cards get wrong.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from . import limits
from .findings import UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LONGEST_HEAD = 128
"""Keywords have at most 79 letters; some programs pad them."""

_HEADER_LENGTH = 13
_HEADER = struct.Struct(">I4s")
_CRC = struct.Struct(">I")


class Chunk(NamedTuple):
    """One chunk: where its data lies in `source`, without length, type and CRC.

    A tuple of places and no copies: a picture may have thousands, and most are never looked at. `made` marks
    a chunk that was made here and has no CRC yet.
    """

    kind: bytes
    source: memoryview
    start: int
    length: int
    made: bool = False

    @property
    def data(self) -> memoryview:
        """What the chunk holds."""
        return self.source[self.start : self.start + self.length]

    @property
    def sound(self) -> bool:
        """Whether the CRC fits; this reads all of the data."""
        end = self.start + self.length
        return self.made or self._checksum() == _CRC.unpack_from(self.source, end)[0]

    def written(self) -> tuple[bytes, bytes, memoryview, bytes]:
        """The chunk as it stands in a file, with a CRC that fits."""
        return _CRC.pack(self.length), self.kind, self.data, _CRC.pack(self._checksum())

    def _checksum(self) -> int:
        return zlib.crc32(self.data, zlib.crc32(self.kind))


Place = tuple[bytes, int, int]
"""A chunk's kind, where its data starts, and how long it is."""


@dataclass(frozen=True)
class PngFile:
    """A walked PNG. `cut` is set when the file ends before its IEND; `tail` is what follows the IEND.

    `texts` are the text chunks alone: a picture may have a thousand others, and reading a card asks for none.
    """

    data: memoryview
    places: list[Place]
    texts: list[Chunk]
    cut: bool
    tail: bytes

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """Every chunk."""
        return tuple(Chunk(kind, self.data, start, length) for kind, start, length in self.places)

    @property
    def kinds(self) -> frozenset[bytes]:
        """The kinds of its chunks."""
        return frozenset(kind for kind, _, _ in self.places)

    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels from IHDR, or None when the first chunk is not a sound header."""
        if not self.places or self.places[0][0] != b"IHDR" or self.places[0][2] != _HEADER_LENGTH:
            return None
        width, height = struct.unpack_from(">II", self.data, self.places[0][1])
        return (width, height) if width and height else None


def is_png(data: bytes) -> bool:
    """Whether the bytes begin as a PNG."""
    return data[: len(SIGNATURE)] == SIGNATURE


def walk(data: bytes) -> PngFile:
    """Split a PNG into chunks; a cut file gives the whole chunks before the cut. Raises `UnreadableError`."""
    if not is_png(data):
        raise UnreadableError("It is not a PNG picture.")
    view, place, last = memoryview(data), len(SIGNATURE), len(data) - 12
    unpack, most = _HEADER.unpack_from, limits.PNG_CHUNKS
    places: list[Place] = []
    texts: list[Chunk] = []
    while place <= last:
        length, kind = unpack(view, place)
        if length > last - place:
            break
        if len(places) == most:
            raise too_many_chunks()
        places.append((kind, place + 8, length))
        if kind in TEXT_KINDS:
            texts.append(Chunk(kind, view, place + 8, length))
        place += 12 + length
        if kind == b"IEND":
            return PngFile(view, places, texts, cut=False, tail=data[place:])
    return PngFile(view, places, texts, cut=True, tail=b"")


def too_many_chunks() -> UnreadableError:
    """What is said of a PNG beyond the limit of chunks, read or to be written."""
    return UnreadableError(f"It has more than {limits.PNG_CHUNKS:,} chunks, which is the limit for a PNG.")


def keyword_of(chunk: Chunk) -> str | None:
    """The keyword of a text chunk, trimmed and in lower case; None for other chunks."""
    if chunk.kind not in TEXT_KINDS:
        return None
    place = _keyword_length(chunk)
    return bytes(chunk.data[:place]).decode("latin-1").strip().lower() if place >= 0 else None


def _keyword_length(chunk: Chunk) -> int:
    """How many bytes stand before the first NUL of a text chunk; -1 where there are too many, or no NUL."""
    return bytes(chunk.source[chunk.start : chunk.start + min(_LONGEST_HEAD, chunk.length)]).find(b"\0")


def text_of(chunk: Chunk) -> bytes:
    """The text of a tEXt, zTXt or iTXt chunk, decompressed within bounds. Raises `UnreadableError`."""
    body = bytes(chunk.data[_keyword_length(chunk) + 1 :])
    if chunk.kind == b"tEXt":
        return _within_limit(body)
    if chunk.kind == b"zTXt":
        return _inflate(body[1:])
    compressed, _, rest = body[:1], body[1:2], body[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return _inflate(text) if compressed == b"\1" else _within_limit(text)


def text_chunk(keyword: str, text: bytes) -> Chunk:
    """A new tEXt chunk."""
    data = keyword.encode("latin-1") + b"\0" + text
    return Chunk(b"tEXt", memoryview(data), 0, len(data), made=True)


def joined(chunks: Iterable[Chunk], tail: bytes = b"") -> bytes:
    """A PNG file of these chunks; data goes out byte for byte, checksums that did not fit are mended."""
    return b"".join(_pieces(chunks, tail))


def _pieces(chunks: Iterable[Chunk], tail: bytes) -> Iterator[bytes | memoryview]:
    yield SIGNATURE
    for chunk in chunks:
        yield from chunk.written()
    yield tail


def _within_limit(text: bytes) -> bytes:
    if len(text) > limits.TEXT_CHUNK_BYTES:
        raise UnreadableError(
            f"One of its text chunks is larger than {limits.megabytes(limits.TEXT_CHUNK_BYTES)}, the limit."
        )
    return text


def _inflate(data: bytes) -> bytes:
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(data, limits.TEXT_CHUNK_BYTES + 1)
    except zlib.error as error:
        raise UnreadableError("Its compressed card text is damaged.") from error
    _within_limit(text)
    if not machine.eof:
        raise UnreadableError("Its compressed card text is cut short.")
    return text
