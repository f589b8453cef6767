"""Bytes or text to one JSON object within bounds, and back."""

import json
import math
import re
from collections import Counter
from itertools import accumulate
from typing import Any, NoReturn

from . import limits
from .findings import Findings, UnreadableError, shown

VALUES = 1_000_000
"""The most values a text may have. A card of 10,000 lorebook entries has half of that."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"[^"]*"?')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decode_text(data: bytes, findings: Findings) -> str:
    """Decode JSON text: UTF-8 or marked UTF-16, else Windows-1252 with a warning; marks and NULs are cut."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            findings.info("", "The text begins with a byte order mark; it was cut off.")
            return data[len(mark) :].decode(encoding, "replace").strip("\0")
    if data[:2] in (b"{\0", b"\0{"):
        return data.decode("utf-16-le" if data[:1] == b"{" else "utf-16-be", "replace")
    stripped = data.strip(b"\0")
    if len(stripped) != len(data):
        findings.info("", "NUL bytes around the text were cut off.")
    try:
        return stripped.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_western(stripped, findings)


def _decode_western(data: bytes, findings: Findings) -> str:
    try:
        text, name = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = data.decode("latin-1"), "Latin-1"  # has a letter for every byte, so nothing is lost
    findings.warning("", f"The text is not UTF-8; read as {name}. Accents may be wrong.")
    return text


def parse_object(text: str, findings: Findings) -> dict[str, Any]:
    """One JSON object; see `parse_value`. Raises `UnreadableError` for any other value too."""
    value = parse_value(text, findings)
    if not isinstance(value, dict):
        raise UnreadableError("Its JSON is not an object, so it is not a card.")
    return value


def parse_value(text: str, findings: Findings) -> Any:
    """One JSON value with finite numbers, bounded depth and sound text; the last of equal keys wins.

    Raises `UnreadableError` with the reason and, where there is one, the place.
    """
    if len(text) > limits.JSON_BYTES:
        raise UnreadableError(
            f"Its text is {limits.megabytes(len(text))}; "
            f"the limit for a card is {limits.megabytes(limits.JSON_BYTES)}."
        )
    brackets = text.count("{") + text.count("[")
    if brackets > limits.JSON_DEPTH or brackets + text.count(",") > VALUES:
        _check_structure(text)
    repeated: dict[str, None] = {}
    value = _parse(text, repeated, findings)
    for key in list(repeated)[: limits.LISTED_PROBLEMS]:
        findings.warning("", f"The key {shown(key)} appears more than once; the last one is used.")
    return _with_sound_text(value, text, findings)


def write_json(value: dict[str, Any], *, indent: int | None = None) -> bytes:
    """JSON in UTF-8: compact for a text chunk, indented for people; raises ValueError for NaN."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return write_json(sound_text(value), indent=indent)


def json_file(value: dict[str, Any]) -> bytes:
    """A whole JSON file, indented for people.

    Raises `UnreadableError` when it would be over the limit, ValueError for NaN.
    """
    data = write_json(value, indent=4) + b"\n"
    if len(data) > limits.JSON_BYTES:
        limit = limits.megabytes(limits.JSON_BYTES)
        raise UnreadableError(f"The file would be {limits.megabytes(len(data))}; the limit is {limit}.")
    return data


def sound_text(value: Any) -> Any:
    """The same tree with half surrogate pairs, which no encoding can hold, replaced by U+FFFD."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {sound_text(key): sound_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [sound_text(item) for item in value]
    return value


def _parse(text: str, repeated: dict[str, None], findings: Findings) -> Any:
    try:
        return _loads(text, repeated, strict=True)
    except json.JSONDecodeError as error:
        if "control character" not in error.msg:
            place = f"line {error.lineno:,}, column {error.colno:,}"
            raise UnreadableError(f"Its JSON is broken at {place}.") from error
    findings.warning("", "The JSON has raw line breaks or control characters inside texts; they are kept.")
    try:
        return _loads(text, repeated, strict=False)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"Its JSON is broken at line {error.lineno:,}, column {error.colno:,}."
        ) from error


def _loads(text: str, repeated: dict[str, None], *, strict: bool) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            counted = Counter(key for key, _ in pairs)
            repeated.update(dict.fromkeys(key for key, count in counted.items() if count > 1))
        return built

    try:
        return json.loads(
            text, object_pairs_hook=build, parse_constant=_refuse, parse_float=_finite, strict=strict
        )
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a number with thousands of digits
        raise UnreadableError("Its JSON holds a number that is far too long.") from error


def _refuse(constant: str) -> NoReturn:
    raise UnreadableError(f"Its JSON holds {constant}, which is not a JSON number.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise UnreadableError("Its JSON holds a number that is too large.")
    return value


def _check_structure(text: str) -> None:
    """Refuse too many values and deep nesting before anything is built of them."""
    without_escapes = text.replace("\\\\", "").replace('\\"', "")
    structure = _STRING.sub("", without_escapes).encode("utf-8", "surrogatepass")
    brackets = structure.translate(None, _NO_BRACKETS)
    if len(brackets) // 2 + structure.count(b",") > VALUES:
        raise UnreadableError(f"Its JSON has more than {VALUES:,} values, which is the limit.")
    steps = (1 if bracket in b"[{" else -1 for bracket in brackets)
    if any(depth > limits.JSON_DEPTH for depth in accumulate(steps)):
        raise _too_deep()


def _too_deep() -> UnreadableError:
    return UnreadableError(
        f"Its JSON is nested more than {limits.JSON_DEPTH} levels deep, which is the limit."
    )


def _with_sound_text(value: Any, text: str, findings: Findings) -> Any:
    if not _may_have_half_characters(text):
        return value
    sound = sound_text(value)
    if sound != value:
        findings.warning("", "Half characters (lone surrogates) were replaced by \ufffd.")
    return sound


def _may_have_half_characters(text: str) -> bool:
    """Whether a text has escapes of surrogates, or surrogates themselves."""
    if "\\u" in text and re.search(r"\\u[dD][89a-fA-F]", text):
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
