"""Bytes to text: byte order mark, then strict UTF-8, then the file's own word, then a guess."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..domain.errors import SourceError
from ..domain.source import SourceWarning
from .signatures import CHOOSE

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PROBE_BYTES = 65_536
MAX_CONTROL_SHARE = 0.005
MAX_NUL_SHARE = 0.001
MIN_SPACE_SHARE = 0.01
WEB_MEANING = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""What browsers take these names to mean; the wider codec reads everything that the narrower one does."""

CODEC_NAMES = {
    "cp1252": "Windows-1252 (Western)",
    "mac-roman": "Mac Roman (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp932": "Shift JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR (Korean)",
}

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]")
_DECLARED = re.compile(r"^(?:Character set encoding|Content-Type:.*charset=):?[ \t]*([\w-]+)", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file: its text without a byte order mark, and the codec that gave it."""

    text: str
    encoding: str
    warnings: tuple[SourceWarning, ...] = ()


def decode(data: bytes, name: str, declared: str = "") -> Decoded:
    """Decode a whole file; `declared` is what the file itself names. Raises `SourceError` if binary."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding, name)
    if wide := _without_mark(data):
        return Decoded(data.decode(wide, "replace"), wide, (_guess_warning(name, wide.upper()),))
    _refuse_binary(data, name)
    if _JAPANESE_ESCAPE.search(data) and (text := _strict(data, "iso2022_jp")) is not None:
        return Decoded(text, "iso2022_jp")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _damaged_utf8(data, name, error) or _legacy(data, name, declared)


def codec_name(declared: str) -> str:
    """Python's name for a codec as files declare it, by its meaning on the web; "" when unknown."""
    try:
        found = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except LookupError:
        return ""
    return WEB_MEANING.get(found, found)


def _marked(body: bytes, encoding: str, name: str) -> Decoded:
    text = body.decode(encoding, "replace")
    if "\ufffd" not in text or "\ufffd" in body.decode(encoding, "ignore"):
        return Decoded(text, encoding)
    return Decoded(text, encoding, (_replaced_warning(name),))


def _without_mark(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: ASCII letters, or at least spaces, leave their zero bytes."""
    probe = data[:PROBE_BYTES]
    if b"\0" not in probe:
        return ""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        width = 4 if "32" in encoding else 2
        if len(data) % width == 0 and _reads_as(probe[: len(probe) // width * width], encoding):
            return encoding
    return ""


def _reads_as(probe: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(probe)
    except UnicodeDecodeError:
        return False
    spaces = sum(map(text.count, " \n"))
    unlikely = sum(
        1 for character in text if not (character.isprintable() or character in "\r\n\t\f\u3000\xa0")
    )
    return spaces >= len(text) * MIN_SPACE_SHARE and unlikely <= len(text) * MAX_CONTROL_SHARE


def _refuse_binary(data: bytes, name: str) -> None:
    probe = data[:PROBE_BYTES]
    controls = len(_CONTROLS.findall(probe))
    nul_heavy = data.count(0) > len(data) * MAX_NUL_SHARE
    if nul_heavy or controls > len(probe) * MAX_CONTROL_SHARE:
        raise SourceError(
            f'"{name}" is not a text: it holds binary data. {CHOOSE}',
            details=f"{controls} control bytes in the first {len(probe)}",
        )


def _damaged_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> Decoded | None:
    """UTF-8 that ends inside a character, or with a few bad bytes among many good characters."""
    if error.end >= len(data) and "unexpected end" in error.reason:
        body = data[: error.start].decode("utf-8")
        warning = SourceWarning(
            code="truncated", message=f'"{name}" ends in the middle of a letter. Its end may be missing.'
        )
        return Decoded(body, "utf-8", (warning,)) if not body.isascii() or len(body) > 1000 else None
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return Decoded(text, "utf-8", (_replaced_warning(name),)) if good >= 20 * bad else None


def _legacy(data: bytes, name: str, declared: str) -> Decoded:
    from .guess import guess_codec

    declared = codec_name(declared) or _declared_in(data)
    encoding = guess_codec(data, declared)
    known = encoding == declared
    warnings = [] if known else [_guess_warning(name, CODEC_NAMES.get(encoding, encoding))]
    text = _strict(data, encoding)
    if text is None:
        text = data.decode(encoding, "replace")
        warnings.append(_replaced_warning(name))
    return Decoded(text, encoding, tuple(warnings))


def _declared_in(data: bytes) -> str:
    """The codec that a Project Gutenberg header names."""
    found = _DECLARED.search(data[:8_192].decode("latin-1"))
    return codec_name(found[1]) if found else ""


def _strict(data: bytes, encoding: str) -> str | None:
    for codec in _wider(encoding):
        try:
            text = data.decode(codec)
        except (UnicodeError, LookupError):
            continue
        if not re.search("[\x80-\x84\x86-\x9f]", text):  # C1 controls: nobody types those
            return text
    return None


def _wider(encoding: str) -> Iterable[str]:
    """The codec, then the standard one that also fills the bytes which the Windows table leaves free."""
    return (encoding, {"cp1254": "iso8859-9", "cp1252": "iso8859-15"}.get(encoding, encoding))


def _guess_warning(name: str, guess: str) -> SourceWarning:
    return SourceWarning(
        code="encoding_guess",
        message=f'"{name}" does not say how its letters are stored. Read as {guess}; '
        "look at the preview, and save it as UTF-8 if letters are wrong.",
    )


def _replaced_warning(name: str) -> SourceWarning:
    return SourceWarning(
        code="encoding_damage",
        message=f'"{name}" holds bytes that are no letters. Each is shown as \ufffd; the rest was read.',
    )
