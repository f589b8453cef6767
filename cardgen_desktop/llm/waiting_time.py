"""How long a server asks to be left alone: headers and fields that say so, in seconds from now.

Retry-After is RFC 9110 section 10.2.3: seconds, or a date.
"""

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from .error_text import Told

MOST_SECONDS = 31 * 24 * 3600.0
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_RESETS = ("x-ratelimit-reset", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "ratelimit-reset")


def seconds_asked(headers: Mapping[str, str], told: Told, *, is_busy: bool = False) -> float | None:
    """The longest wait that anything in the answer asks for; None when nothing does.

    `is_busy` also looks at when a used-up rate limit begins anew.
    """
    inner = _lower(told.metadata.get("headers"))
    available = told.fields.get("availability")
    waits = [
        _retry_after(headers.get("retry-after"), headers.get("date")),
        _retry_after(inner.get("retry-after"), inner.get("date")),
        _seconds(told.metadata.get("retry_after_seconds")),
        _seconds(told.fields.get("retry_after")),
        _seconds(available.get("retry_after")) if isinstance(available, Mapping) else None,
    ]
    asked = [wait for wait in waits if wait is not None]
    if is_busy and not asked:
        asked = [wait for all_headers in (headers, inner) for wait in _resets(all_headers)]
    return max(asked, default=None)


def _retry_after(value: str | None, date: str | None) -> float | None:
    if value is None or (seconds := _seconds(value)) is not None:
        return None if value is None else seconds
    until = _moment(value)
    # The server's own clock, when it tells it: ours may be wrong.
    now = _moment(date or "") or time.time()
    return None if until is None else _bounded(until - now)


def _moment(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, OverflowError, OSError):
        return None


def _resets(headers: Mapping[str, str]) -> list[float]:
    used_up = [
        name for name in _RESETS if headers.get(name.replace("reset", "remaining"), "0").strip() == "0"
    ]
    return [wait for name in used_up if (wait := _until(headers.get(name))) is not None]


def _until(value: str | None) -> float | None:
    """Seconds to a reset given as Unix time in milliseconds or seconds, as seconds, or as "6m0s"."""
    number = _number(value)
    if number is None:
        return _duration(value or "")
    if number > 1e11:
        number /= 1000
    return _bounded(number - time.time() if number > 1e9 else number)


def _duration(text: str) -> float | None:
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or not any(found.groups()):
        return None
    weights = (86400, 3600, 60, 1, 0.001)
    return _bounded(
        sum(float(part) * weight for part, weight in zip(found.groups(), weights, strict=True) if part)
    )


def _seconds(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else _bounded(number)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), MOST_SECONDS)


def _lower(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(name).lower(): str(item) for name, item in value.items()}
