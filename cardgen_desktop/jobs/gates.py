"""Gates: what must be open for jobs to run. A closed one holds its jobs, an open one lets them go by and by.

A gate is named by its reason and what it is about (ux-and-reliability.md 2.2, 3.3). Some open by themselves:
a probe says so, asked every half minute while the gate is closed, and at once when somebody asks. The others
open when the person acts. What is closed is read back from the held jobs at the next start.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from ..domain.errors import CardgenError, StorageError
from ..domain.events import JobChanged, JobListChanged
from ..domain.job import HoldReason, JobSnapshot
from ..domain.queue import TOLD_ONE_BY_ONE, GateStatus
from ..store import holds
from ..store.engine import Connection, Database
from ..store.profiles import JOB_SCOPE
from .clock import Clock
from .events import EventBus
from .rounds import every

_log = logging.getLogger(__name__)

PROBE_SECONDS = 30.0
PROBE_PATIENCE_SECONDS = 5.0
RELEASE_RETRY_SECONDS = 5.0
RELEASED_AT_ONCE = 4
MOST_PORTIONS = 250
RELEASE_WITHIN_SECONDS = 4.0

Probe = Callable[[str], Awaitable[bool]]
"""Asked with the scope of a closed gate: whether it can be opened now. It must not take long."""

_SENTENCES = {
    HoldReason.OFFLINE: "You are offline. It goes on by itself.",
    HoldReason.DISK: "The disk is almost full. Nothing is lost; it goes on by itself when there is room.",
    HoldReason.SOURCE: "A file is not where it was. Put it back, or start anew from another.",
}


_CODES = {
    HoldReason.OFFLINE: "net.offline", HoldReason.ENDPOINT: "net.refused", HoldReason.KEY: "auth.401",
    HoldReason.ACCESS: "auth.403.other", HoldReason.CREDITS: "pay.402", HoldReason.BUDGET: "pay.budget",
    HoldReason.MODEL: "model.404", HoldReason.DISK: "disk.full", HoldReason.SOURCE: "src.missing",
    HoldReason.CONTEXT: "ctx.overflow",
}  # fmt: skip


def code_of(reason: str) -> str:
    """The class of failure that closes a gate, when nobody says it more exactly."""
    return _CODES.get(HoldReason(reason), "") if reason in set(HoldReason) else ""


_ABOUT_ONE = frozenset({HoldReason.SOURCE, HoldReason.CONTEXT})
"""Gates about one file or request: nobody else stands before them."""


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """A gate that is closed since a moment (Unix seconds), with the sentence for the person and its class."""

    reason: str
    scope: str
    sentence: str
    since: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class HeldNow:
    """How many jobs were held at once, and those of them that are told one by one."""

    count: int = 0
    jobs: tuple[JobSnapshot, ...] = ()

    def announce(self, bus: EventBus) -> None:
        """Tell every view, once the jobs are stored."""
        for job in self.jobs:
            bus.announce(JobChanged(job))
        if self.count > len(self.jobs):
            bus.announce(JobListChanged())


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
        self._unsure: set[str] = set()
        self._learnt: tuple[ClosedGate, ...] = ()
        self._releasing: set[asyncio.Task[None]] = set()
        self._asked: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.release_retry = RELEASE_RETRY_SECONDS
        self.probe_patience = PROBE_PATIENCE_SECONDS

    @property
    def closed(self) -> tuple[ClosedGate, ...]:
        """The gates that are closed now."""
        return tuple(self._closed.values())

    def set_probe(self, reason: HoldReason, probe: Probe, *, is_sure: bool = True) -> None:
        """Let gates of a reason open by themselves.

        With a probe that is not sure the person's wish to try goes before its answer.
        """
        self._probes[reason] = probe
        self._unsure.discard(reason)
        if not is_sure:
            self._unsure.add(reason)

    async def learn(self) -> None:
        """Take over what held jobs say; used at the start."""
        async with self._database.read() as connection:
            held = await holds.held(connection)
        for item in held:
            known = ClosedGate(item.reason, item.scope, item.sentence, item.since, item.code)
            self._closed.setdefault((item.reason, item.scope), known)
        self._learnt = self.closed

    async def release_passed(self) -> None:
        """Let go what stands before gates that have opened since; used after an undo, which may hold jobs.

        A gate that is closed after all closes again when the first of them runs into it.
        """
        async with self._database.read() as connection:
            held = await holds.held(connection)
        for item in held:
            if (item.reason, item.scope) not in self._closed:
                self._begin_release(item.reason, item.scope)

    async def close(self, reason: str, *, scope: str = "", sentence: str = "", code: str = "") -> None:
        """Close a gate and hold every queued job before it."""
        key = (str(reason), scope)
        if key not in self._closed:
            words = sentence or _SENTENCES.get(HoldReason(reason), "")
            self._closed[key] = ClosedGate(*key, words, self._clock.wall(), code or code_of(reason))
            _log.info("gate %s %s closed", reason, scope)
        await self.hold_new()
        self._on_change()

    async def hold_new(self) -> None:
        """Hold what was queued before gates that are closed."""
        if self._closed_to_many():
            async with self._database.write() as connection:
                held = await self.hold_in(connection)
            held.announce(self._bus)

    async def hold_in(self, connection: Connection) -> HeldNow:
        """The same in a transaction of the caller, who announces the jobs.

        What is closed is looked up here: a gate may have opened while the transaction waited for its turn.
        """
        now = self._clock.wall()
        held = HeldNow()
        for gate in self._closed_to_many():
            count, jobs = await holds.hold_queued(
                connection, gate.reason, gate.scope, gate.sentence, now, code=gate.code
            )
            held = HeldNow(held.count + count, held.jobs + jobs)
        return held

    def _closed_to_many(self) -> list[ClosedGate]:
        """A gate about one file holds no other job."""
        return [gate for gate in self.closed if gate.reason not in _ABOUT_ONE]

    def open(self, reason: str, *, scope: str = "") -> None:
        """Open a gate; what it held is queued again, some at a time."""
        if self._closed.pop((str(reason), scope), None) is None:
            return
        _log.info("gate %s %s opened", reason, scope)
        self._begin_release(str(reason), scope)
        self._on_change()

    def rename_scope(self, before: str, after: str) -> None:
        """A profile has another name; what is stored of held jobs was changed already."""
        for (reason, scope), gate in tuple(self._closed.items()):
            profile, tab, rest = scope.partition(JOB_SCOPE)
            if reason in holds.NETWORK_GATES and profile == before:
                del self._closed[reason, scope]
                moved = replace(gate, scope=f"{after}{tab}{rest}")
                self._closed[reason, moved.scope] = moved
        self._on_change()

    async def probe_reason(self, reason: HoldReason) -> None:
        """Ask the probes of the closed gates of one reason now."""
        await self._probe(gate for gate in self.closed if gate.reason == reason)

    def _begin_release(self, reason: str, scope: str) -> None:
        task = asyncio.create_task(self._release(reason, scope), name="release")
        self._releasing.add(task)
        task.add_done_callback(self._released)

    def _released(self, task: asyncio.Task[None]) -> None:
        self._releasing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("held jobs were not released", exc_info=error)

    async def _release(self, reason: str, scope: str) -> None:
        limit, pause = RELEASED_AT_ONCE, 0.0
        while (reason, scope) not in self._closed:
            try:
                jobs = await self._release_some(reason, scope, limit)
                if len(jobs) < limit:
                    return
                if not pause:
                    limit, pause = await self._pace(reason, scope)
                await asyncio.sleep(random.uniform(0.0, 2 * pause))
            except StorageError as error:
                # Nobody else would: the gate is open, so that no probe asks for it.
                _log.info("held jobs are released later: %s", error.details)
                await asyncio.sleep(self.release_retry)

    async def _release_some(self, reason: str, scope: str, limit: int) -> tuple[JobSnapshot, ...]:
        async with self._database.write() as connection:
            jobs = await holds.release(connection, reason, scope, self._clock.wall(), limit=limit)
        for job in jobs:
            self._bus.announce(JobChanged(job))
        self._on_change()
        return jobs

    async def _pace(self, reason: str, scope: str) -> tuple[int, float]:
        """How many to release at once, and the mean pause in between: all go within a few seconds."""
        left = (await self._held()).get((reason, scope), 0)
        limit = min(max(RELEASED_AT_ONCE, left // MOST_PORTIONS), TOLD_ONE_BY_ONE)
        return limit, self._stagger / max(4.0, 2.0 * left / limit)

    async def probe(self) -> None:
        """Ask the probes of all closed gates now. One that takes long opens its gate when it has answered."""
        await self._probe(self.closed)

    async def try_all(self) -> None:
        """The person wants it tried: probes are asked; a gate of which none can be sure is opened.

        The first job that runs into it closes it again.
        """
        await self.try_now((gate.reason, gate.scope) for gate in self.closed)

    async def try_now(self, keys: Iterable[tuple[str, str]]) -> None:
        """The same for some gates, by reason and scope; the others stay as they are."""
        wanted = set(keys)
        self.try_unknown(wanted)
        await self._probe(gate for gate in self.closed if (gate.reason, gate.scope) in wanted)

    def try_unknown(self, keys: Iterable[tuple[str, str]]) -> None:
        """Open those of the gates, by reason and scope, of which no probe can be sure."""
        for reason, scope in tuple(keys):
            if reason not in self._probes or reason in self._unsure:
                self.open(reason, scope=scope)

    async def _probe(self, gates: Iterable[ClosedGate]) -> None:
        for gate in gates:
            key = (gate.reason, gate.scope)
            if gate.reason in self._probes and key not in self._asked:
                self._asked[key] = asyncio.create_task(self._ask(gate), name="probe")
                self._asked[key].add_done_callback(partial(self._answered, key))
        if self._asked:
            await asyncio.wait(self._asked.values(), timeout=self.probe_patience)

    def _answered(self, key: tuple[str, str], _: "asyncio.Task[None]") -> None:
        self._asked.pop(key, None)

    async def _ask(self, gate: ClosedGate) -> None:
        try:
            if await self._probes[gate.reason](gate.scope):
                self.open(gate.reason, scope=gate.scope)
        except (CardgenError, OSError) as error:
            _log.info("the probe of %s failed: %s", gate.reason, error)
        except Exception:  # noqa: BLE001  (the other gates must not stay closed for it)
            _log.exception("the probe of %s failed", gate.reason)

    async def watch(self) -> None:
        """Ask the probes now and then, until cancelled; those of the last run's gates at once."""
        await self._probe(self._learnt)
        await every(PROBE_SECONDS, self._look_around, name="the gates were not looked at")

    async def _look_around(self) -> None:
        if any(gate.reason in _ABOUT_ONE for gate in self.closed):
            held = await self._held()
            for gate in self.closed:
                if gate.reason in _ABOUT_ONE and (gate.reason, gate.scope) not in held:
                    del self._closed[gate.reason, gate.scope]
        await self.probe()

    async def aclose(self) -> None:
        """Stop releasing; what is still held stays so until the next start."""
        tasks = [*self._releasing, *self._asked.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def status(self) -> tuple[GateStatus, ...]:
        """Closed gates with how many jobs each holds."""
        held = await self._held()
        return tuple(
            GateStatus(
                reason=gate.reason,
                scope=gate.scope,
                sentence=gate.sentence,
                since=gate.since,
                held=held.get((gate.reason, gate.scope), 0),
            )
            for gate in self.closed
            if gate.reason not in _ABOUT_ONE or (gate.reason, gate.scope) in held
        )

    async def _held(self) -> dict[tuple[str, str], int]:
        async with self._database.read() as connection:
            return {(item.reason, item.scope): item.held for item in await holds.held(connection)}
