"""The lanes of the queue: how many jobs run at once in each, and which of them start nothing new."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.job import Lane
from ..domain.queue import LaneStatus

MOST_AT_ONCE = 64
RAISED_AFTER_SECONDS = 60.0


def default_limits(workers: int | None = None) -> dict[Lane, int]:
    """Jobs at once in each lane (ux-and-reliability.md 3.4); `workers` sets the cpu lane's."""
    return {
        Lane.INTERACTIVE: 1,
        Lane.NETWORK: 3,
        Lane.LOCAL: 1,
        Lane.CPU: workers or max(1, (os.cpu_count() or 1) - 1),
        Lane.EXPORT: 1,
    }


class Lanes:
    """Limits and pauses. A busy provider halves the limit of its lane; it grows back one by one."""

    def __init__(self, limits: Mapping[Lane, int]) -> None:
        self._default_limits = limits
        self._limits = dict(limits)
        self._chosen: dict[Lane, int] = {}
        self._paused: set[Lane] = set()
        self._lowered: dict[Lane, tuple[int, float]] = {}
        self.all_paused = False

    def room(self, running: Iterable[Lane], now: float) -> dict[Lane, int]:
        """How many more jobs may start in each lane at a steady moment."""
        if self.all_paused:
            return {}
        counts = Counter(running)
        free = {lane: self.limit(lane, now) - counts[lane] for lane in Lane if lane not in self._paused}
        return {lane: count for lane, count in free.items() if count > 0}

    def limit(self, lane: Lane, now: float) -> int:
        """Jobs at once, as lowered at a steady moment."""
        whole = self._limits[lane]
        lowered, since = self._lowered.get(lane, (whole, now))
        grown = lowered + int(max(0.0, now - since) // RAISED_AFTER_SECONDS)
        if grown >= whole:
            self._lowered.pop(lane, None)
        return min(whole, grown)

    def lower(self, lane: Lane, now: float) -> None:
        """The other side of a lane is too busy: half as many at once."""
        self._lowered[lane] = (max(1, self.limit(lane, now) // 2), now)

    def set_limit(self, lane: Lane, limit: int) -> None:
        """Let so many jobs run at once, 1 to `MOST_AT_ONCE`."""
        self._limits[lane] = self._chosen[lane] = min(max(1, limit), MOST_AT_ONCE)
        self._lowered.pop(lane, None)

    def pause(self, lane: Lane | None, *, paused: bool) -> None:
        """Start nothing new in a lane, or in all; or start again."""
        if lane is None:
            self.all_paused = paused
        elif paused:
            self._paused.add(lane)
        else:
            self._paused.discard(lane)

    def status(
        self, running: Iterable[Lane], queued: Mapping[Lane, int], now: float
    ) -> tuple[LaneStatus, ...]:
        """Every lane for the window."""
        counts = Counter(running)
        return tuple(
            LaneStatus(
                lane=lane,
                limit=self.limit(lane, now),
                running=counts[lane],
                queued=queued.get(lane, 0),
                paused=lane in self._paused,
                lowered=lane in self._lowered,
            )
            for lane in Lane
        )

    def kept(self) -> dict[str, Any]:
        """What is remembered between runs: only what was chosen, so that defaults can become better."""
        return {"paused": self.all_paused, "lanes": sorted(self._paused), "limits": dict(self._chosen)}

    @property
    def at_once(self) -> int:
        """How many jobs may run at once that need a process of their own."""
        return sum(self._limits[lane] for lane in (Lane.INTERACTIVE, Lane.CPU, Lane.EXPORT))

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take over what was remembered; whatever makes no sense is left out."""
        self._limits, self._chosen = dict(self._default_limits), {}
        self.all_paused = kept.get("paused") is True
        known = {lane.value: lane for lane in Lane}
        paused, chosen = kept.get("lanes"), kept.get("limits")
        names = [name for name in paused if isinstance(name, str)] if isinstance(paused, list) else []
        self._paused = {known[name] for name in names if name in known}
        for name, limit in chosen.items() if isinstance(chosen, dict) else ():
            if name in known and isinstance(limit, int) and not isinstance(limit, bool):
                self.set_limit(known[name], limit)
