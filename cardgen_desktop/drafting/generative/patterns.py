"""The patterns that rules look for, as data in resources/prompts."""

import re
import tomllib
from functools import cache
from typing import Any

from ...paths import resource


@cache
def data(name: str) -> dict[str, Any]:
    """One file of resources/prompts by its name without the ending."""
    return tomllib.loads(resource("prompts", f"{name}.toml").read_text(encoding="utf-8"))


@cache
def pattern(name: str, *lists: str) -> re.Pattern[str]:
    """All patterns of some lists of a file as one; case does not matter, ^ and $ mean lines.

    ENDINGS and UPPER in a pattern stand for the endings of addresses in small and in capital letters.
    """
    known = data(name)
    endings = known.get("endings", "").replace(" ", "|")
    texts = [text for key in lists for text in known[key]]
    filled = [text.replace("ENDINGS", endings).replace("UPPER", endings.upper()) for text in texts]
    return re.compile("|".join(f"(?:{text})" for text in filled), re.IGNORECASE | re.MULTILINE)
