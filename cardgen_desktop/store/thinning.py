"""Which backups are kept as they age: the more recent, the denser (ux-and-reliability.md 1.4)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

NEWEST = 6
"""That many are kept whatever their age."""

_HOUR = 3600
_DAY = 24 * _HOUR


def _month(at: float) -> int:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year * 12 + moment.month


_SCHEDULE: tuple[tuple[float, Callable[[float], int]], ...] = (
    (_DAY, lambda at: int(at // _HOUR)),
    (7 * _DAY, lambda at: int(at // _DAY)),
    (31 * _DAY, lambda at: int(at // (7 * _DAY))),
    (366 * _DAY, _month),
)
"""Up to this age, in seconds, one is kept in each of these stretches: hours, days, weeks, months (UTC)."""


def kept(times: Iterable[float], now: float) -> set[float]:
    """Of backups made at `times` (Unix seconds), those to keep: the newest six, and the newest of each
    hour for a day, of each day for a week, of each week for a month, of each month for a year.

    A time that lies ahead, because a clock was set back, is kept.
    """
    ordered = sorted(set(times), reverse=True)
    keep = set(ordered[:NEWEST]) | {at for at in ordered if at > now}
    for age, stretch in _SCHEDULE:
        newest: dict[int, float] = {}
        for at in ordered:
            if 0 <= now - at <= age:
                newest.setdefault(stretch(at), at)
        keep.update(newest.values())
    return keep
