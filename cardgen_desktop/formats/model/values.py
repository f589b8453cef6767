"""Reading one value of a card, whatever type somebody's program gave it (card-format quirks, one by one).

Every function takes the found value, the path it was found at and the findings, and never raises.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any

from ..findings import Findings, shown

_MILLISECONDS_FROM = 10**11
_MOST_LANGUAGES = 1_000
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0", ""})


def text(value: Any, where: str, findings: Findings) -> str:
    """A text field: null is empty, numbers and lists become the text they stand for."""
    if isinstance(value, str):
        return value
    if value is None:
        findings.info(where, "Found null; read as empty text.")
        return ""
    made = _as_text(value)
    findings.warning(where, f"Found {shown(value)} instead of text; read as the text {shown(made)}.")
    return made


def optional_text(value: Any, where: str, findings: Findings) -> str | None:
    """A text field that may be absent; null counts as absent."""
    return None if _is_null(value, where, findings) else text(value, where, findings)


def texts(value: Any, where: str, findings: Findings) -> tuple[str, ...]:
    """A list of texts: one text is a list of one, null is an empty list."""
    if isinstance(value, list):
        return tuple(_items(value, where, findings))
    if value is None:
        findings.info(where, "Found null; read as an empty list.")
        return ()
    if isinstance(value, dict):
        findings.warning(where, "Found an object instead of a list; its values are read as the list.")
        return tuple(_items(list(value.values()), where, findings))
    made = _as_text(value)
    findings.warning(where, f"Found {shown(value)} instead of a list; read as a list of one text.")
    return (made,) if made else ()


def optional_texts(value: Any, where: str, findings: Findings) -> tuple[str, ...] | None:
    """A list of texts that may be absent."""
    return None if _is_null(value, where, findings) else texts(value, where, findings)


def comma_texts(value: Any, where: str, findings: Findings) -> tuple[str, ...]:
    """A list of short texts (tags, keys): one text is split at its commas."""
    if not isinstance(value, str):
        return texts(value, where, findings)
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    findings.warning(where, f"Found one text, {shown(value)}; split at its commas into {len(parts)}.")
    return parts


def optional_comma_texts(value: Any, where: str, findings: Findings) -> tuple[str, ...] | None:
    """A list of short texts that may be absent."""
    return None if _is_null(value, where, findings) else comma_texts(value, where, findings)


def number(value: Any, where: str, findings: Findings) -> int | float | None:
    """A number; digits in a text count, everything else is absent."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if _is_null(value, where, findings):
        return None
    made = _number_in(value)
    if made is None:
        findings.warning(where, f"Found {shown(value)} instead of a number; left out.")
    else:
        findings.warning(where, f"Found {shown(value)} instead of a number; read as {made}.")
    return made


def truth(value: Any, where: str, findings: Findings) -> bool | None:
    """A yes or no; 0, 1 and words count, everything else is absent."""
    if isinstance(value, bool):
        return value
    if _is_null(value, where, findings):
        return None
    made = _truth_in(value)
    if made is None:
        findings.warning(where, f"Found {shown(value)} instead of true or false; left out.")
    else:
        findings.warning(where, f"Found {shown(value)} instead of true or false; read as {shown(made)}.")
    return made


def mapping(value: Any, where: str, findings: Findings) -> dict[str, Any]:
    """An `extensions` object; anything else is an empty one."""
    if isinstance(value, dict):
        return value
    if value in (None, [], ""):
        findings.info(where, f"Found {shown(value)}; read as an empty object.")
    else:
        findings.error(where, f"Found {shown(value)} instead of an object; it could not be kept.")
    return {}


def languages(value: Any, where: str, findings: Findings) -> dict[str, str] | None:
    """`creator_notes_multilingual`: language codes to texts."""
    if _is_null(value, where, findings):
        return None
    if isinstance(value, dict) and len(value) > _MOST_LANGUAGES:
        findings.warning(where, f"Found {len(value):,} languages; what is no text is read as text.")
        return {key: _as_text(note) for key, note in value.items()}
    if isinstance(value, dict):
        return {key: text(note, f"{where}.{key}", findings) for key, note in value.items()}
    made = _as_text(value)
    findings.warning(where, f"Found {shown(value)} instead of notes by language; read as the English note.")
    return {"en": made}


def date(value: Any, where: str, findings: Findings) -> int | float | None:
    """A date in Unix seconds, UTC: milliseconds and ISO texts are converted, negative means unknown (0)."""
    if _is_null(value, where, findings):
        return None
    seconds = _seconds(value)
    if seconds is None:
        findings.warning(where, f"Found {shown(value)}, which is no date; left out.")
    elif seconds != value or type(seconds) is not type(value):
        findings.warning(where, f"Found {shown(value)}; read as {seconds} seconds since 1970.")
    return seconds


def _items(values: list[Any], where: str, findings: Findings) -> list[str]:
    """The texts of a list. Odd items are told together: a hostile list may have millions."""
    odd = [index for index, value in enumerate(values) if not isinstance(value, str)]
    if odd:
        what = f"{len(odd):,} of {len(values):,} items" if len(values) > 1 else "The item"
        first = shown(values[odd[0]])
        findings.warning(where, f"{what} were no text, first {first}; read as text, null is left out.")
    return [_as_text(value) for value in values if value is not None]


def _is_null(value: Any, where: str, findings: Findings) -> bool:
    if value is None:
        findings.info(where, "Found null; read as absent.")
    return value is None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False) if value not in ([], {}) else ""


def _number_in(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return int(value)
    except ValueError:
        pass
    try:
        made = float(value)
    except ValueError:
        return None
    return made if math.isfinite(made) else None


def _truth_in(value: Any) -> bool | None:
    if isinstance(value, int | float):
        return bool(value)
    word = value.strip().casefold() if isinstance(value, str) else None
    return True if word in _TRUE else False if word in _FALSE else None


def _seconds(value: Any) -> int | float | None:
    number_found = value if _is_plain_number(value) else _number_in(value)
    if number_found is None:
        return _iso_seconds(value) if isinstance(value, str) else None
    if number_found < 0:
        return 0
    if number_found <= _MILLISECONDS_FROM:
        return number_found
    seconds = int(number_found) // 1000
    return seconds if seconds <= _MILLISECONDS_FROM else None


def _iso_seconds(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, int(aware.timestamp()))
    except (ValueError, OverflowError):
        return None


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
