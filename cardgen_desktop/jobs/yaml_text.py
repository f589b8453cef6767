"""JSON values as YAML 1.2 text: every reader of YAML gives the same values back.

Short texts stand plain where nothing could take them for anything else, or else in double quotes with JSON's
escapes (YAML 1.2, 7.3.1); texts of several lines are literal blocks (8.1.2) where a block can hold them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})
_UNPRINTABLE = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INDENT = 2


def to_yaml(value: Any) -> str:
    """A document. Mappings need text keys; floats have to be finite."""
    return "\n".join(_block(value, 0)) + "\n"


def _block(value: Any, indent: int) -> Iterator[str]:
    """The lines of a value that begins on a line of its own."""
    space = " " * indent
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{space}{_scalar(str(key))}:", item, indent)
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _entry(f"{space}-", item, indent)
    else:
        yield space + _scalar(value)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    """A key or a dash, and the value after it or below it."""
    if isinstance(value, Mapping | list | tuple) and value:
        yield head
        yield from _block(value, indent + _INDENT)
    elif isinstance(value, str) and _fits_block(value):
        yield from _literal(head, value, indent + _INDENT)
    else:
        yield f"{head} {_scalar(value)}"


def _fits_block(text: str) -> bool:
    """A block keeps lines without odd characters, with one line break or none at the end."""
    return "\n" in text.strip("\n") and not text.endswith("\n\n") and not _UNPRINTABLE.search(text)


def _literal(head: str, text: str, indent: int) -> Iterator[str]:
    keep = "" if text.endswith("\n") else "-"
    yield f"{head} |{_INDENT}{keep}"
    for line in text.removesuffix("\n").split("\n"):
        yield " " * indent + line if line else ""


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.casefold() not in _RESERVED
        return value if plain else _quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    number = json.dumps(value, allow_nan=False)
    # Readers of YAML 1.1 take a number with an exponent for text unless it has a point.
    return number.replace("e", ".0e") if isinstance(value, float) and "." not in number else number


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return re.sub(
        r"[^\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]",
        _escape,
        escaped,
    )


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
