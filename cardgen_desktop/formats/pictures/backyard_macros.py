"""Backyard's macros to the ones every other program knows, and which texts they were found in."""

import re
from typing import Any

from ..findings import Findings

_WRITTEN = (
    (re.compile(r"#\{user\}:", re.IGNORECASE), "{{user}}:"),
    (re.compile(r"#\{character\}:", re.IGNORECASE), "{{char}}:"),
    (re.compile(r"(?<!\{)\{user\}(?!\})", re.IGNORECASE), "{{user}}"),
    (re.compile(r"(?<!\{)\{character\}(?!\})", re.IGNORECASE), "{{char}}"),
)


class Macros:
    """Converts `{user}`, `{character}` and the line prefixes `#{user}:`, and remembers where it did."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def converted(self, value: Any, where: str) -> Any:
        """A text with double braces; anything that is no text as it is."""
        if not isinstance(value, str) or "{" not in value:
            return value
        text = value
        for pattern, macro in _WRITTEN:
            text = pattern.sub(macro, text)
        if text != value:
            self._found[where] = None
        return text

    def tell(self, findings: Findings) -> None:
        """List the places in which macros were converted."""
        for where in self._found:
            findings.info(
                where, "Backyard's `{user}` and `{character}` are read as `{{user}}` and `{{char}}`."
            )
