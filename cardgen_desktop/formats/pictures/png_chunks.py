"""PNG as a list of chunks: bounded walking, text decoding and splicing; pixels are never touched.

Pillow is not used here: it hides text after the image data, refuses long compressed text, and drops chunks.
Follows the PNG specification (signature, length, type, data, CRC) and tolerates what real cards get wrong.
"""

import struct
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from .. import limits
from ..findings import UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LONGEST_HEAD = 128
"""Keywords have at most 79 letters; some programs pad them."""

_FIRST = len(SIGNATURE)
_IHDR = b"\0\0\0\x0dIHDR"
_PIXELS_END = _FIRST + 16
_SIZE = struct.Struct(">II")
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


@dataclass
class PngFile:
    """A walked PNG. `cut` is set when the file ends before its IEND; `tail` is what follows the IEND.

    `texts` are the text chunks, also those right behind the IEND, and `end` is where the last chunk of the
    picture ends. The others are listed when somebody asks: a picture may have thousands, and reading a card
    asks for none.
    """

    data: memoryview
    texts: list[Chunk]
    end: int
    cut: bool

    @property
    def tail(self) -> bytes:
        """What follows the IEND."""
        return b"" if self.cut else bytes(self.data[self.end :])

    def tail_without(self, starts: Collection[int]) -> bytes:
        """What follows the IEND, without the text chunks that begin at these places."""
        place, pieces = self.end, list[memoryview]()
        for chunk in self.texts if not self.cut else ():
            if chunk.start >= self.end and chunk.start in starts:
                pieces.append(self.data[place : chunk.start - 8])
                place = chunk.start + chunk.length + 4
        return b"".join((*pieces, self.data[place:])) if not self.cut else b""

    @cached_property
    def keyed(self) -> list[tuple[str, Chunk]]:
        """The text chunks that have a keyword, with it."""
        keyed = ((keyword_of(chunk), chunk) for chunk in self.texts)
        return [(keyword, chunk) for keyword, chunk in keyed if keyword is not None]

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """Every chunk."""
        chunks, place = list[Chunk](), len(SIGNATURE)
        while place < self.end:
            length, kind = _HEADER.unpack_from(self.data, place)
            chunks.append(Chunk(kind, self.data, place + 8, length))
            place += 12 + length
        return tuple(chunks)

    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels from IHDR, or None when the first chunk is not a sound header."""
        if len(self.data) < _PIXELS_END or self.data[_FIRST : _FIRST + 8] != _IHDR or self.end == _FIRST:
            return None
        width, height = _SIZE.unpack_from(self.data, _FIRST + 8)
        return (width, height) if width and height else None


def is_png(data: bytes) -> bool:
    """Whether the bytes begin as a PNG."""
    return data[: len(SIGNATURE)] == SIGNATURE


def walk(data: bytes) -> PngFile:
    """Split a PNG into chunks; a cut file gives the whole chunks before the cut. Raises `UnreadableError`."""
    if not is_png(data):
        raise UnreadableError("It is not a PNG picture.")
    view, place, last = memoryview(data), len(SIGNATURE), len(data) - 12
    unpack, left, texts = _HEADER.unpack_from, limits.PNG_CHUNKS, list[Chunk]()
    while place <= last:
        length, kind = unpack(view, place)
        if length > last - place:
            break
        if not left:
            raise too_many_chunks()
        left -= 1
        if kind in TEXT_KINDS:
            texts.append(Chunk(kind, view, place + 8, length))
        place += 12 + length
        if kind == b"IEND":
            return PngFile(view, [*texts, *_texts_behind(view, place, left)], place, cut=False)
    return PngFile(view, texts, place, cut=True)


def _texts_behind(view: memoryview, place: int, left: int) -> list[Chunk]:
    """Text chunks that follow the IEND at once: some programs only append."""
    texts, last = list[Chunk](), len(view) - 12
    while place <= last and left:
        length, kind = _HEADER.unpack_from(view, place)
        if kind not in TEXT_KINDS or length > last - place:
            break
        texts.append(Chunk(kind, view, place + 8, length))
        place, left = place + 12 + length, left - 1
    return texts


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
