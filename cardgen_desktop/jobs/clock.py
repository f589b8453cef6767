"""The two clocks of the queue: one tells the time of day and may jump, one only ever goes forward."""

import sys
import time
from typing import Protocol

_BOOT_TIME = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
"""Counts while the computer sleeps, too; not every system has it. `time.monotonic` of macOS does not."""


class Clock(Protocol):
    """What waits and stamps are measured with; tests bring their own."""

    def wall(self) -> float:
        """Unix seconds; the person or the network may set it at any time."""
        ...

    def steady(self) -> float:
        """Seconds since some moment, never set, and going on while the computer sleeps where it can."""
        ...


class SystemClock:
    """The clocks of the computer."""

    def wall(self) -> float:
        """Unix seconds."""
        return time.time()

    def steady(self) -> float:
        """Seconds since the computer was started."""
        return time.monotonic() if _BOOT_TIME is None else time.clock_gettime(_BOOT_TIME)
