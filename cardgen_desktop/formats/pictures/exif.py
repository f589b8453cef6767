"""The EXIF comment of a picture, which some programs keep a card in: a bounded walk through TIFF directories.

Offsets, counts and chains of directories come from the file and are not believed: every place is checked,
every directory is looked at once. Follows EXIF 2.32 (UserComment, its 8-byte character code) and what
writers make of it.
"""

import struct
from collections.abc import Iterator

from .. import limits
from ..findings import Findings, UnreadableError

PREFIX = b"Exif\0\0"
"""What stands before the TIFF header in JPEG, and in some WebP and PNG files too."""

_USER_COMMENT = 0x9286
_EXIF_DIRECTORY = 0x8769
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_BYTE_TYPES = frozenset({1, 2, 6, 7, 129})  # BYTE, ASCII, SBYTE, UNDEFINED, UTF-8
_MOST_DIRECTORIES = 16
_MOST_ENTRIES = 1_000
_LIST_STARTS = (b"123,", b"123 ,", b"239,", b"101,", b"32,", b"10,", b"13,", b"9,")
"""How a list of the bytes of a card begins: a brace, a mark, base64 of a brace, or white space."""

_LISTED_AT_ONCE = 64 * 1024
_CODES = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", bytes(8))


class _Entry:
    """A tag, its kind, count and value; a value of up to four bytes stands itself at `place`."""

    __slots__ = ("count", "kind", "place", "tag", "value")

    def __init__(self, fields: tuple[int, ...], place: int) -> None:
        self.tag, self.kind, self.count, self.value = fields
        self.place = place


def user_comment(exif: bytes | memoryview) -> bytes | None:
    """The first comment of EXIF data, with its character code; None where there is none."""
    tiff = memoryview(exif)
    if tiff[: len(PREFIX)] == PREFIX:
        tiff = tiff[len(PREFIX) :]
    order = _ORDERS.get(bytes(tiff[:4]))
    if order is None or len(tiff) < 8:
        return None
    waiting: list[int] = [struct.unpack_from(f"{order}I", tiff, 4)[0]]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        place = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        for entry in _entries(tiff, place, order, waiting):
            if entry.tag == _EXIF_DIRECTORY:
                waiting.insert(0, entry.value)
            elif entry.tag == _USER_COMMENT and (found := _content(tiff, entry)):
                return found
    return None


def comment_text(comment: bytes, findings: Findings) -> bytes:
    """A comment without its character code, as UTF-8 where it was UTF-16. Raises `UnreadableError`."""
    if len(comment) > limits.TEXT_CHUNK_BYTES:
        limit = limits.megabytes(limits.TEXT_CHUNK_BYTES)
        raise UnreadableError(f"Its EXIF comment is larger than {limit}, the limit of a card's text.")
    body = comment[8:] if comment[:8] in _CODES else comment
    text = _from_utf16(body, findings).strip(b" \t\r\n\0")
    return _from_list(text, findings)


def _entries(tiff: memoryview, place: int, order: str, waiting: list[int]) -> list[_Entry]:
    """The entries of the directory at a place, as far as they are inside; the next one is put in line."""
    if place < 8 or place + 2 > len(tiff):
        return []
    said: int = struct.unpack_from(f"{order}H", tiff, place)[0]
    count = min(said, _MOST_ENTRIES, (len(tiff) - place - 2) // 12)
    end = place + 2 + 12 * count
    if count == said and end + 4 <= len(tiff):
        waiting.append(struct.unpack_from(f"{order}I", tiff, end)[0])
    places = range(place + 2, end, 12)
    packed = struct.Struct(f"{order}HHII")
    return [_Entry(packed.unpack_from(tiff, at), at + 8) for at in places]


def _content(tiff: memoryview, entry: _Entry) -> bytes | None:
    if entry.kind not in _BYTE_TYPES:
        return None
    start = entry.place if entry.count <= 4 else entry.value
    return bytes(tiff[start : start + entry.count])


def _from_utf16(body: bytes, findings: Findings) -> bytes:
    """UTF-8 for text in 16-bit characters; which byte comes first shows in the first letter of a card."""
    if body[:2] == b"\xfe\xff" or (body[:1] == b"\0" and body[1:2] not in (b"", b"\0")):
        encoding = "utf-16-be"
    elif body[:2] == b"\xff\xfe" or (body[1:2] == b"\0" and body[:1] not in (b"", b"\0")):
        encoding = "utf-16-le"
    else:
        return body
    try:
        text = body[: len(body) & ~1].decode(encoding)
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        findings.warning("", "The comment has letters that are broken UTF-16; they were replaced by \ufffd.")
    return text.removeprefix("\ufeff").encode()


def _from_list(text: bytes, findings: Findings) -> bytes:
    """The bytes of a list such as "123,34,115", which early programs wrote; any other text as it is."""
    if not text.startswith(_LIST_STARTS) or text.translate(None, b"0123456789, \t\r\n"):
        return text
    listed = bytearray()
    try:
        for numbers in _pieces(text.rstrip(b", \t\r\n")):
            listed += bytes(map(int, numbers.split(b",")))
    except ValueError as error:
        raise UnreadableError("Its card is a list of byte values that is broken.") from error
    findings.info("", "The card is a list of byte values; read as the text they stand for.")
    return bytes(listed)


def _pieces(numbers: bytes) -> Iterator[bytes]:
    """A long list in parts: as one list of numbers it would take forty times its own memory."""
    start = 0
    while start <= len(numbers):
        end = numbers.find(b",", start + _LISTED_AT_ONCE)
        end = len(numbers) if end < 0 else end
        yield numbers[start:end]
        start = end + 1
