"""The text of a PNG chunk to the JSON object of a card: every base64 variant, plain JSON, Risu's lock."""

import base64
import binascii
from typing import Any

from .findings import Findings, UnreadableError
from .json_text import decode_text, parse_object

_WHITE = b" \t\r\n\v\f\0"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_RISU_LOCK = b"rcc||"


def card_object(payload: bytes, findings: Findings) -> dict[str, Any]:
    """The JSON object a chunk's text holds; raises `UnreadableError` when it holds none."""
    stripped = payload.strip(_WHITE)
    if not stripped:
        raise UnreadableError("Its card text is empty.")
    refuse_lock(stripped)
    if _looks_like_json(stripped):
        findings.info("", "The card is plain JSON instead of base64; read as it is.")
        return parse_object(decode_text(stripped, findings), findings)
    decoded = _decode_base64(stripped, findings)
    refuse_lock(decoded)
    return parse_object(decode_text(decoded, findings), findings)


def _looks_like_json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(_WHITE).startswith(b"{")


def refuse_lock(data: bytes) -> None:
    """Raise `UnreadableError` for a text that RisuAI has encrypted."""
    if data.startswith(_RISU_LOCK):
        raise UnreadableError(
            "It is encrypted by RisuAI, and only RisuAI can open it.",
            "Export it there again without encryption.",
        )


def _decode_base64(text: bytes, findings: Findings) -> bytes:
    packed = text.translate(None, _WHITE)
    if len(packed) != len(text):
        findings.info("", "The base64 text has line breaks or spaces; they were skipped.")
    if b"-" in packed or b"_" in packed:
        findings.info("", "The base64 text uses the URL-safe alphabet; read all the same.")
        packed = packed.replace(b"-", b"+").replace(b"_", b"/")
    digits = packed.rstrip(b"=")
    if digits.translate(None, _ALPHABET) or len(digits) % 4 == 1:
        raise UnreadableError("Its card text is broken base64, as after a cut or a bad download.")
    padding = -len(digits) % 4
    if len(packed) - len(digits) != padding:
        findings.info("", "The base64 text has the wrong padding; read all the same.")
    try:
        return base64.b64decode(digits + b"=" * padding)
    except binascii.Error as error:
        raise UnreadableError("Its card text is broken base64, as after a cut or a bad download.") from error
