"""Texts of BYAF as those of a card and back: macros, first messages, example dialogue, lore keys, dates."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..findings import Findings
from ..model.values import date
from ..pictures.backyard_macros import Macros

START = "<START>"

_START_LINE = re.compile(r"^[ \t]*<START>[ \t]*(?:\r\n|\n|\Z)", re.IGNORECASE | re.MULTILINE)
_SPEAKER = re.compile(r"^\{\{(user|char)\}\}:", re.IGNORECASE | re.MULTILINE)
_MACRO = re.compile(r"\{\{(user|char)\}\}", re.IGNORECASE)
_WORDS = {"user": "user", "char": "character"}
_COMMAS = (",", " ,")
_LAST_SECOND = 253_402_300_799  # 31 December 9999


def read_text(raw: Any, where: str, macros: Macros) -> Any:
    """A text with the macros every other program knows; null and absent are empty."""
    return "" if raw is None else macros.converted(raw, where)


def read_first(raw: Any, where: str, macros: Macros) -> Any:
    """The first of `firstMessages`, which has one at most."""
    first = raw[0] if isinstance(raw, list) and raw else None
    return read_text(first.get("text") if isinstance(first, dict) else first, where, macros)


def read_examples(raw: Any, where: str, macros: Macros) -> Any:
    """`exampleMessages` as blocks that begin with `<START>`."""
    items = raw if isinstance(raw, list) else []
    texts = [read_first([item], where, macros) for item in items]
    blocks = [f"{START}\n{text}\n" for text in texts if isinstance(text, str) and text]
    return "".join(blocks).rstrip()


def read_seconds(raw: Any, where: str = "", macros: Macros | None = None) -> Any:
    """An ISO date in seconds; None where there is none, or the one that is written for none."""
    return (date(raw, where, Findings()) or None) if isinstance(raw, str) else None


def read_keys(raw: Any, where: str, macros: Macros) -> Any:
    """The keys of a lore item, which stand between commas."""
    text = read_text(raw, where, macros)
    return [key.strip() for key in text.split(",") if key.strip()] if isinstance(text, str) else text


def written_text(text: str) -> str:
    """A text with Backyard's macros."""
    return _MACRO.sub(lambda found: f"{{{_WORDS[found[1].casefold()]}}}", text)


def written_speech(text: str) -> str:
    """The same for a message: who speaks stands at the beginning of a line, as `#{user}:`."""
    marked = _SPEAKER.sub(lambda found: f"#{{{_WORDS[found[1].casefold()]}}}:", text)
    return written_text(marked)


def written_examples(text: str, character_id: str) -> list[dict[str, str]]:
    """Example dialogue as messages, one for each block."""
    blocks = [block.removesuffix("\n") for block in _START_LINE.split(text)]
    return [message(written_speech(block), character_id) for block in blocks if block.strip()]


def message(text: str, character_id: str) -> dict[str, str]:
    """A message as BYAF keeps it."""
    return {"characterID": character_id, "text": text}


def written_date(seconds: int | float | None) -> str:
    """Seconds as an ISO date in UTC; what is not known is the beginning of 1970."""
    known = int(min(max(seconds or 0, 0), _LAST_SECOND))
    return datetime.fromtimestamp(known, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def different_keys(keys: Sequence[str]) -> list[str]:
    """Lore keys of which no two are equal, as BYAF wants them: commas and spaces at the end mean nothing."""
    numbers: dict[str, int] = {}
    taken: set[str] = set()
    made = []
    for key in keys:
        free, number = key, numbers.get(key, 0)
        while free in taken:
            number += 1
            free = key + _commas(number)
        numbers[key] = number
        taken.add(free)
        made.append(free)
    return made


def _commas(number: int) -> str:
    """A different end for each number, as short as can be: ten thousand equal keys stay a small file."""
    end = ""
    while number:
        number, digit = divmod(number - 1, len(_COMMAS))
        end = _COMMAS[digit] + end
    return end
