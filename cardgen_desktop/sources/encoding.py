"""Bytes to text: byte order mark, then strict UTF-8, then a guess that is told to the person."""

import codecs
from dataclasses import dataclass

from ..domain.errors import SourceError
from ..domain.source import SourceWarning

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file: its text without a byte order mark, and the codec that gave it."""

    text: str
    encoding: str
    warnings: tuple[SourceWarning, ...] = ()


def decode(data: bytes, name: str) -> Decoded:
    """Decode a whole file; raises `SourceError` when it is not text."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding)
    if b"\0" in data[:4096]:
        raise SourceError(f'"{name}" is not a text file. Choose a text, EPUB, Word, HTML or PDF file.')
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        guess = "cp1252"
        warning = SourceWarning(
            code="encoding_guess", message=f'"{name}" does not say how its letters are stored. Read as {guess}.'
        )
        return Decoded(data.decode(guess, "replace"), guess, (warning,))
