"""Broken JSON mended, once, when an answer has ended: quotes inside strings, commas too many, ends missing.

Read strictly first, and never while the answer grows: mending is slow, and it guesses.
"""

from typing import Any


def mended_json(text: str) -> Any:
    """The value that a broken JSON text most likely means; None when nothing can be made of it."""
    from json_repair import repair_json

    try:
        value = repair_json(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    return None if value == "" else value
