"""What a server said about a failure, in any of the shapes that servers use, as bounded plain words.

Shapes: `error.message`, `error` as text, `detail` as text, object or list, `message`, or just text; around a
provider's own error stands another one, with the original in `metadata.raw`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_CHARS = 300
MOST_READ = 6_000
"""Characters of a failure that are looked at: patterns take time with the square of a hostile text."""

SHORTEST_KEY = 4
"""A shorter key, such as the "x" that some local servers want, stands in every other word."""

_MOST_DEPTH = 3

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_BEARER = re.compile(r"(?i)\bbearer\s+\S+")
_KEY_LIKE = re.compile(r"\b(?:sk|pk|rk|gsk|xai|hf)[-_][\w*.-]{8,}")
_PAGE = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")
HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Told:
    """A failure as its sender put it. `code` is text whatever it was; `fields` is the innermost object."""

    words: str = ""
    code: str = ""
    type: str = ""
    status: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def everything(self) -> str:
        """Words, code and types as one lower-case text to look for hints in."""
        error_type = _text(self.metadata.get("error_type")) or _text(self.fields.get("error_type"))
        available = _mapping(self.fields.get("availability"))
        parts = (self.words, self.code, self.type, error_type, _text(available.get("code")))
        return " ".join(part for part in parts if part).lower()


def is_page(content_type: str, body: bytes) -> bool:
    """Whether an answer is a web page, whatever it calls itself."""
    return "text/html" in content_type.lower() or body.lstrip()[:16].lower().startswith(_PAGE)


def told_by(body: bytes) -> Told:
    """What the body of a failed answer says."""
    text = body[: 256 * 1024].decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Told(words=text)
    return told_in(value)


def told_in(value: Any, depth: int = 0) -> Told:
    """What a JSON value says that is, or holds, an error."""
    if not isinstance(value, Mapping):
        return Told(words=_words(value))
    error = value.get("error")
    if isinstance(error, Mapping):
        return _told(error, depth, outer=value)
    if isinstance(detail := value.get("detail"), Mapping):
        return _told(detail, depth, outer=value)
    return _told(value, depth)


def _told(fields: Mapping[str, Any], depth: int, outer: Mapping[str, Any] | None = None) -> Told:
    metadata = _mapping(fields.get("metadata"))
    words = _original(metadata.get("raw"), depth) or _first_words(fields) or _first_words(outer or {})
    return Told(
        words=words,
        code=_text(fields.get("code")),
        type=_text(fields.get("type")),
        status=_status(fields),
        fields=fields,
        metadata=metadata,
    )


def _first_words(fields: Mapping[str, Any]) -> str:
    for name in ("message", "msg", "error", "detail"):
        if words := _words(fields.get(name)):
            return words
    return ""


def _words(value: Any) -> str:
    """A text as it is, the parts of a list of complaints as "where: what"."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_complaint, value[:5])))
    return value if isinstance(value, str) else ""


def _complaint(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _text(value)
    place = value.get("loc")
    where = ".".join(map(str, place[:6])) if isinstance(place, list) else ""
    what = _text(value.get("msg")) or _text(value.get("message"))
    return f"{where}: {what}" if where and what else what


def _original(raw: Any, depth: int) -> str:
    """The words of the provider behind the provider."""
    if not isinstance(raw, str) or depth >= _MOST_DEPTH:
        return ""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    return told_in(value, depth + 1).words or raw


def _status(fields: Mapping[str, Any]) -> int | None:
    """An HTTP status inside a body: a number, or a number as text."""
    for name in ("code", "http_status", "status"):
        text = _text(fields.get(name))
        if text.isascii() and text.isdigit() and len(text) == 3:
            return int(text)
    return None


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def plain(text: str, key: str = "", most: int = MOST_CHARS) -> str:
    """The text as one bounded line for a sentence: no control characters, no tags, nothing like a key."""
    if len(key) >= SHORTEST_KEY:
        text = re.sub(re.escape(key), HIDDEN, text, flags=re.IGNORECASE)
    text = text[:MOST_READ]
    text = _KEY_LIKE.sub(HIDDEN, _BEARER.sub(HIDDEN, _TAGS.sub(" ", text)))
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
