"""YAML to plain values within bounds: no tags that make objects, no aliases that multiply, no deep nesting.

Scalars follow the core schema of YAML 1.2, as SillyTavern reads it: `yes` and `12:30` are texts. A number
that would not be written again in the same way, such as 007, stays a text too.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from .. import limits
from ..findings import Findings, UnreadableError, shown

VALUES = 500_000
"""The most values a text may have, each alias counted with everything it repeats."""

_ALLOWED_TAGS = frozenset({"str", "int", "float", "bool", "null", "map", "seq"})
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,15}")
_BROKEN = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,17})?(?:e[-+]?[0-9]{1,3})?")
_CONSTANTS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


def parse_yaml(text: str, findings: Findings) -> Any:
    """The value of a YAML text. Raises `UnreadableError` for broken or hostile YAML."""
    import yaml

    if len(text) > limits.JSON_BYTES:
        raise UnreadableError(
            f"Its text is {limits.megabytes(len(text))}; "
            f"the limit for a card is {limits.megabytes(limits.JSON_BYTES)}."
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(yaml.parse(text, Loader=loader), findings).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" at line {mark.line + 1:,}, column {mark.column + 1:,}" if mark else ""
        raise UnreadableError(f"Its YAML is broken{place}.") from error
    except yaml.YAMLError as error:
        raise UnreadableError("Its YAML is broken.") from error


class _Builder:
    """Builds values from the parser's events, and counts what is built."""

    def __init__(self, events: Iterator[Any], findings: Findings) -> None:
        self._events = events
        self._findings = findings
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def document(self) -> Any:
        """The one document there is; a text with YAML above it, such as a blog post, has two."""
        value: Any = None
        for event in self._events:
            name = type(event).__name__
            if name in ("StreamStartEvent", "DocumentStartEvent"):
                continue
            if name == "StreamEndEvent":
                return None
            value = self._value(event, 1)
            break
        next(self._events)
        if type(next(self._events)).__name__ != "StreamEndEvent":
            raise UnreadableError("It has more than one YAML document, so it is not a card.")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        if depth > limits.JSON_DEPTH:
            raise UnreadableError(
                f"Its YAML is nested more than {limits.JSON_DEPTH} levels deep, which is the limit."
            )
        name, before = type(event).__name__, self._count
        self._counted(1)
        if name == "AliasEvent":
            return self._alias(event.anchor)
        self._check_tag(event)
        if name == "ScalarEvent":
            value = _scalar(event)
        elif name == "SequenceStartEvent":
            value = self._sequence(depth)
        else:
            value = self._mapping(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _sequence(self, depth: int) -> list[Any]:
        made = []
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            made.append(self._value(event, depth + 1))
        return made

    def _mapping(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            key = self._key(event, depth)
            value = self._value(next(self._events), depth + 1)
            if key in made:
                self._findings.warning(
                    "", f"The key {shown(key)} appears more than once; the last one is used."
                )
            made[key] = value
        return made

    def _key(self, event: Any, depth: int) -> str:
        if type(event).__name__ == "ScalarEvent":
            self._check_tag(event)
            self._counted(1)
            if event.anchor is not None:
                self._anchors[event.anchor] = (event.value, 1)
            return str(event.value)
        key = self._value(event, depth + 1)
        self._findings.warning("", f"Found {shown(key)} as a key; read as a text.")
        return key if isinstance(key, str) else shown(key)

    def _alias(self, anchor: str) -> Any:
        if anchor not in self._anchors:
            raise UnreadableError(f"Its YAML refers to {shown(anchor)}, which stands nowhere before.")
        value, count = self._anchors[anchor]
        self._counted(count)
        return value

    def _counted(self, count: int) -> None:
        self._count += count
        if self._count > VALUES:
            raise UnreadableError(f"Its YAML has more than {VALUES:,} values, which is the limit.")

    def _check_tag(self, event: Any) -> None:
        tag = event.tag
        if tag and tag != "!" and tag.removeprefix(_TAG) not in _ALLOWED_TAGS:
            raise UnreadableError(f"Its YAML has the tag {shown(tag)}, which is not read for safety.")


def _scalar(event: Any) -> Any:
    text: str = event.value
    tag = (event.tag or "").removeprefix(_TAG)
    if not event.implicit[0] and tag in ("", "!", "str"):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _BROKEN.fullmatch(text) and repr(float(text)) == text else text


def yaml_text(value: dict[str, Any]) -> str:
    """A YAML mapping that every reader takes for the same values.

    Texts are blocks of lines or stand in quotation marks, so that none is taken for a number or a date; what
    is neither text nor number is written as the JSON that YAML allows.
    """
    return "".join(f"{_key_text(key)}: {_value_text(item)}\n" for key, item in value.items()) or "{}\n"


def _key_text(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else _quoted(key)


def _value_text(value: Any) -> str:
    if not isinstance(value, str) or not _is_block(value):
        return _quoted(value)
    body = value.removesuffix("\n")
    sign = "|-" if body == value else "|+" if body.endswith("\n") else "|"
    lines = (f"  {line}" if line else "" for line in body.split("\n"))
    return "\n".join([sign, *lines])


def _is_block(text: str) -> bool:
    """Whether lines can stand as they are: no control characters, no space where a reader would lose it."""
    return (
        "\n" in text.strip("\n")
        and not text.lstrip("\n").startswith(" ")
        and not _NOT_IN_A_BLOCK.search(text)
    )


def _quoted(value: Any) -> str:
    made = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


_PLAIN_KEY = re.compile(r"(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z_][A-Za-z0-9_-]*")
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_NOT_IN_A_BLOCK = re.compile(rf"{_UNSAFE.pattern}|[\x00-\x09\x0b-\x1f]| $", re.MULTILINE)
