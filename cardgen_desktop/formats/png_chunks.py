"""PNG as a list of chunks: bounded walking, text decoding and splicing; pixels are never touched.

Pillow is not used here: it hides text after the image data, refuses long compressed text, and drops chunks.
Follows the PNG specification (signature, length, type, data, CRC) and tolerates what real cards get wrong.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from . import limits
from .findings import UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
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


@dataclass(frozen=True, slots=True)
class PngFile:
    """A walked PNG. `cut` is set when the file ends before its IEND; `tail` is what follows the IEND."""

    chunks: tuple[Chunk, ...]
    cut: bool
    tail: bytes

    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels from IHDR, or None when the first chunk is not a sound header."""
        if not self.chunks or self.chunks[0].kind != b"IHDR" or len(self.chunks[0].data) != 13:
            return None
        width, height = struct.unpack_from(">II", self.chunks[0].data)
        return (width, height) if width and height else None


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A text chunk's keyword and its decoded, decompressed text as bytes."""

    keyword: str
    text: bytes


def is_png(data: bytes) -> bool:
    """Whether the bytes begin as a PNG."""
    return data.startswith(SIGNATURE)


def walk(data: bytes) -> PngFile:
    """Split a PNG into chunks; a cut file gives the whole chunks before the cut. Raises `UnreadableError`."""
    if not is_png(data):
        raise UnreadableError("It is not a PNG picture.")
    chunks: list[Chunk] = []
    view, place, last = memoryview(data), len(SIGNATURE), len(data) - 12
    while place <= last:
        length, kind = _HEADER.unpack_from(view, place)
        if length > last - place:
            break
        if len(chunks) == limits.PNG_CHUNKS:
            raise too_many_chunks()
        chunks.append(Chunk(kind, view, place + 8, length))
        place += 12 + length
        if kind == b"IEND":
            return PngFile(tuple(chunks), cut=False, tail=data[place:])
    return PngFile(tuple(chunks), cut=True, tail=b"")


def too_many_chunks() -> UnreadableError:
    """What is said of a PNG beyond the limit of chunks, read or to be written."""
    return UnreadableError(f"It has more than {limits.PNG_CHUNKS:,} chunks, which is the limit for a PNG.")


def keyword_of(chunk: Chunk) -> str | None:
    """The keyword of a text chunk, trimmed and in lower case; None for other chunks."""
    if chunk.kind not in TEXT_KINDS:
        return None
    head = bytes(chunk.data[:128])
    return head.partition(b"\0")[0].decode("latin-1").strip().lower() if b"\0" in head else None


def text_of(chunk: Chunk) -> bytes:
    """The text of a tEXt, zTXt or iTXt chunk, decompressed within bounds. Raises `UnreadableError`."""
    body = bytes(chunk.data).partition(b"\0")[2]
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
