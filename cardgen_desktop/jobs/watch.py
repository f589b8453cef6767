"""Notices that the computer slept, the program was frozen, or the clock was set; and puts the queue right.

Two clocks and the pause between two looks tell them apart (ux-and-reliability.md 3.5, "Laptop sleep").
"""

import logging
from dataclasses import dataclass

from ..store import holds
from .clock import Clock
from .core import Core
from .rounds import every

_log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
SLEPT_SECONDS = 30.0
JUMPED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Gap:
    """What happened between two looks: seconds slept or frozen, and by how many the clock jumped."""

    slept: float = 0.0
    jumped: float = 0.0


class ClockWatch:
    """Compares the two clocks from one look to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = clock.wall(), clock.steady()

    def look(self) -> Gap:
        """What happened since the last look."""
        wall, steady = self._clock.wall(), self._clock.steady()
        passed = steady - self._seen[1]
        jumped = wall - self._seen[0] - passed
        self._seen = wall, steady
        slept = passed if passed > LOOK_SECONDS + SLEPT_SECONDS else 0.0
        return Gap(slept, jumped if abs(jumped) > JUMPED_SECONDS else 0.0)


class Watch:
    """Keeps looking, and puts the queue right."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._clocks = ClockWatch(core.clock)
        self._jumped = 0.0  # what is not stored yet

    async def watch(self) -> None:
        """Look every few seconds, until cancelled."""
        await every(LOOK_SECONDS, self.look, name="the clocks were not looked at")

    async def look(self) -> None:
        """Look once."""
        gap = self._clocks.look()
        if gap.slept:
            _log.info("nothing ran for %.0f s", gap.slept)
            await self._wake_up()
        self._jumped += gap.jumped
        if self._jumped:
            _log.info("the clock was set by %.0f s", self._jumped)
            async with self._core.database.write() as connection:
                await holds.clock_was_changed(connection, self._jumped)
            self._jumped = 0.0

    async def _wake_up(self) -> None:
        """After a sleep no connection is trusted: work over the network starts its step anew, uncharged."""
        for running in self._core.running:
            if running.is_remote and running.task is not None:
                running.note("woke", "The computer slept. The step at work starts anew.")
                running.task.cancel()
        await self._core.gates.probe()
        self._core.queue.wake()
