"""Reading the JSON object in an answer: strictly first, mended once when that fails."""

import json
import re
from typing import Any

from ...llm.json_text import mended_json
from .streaming import without_thoughts

MOST_LETTERS = 4_000_000
_BEGIN = re.compile(r"(?<!\{)\{(?!\{)\s*+(?:[\"'}]|\w+\s*:|\Z)")
"""Where an object begins; a macro of the card such as {{user}} is none."""

_WRAPPERS = ("card", "data", "character", "answer", "result", "response", "properties")


def object_in(raw: str) -> dict[str, Any] | None:
    """The outermost JSON object of an answer; None when there is none, or nothing of it can be read.

    Fences, thoughts and talk around it are dropped. A broken one is mended once, at the end of the answer.
    """
    text = without_thoughts(raw[:MOST_LETTERS])
    begin = _BEGIN.search(text)
    if begin is None:
        return None
    found = _strict(text[begin.start() :]) or _closed(text[begin.start() :].rstrip())
    if found is None:
        found = mended_json(text[begin.start() :])
    return unwrapped(found) if isinstance(found, dict) else None


def _strict(text: str) -> Any:
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _closed(text: str) -> Any:
    """An object that was cut inside its last text, or right behind it."""
    found = (_strict(text + ending) for ending in ('"}', "}", '"]}', "]}"))
    return next((value for value in found if value is not None), None)


def unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The object inside one that only wraps it, such as {"card": {...}}."""
    for _ in range(3):
        inner = next((found[key] for key in _WRAPPERS if isinstance(found.get(key), dict)), None)
        if inner is None or len(found) > 2:
            return found
        found = inner
    return found
