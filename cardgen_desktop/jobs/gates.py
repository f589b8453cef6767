"""Gates: what must be open for jobs to run. A closed one holds its jobs, an open one lets them go by and by.

A gate is named by its reason and what it is about (ux-and-reliability.md 2.2, 3.3). Some open by themselves:
a probe says so, asked every half minute while the gate is closed, and at once when somebody asks. The others
open when the person acts. What is closed is read back from the held jobs at the next start.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..domain.errors import CardgenError
from ..domain.events import JobChanged
from ..domain.job import HoldReason, JobSnapshot
from ..domain.queue import GateStatus
from ..store import holds
from ..store.engine import Connection, Database
from .clock import Clock
from .events import EventBus

_log = logging.getLogger(__name__)

PROBE_SECONDS = 30.0
RELEASED_AT_ONCE = 4
RELEASE_WITHIN_SECONDS = 4.0

Probe = Callable[[str], Awaitable[bool]]
"""Asked with the scope of a closed gate: whether it can be opened now. It must not take long."""

_SENTENCES = {
    HoldReason.OFFLINE: "You are offline. It goes on by itself.",
    HoldReason.DISK: "The disk is almost full. Nothing is lost; it goes on by itself when there is room.",
    HoldReason.SOURCE: "A file is not where it was. Put it back, or start anew from another.",
}


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """A gate that is closed since a moment (Unix seconds), with the sentence for the person."""

    reason: str
    scope: str
    sentence: str
    since: float


class Gates:
    """The closed gates of one queue. `on_change` is called when one closes or opens."""

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        clock: Clock,
        on_change: Callable[[], None],
        *,
        stagger: float = RELEASE_WITHIN_SECONDS,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._on_change = on_change
        self._stagger = stagger
        self._closed: dict[tuple[str, str], ClosedGate] = {}
        self._probes: dict[str, Probe] = {}
        self._releasing: set[asyncio.Task[None]] = set()

    @property
    def closed(self) -> tuple[ClosedGate, ...]:
        """The gates that are closed now."""
        return tuple(self._closed.values())

    def set_probe(self, reason: HoldReason, probe: Probe) -> None:
        """Let gates of a reason open by themselves."""
        self._probes[reason] = probe

    async def learn(self) -> None:
        """Take over what held jobs say; used at the start."""
        async with self._database.read() as connection:
            held = await holds.held(connection)
        for item in held:
            known = ClosedGate(item.reason, item.scope, item.sentence, item.since)
            self._closed.setdefault((item.reason, item.scope), known)

    async def release_passed(self) -> None:
        """Let go what stands before gates that have opened since; used after an undo, which may hold jobs.

        A gate that is closed after all closes again when the first of them runs into it.
        """
        async with self._database.read() as connection:
            held = await holds.held(connection)
        for item in held:
            if (item.reason, item.scope) not in self._closed:
                self._begin_release(item.reason, item.scope)

    async def close(self, reason: str, *, scope: str = "", sentence: str = "") -> None:
        """Close a gate and hold every queued job before it."""
        key = (str(reason), scope)
        if key not in self._closed:
            words = sentence or _SENTENCES.get(HoldReason(reason), "")
            self._closed[key] = ClosedGate(*key, words, self._clock.wall())
            _log.info("gate %s %s closed", reason, scope)
        await self.hold_new()
        self._on_change()

    async def hold_new(self) -> None:
        """Hold what was queued before gates that are closed."""
        if self._closed_to_many():
            async with self._database.write() as connection:
                held = await self.hold_in(connection)
            for job in held:
                self._bus.announce(JobChanged(job))

    async def hold_in(self, connection: Connection) -> tuple[JobSnapshot, ...]:
        """The same in a transaction of the caller, who announces the jobs.

        What is closed is looked up here: a gate may have opened while the transaction waited for its turn.
        """
        now = self._clock.wall()
        return tuple(
            [
                job
                for gate in self._closed_to_many()
                for job in await holds.hold_queued(connection, gate.reason, gate.scope, gate.sentence, now)
            ]
        )

    def _closed_to_many(self) -> list[ClosedGate]:
        """A gate about one file holds no other job."""
        return [gate for gate in self.closed if gate.reason not in (HoldReason.SOURCE, HoldReason.CONTEXT)]

    def open(self, reason: str, *, scope: str = "") -> None:
        """Open a gate; what it held is queued again, some at a time."""
        if self._closed.pop((str(reason), scope), None) is None:
            return
        _log.info("gate %s %s opened", reason, scope)
        self._begin_release(str(reason), scope)
        self._on_change()

    def _begin_release(self, reason: str, scope: str) -> None:
        task = asyncio.create_task(self._release(reason, scope), name="release")
        self._releasing.add(task)
        task.add_done_callback(self._released)

    def _released(self, task: asyncio.Task[None]) -> None:
        self._releasing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # The jobs are still held; the next start, or the next probe, finds them.
            _log.info("held jobs were not released: %s", error)

    async def _release(self, reason: str, scope: str) -> None:
        pause = 0.0
        while (reason, scope) not in self._closed:
            async with self._database.write() as connection:
                jobs = await holds.release(
                    connection, reason, scope, self._clock.wall(), limit=RELEASED_AT_ONCE
                )
            for job in jobs:
                self._bus.announce(JobChanged(job))
            self._on_change()
            if len(jobs) < RELEASED_AT_ONCE:
                return
            pause = pause or await self._pause_for(reason, scope)
            await asyncio.sleep(random.uniform(0.0, 2 * pause))

    async def _pause_for(self, reason: str, scope: str) -> float:
        """The mean pause between two portions, so that all are released within a few seconds."""
        async with self._database.read() as connection:
            left = sum(
                item.held
                for item in await holds.held(connection)
                if (item.reason, item.scope) == (reason, scope)
            )
        return self._stagger / max(4.0, 2.0 * left / RELEASED_AT_ONCE)

    async def probe(self) -> None:
        """Ask the probes of all closed gates now."""
        for gate in self.closed:
            probe = self._probes.get(gate.reason)
            try:
                if probe is not None and await probe(gate.scope):
                    self.open(gate.reason, scope=gate.scope)
            except (CardgenError, OSError) as error:
                _log.info("the probe of %s failed: %s", gate.reason, error)

    async def watch(self) -> None:
        """Ask the probes now and then, until cancelled."""
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            if self._closed:
                await self.probe()

    async def aclose(self) -> None:
        """Stop releasing; what is still held stays so until the next start."""
        for task in tuple(self._releasing):
            task.cancel()
        await asyncio.gather(*self._releasing, return_exceptions=True)

    async def status(self) -> tuple[GateStatus, ...]:
        """Closed gates with how many jobs each holds."""
        async with self._database.read() as connection:
            held = {(item.reason, item.scope): item.held for item in await holds.held(connection)}
        return tuple(
            GateStatus(
                reason=gate.reason,
                scope=gate.scope,
                sentence=gate.sentence,
                since=gate.since,
                held=held.get((gate.reason, gate.scope), 0),
            )
            for gate in self.closed
        )
