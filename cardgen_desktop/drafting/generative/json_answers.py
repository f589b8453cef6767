"""Reading the JSON object in an answer: strictly first, mended once when that fails."""

import json
import re
from typing import Any

from .streaming import without_thoughts

MOST_LETTERS = 4_000_000
MOST_DEPTH = 20
_WRAPPERS = ("card", "data", "character", "answer", "result", "response", "properties")


def object_in(raw: str) -> dict[str, Any] | None:
    """The outermost JSON object of an answer; None when there is none, or nothing of it can be read.

    Fences, thoughts and talk around it are dropped. A broken one is mended once, at the end of the answer.
    """
    text = without_thoughts(raw[:MOST_LETTERS]).strip()
    begin = re.search(r"\{\s*[\"'\w}]", text)
    if begin is None or text.startswith("{{"):
        return None
    text = text[begin.start() :]
    found = _strict(text[: text.rfind("}") + 1])
    if found is None:
        found = _mended(text)
    return unwrapped(found) if isinstance(found, dict) else None


def _strict(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _mended(text: str) -> Any:
    from json_repair import repair_json

    try:
        return repair_json(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None


def unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The object inside one that only wraps it, such as {"card": {...}}."""
    for _ in range(3):
        inner = next((found[key] for key in _WRAPPERS if isinstance(found.get(key), dict)), None)
        if inner is None or len(found) > 2:
            return found
        found = inner
    return found
