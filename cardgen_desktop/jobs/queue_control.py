"""The queue as a whole in the person's hands: pause, limits, gates."""

from collections.abc import Callable
from functools import partial

from ..domain.errors import StorageError, UsageError
from ..domain.job import HoldReason, Lane
from ..domain.queue import QueueStatus
from ..store import queue_settings
from .core import Core
from .lanes import MOST_AT_ONCE


class QueueControl:
    """The part of `interface.Commands` about the queue. What is chosen survives a restart."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def queue_status(self) -> QueueStatus:
        """Lanes, gates and whether the queue is paused."""
        return await self._core.status()

    async def pause_queue(self, lane: Lane | None = None) -> QueueStatus:
        """Start nothing new, in one lane or at all; what runs goes on."""
        return await self._kept(partial(self._core.lanes.pause, lane, paused=True))

    async def resume_queue(self, lane: Lane | None = None) -> QueueStatus:
        """Start jobs again."""
        return await self._kept(partial(self._core.lanes.pause, lane, paused=False))

    async def set_lane_limit(self, lane: Lane, limit: int) -> QueueStatus:
        """How many jobs of a lane run at once; raises `UsageError` for a number that makes no sense."""
        if not 1 <= limit <= MOST_AT_ONCE:
            raise UsageError(f"Between 1 and {MOST_AT_ONCE} jobs can run at once, not {limit}.")
        return await self._kept(partial(self._core.lanes.set_limit, lane, limit))

    async def try_gates(self, reason: HoldReason | None = None) -> QueueStatus:
        """Look now whether closed gates, or those of one reason, can be opened; release what they hold."""
        gates = self._core.gates
        if reason is None:
            await gates.try_all()
        else:
            await gates.try_now([(gate.reason, gate.scope) for gate in gates.closed if gate.reason == reason])
        return await self._core.status()

    async def set_online(self, *, online: bool) -> None:
        """The system says that the network came or went."""
        if online:
            self._core.gates.open(HoldReason.OFFLINE)
        else:
            await self._core.gates.close(HoldReason.OFFLINE)

    async def _kept(self, change: Callable[[], None]) -> QueueStatus:
        """Change the lanes and remember it; what cannot be remembered is not so."""
        before = self._core.lanes.kept()
        change()
        try:
            async with self._core.database.write() as connection:
                await queue_settings.keep(connection, self._core.lanes.kept())
        except StorageError:
            self._core.lanes.restore(before)
            raise
        self._core.make_room()
        self._core.changed()
        return await self._core.status()
