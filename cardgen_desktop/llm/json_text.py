"""Broken JSON mended, once, when an answer has ended: quotes inside strings, commas too many, ends missing.

Read strictly first, and never while the answer grows: mending is slow, and it guesses.
"""

import re
from typing import Any

MOST_LETTERS = 60_000
MOST_SIGNS = 1_000
"""json-repair takes time with the square of these: measured, 5,000 quotation marks and braces are a second,
and 40,000 of them two minutes. What a card needs is a tenth of that."""

_SIGN = re.compile(r"[\"'“{\[(]")


def mended_json(text: str) -> Any:
    """The value that a broken JSON text most likely means; None when nothing can be made of it.

    Of an endless text the beginning is mended, so that it takes a second or two at the worst.
    """
    from json_repair import repair_json

    try:
        value = repair_json(_bounded(text), return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    return None if value == "" else value


def _bounded(text: str) -> str:
    text = text[:MOST_LETTERS]
    for number, sign in enumerate(_SIGN.finditer(text)):
        if number == MOST_SIGNS:
            return text[: sign.start()]
    return text
