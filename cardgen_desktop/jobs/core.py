"""The parts of the job service, put together once; the classes beside this module are the views of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..domain.errors import DiskFullError, StorageError
from ..domain.events import QueueChanged
from ..domain.job import HoldReason
from ..domain.queue import QueueStatus
from ..store import holds, queue_settings
from ..store.ballast import Ballast, free_bytes
from ..store.engine import Database
from .child import in_thread
from .clock import Clock, SystemClock
from .dispatcher import Dispatcher
from .events import EventBus
from .export_job import FULL_BYTES
from .gates import Gates
from .lanes import Lanes, default_limits
from .probes import RESUME_BYTES, is_online, is_there
from .queue import JobQueue
from .running import RunningJobs
from .waits import Waits
from .worker import STORAGE_RETRY_SECONDS, Runner, Worker

_log = logging.getLogger(__name__)

EXPORT_ROOM_BYTES = 2 * FULL_BYTES


@dataclass(frozen=True, slots=True)
class Timing:
    """What tests make shorter: how long releases are spread, how long until a failed write is tried again."""

    stagger: float = 4.0
    storage_retry: float = STORAGE_RETRY_SECONDS


class Core:
    """One queue in use: its database, lanes, gates and waits, the worker and the dispatcher."""

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        home: Path,
        *,
        workers: int | None = None,
        clock: Clock | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.database = database
        self.bus = bus
        self.home = home
        self.clock = clock or SystemClock()
        self.running = RunningJobs(database, self.clock)
        self.queue = JobQueue(database, bus, self.running, self.clock)
        self.lanes = Lanes(default_limits(workers))
        self.waits = Waits(self.clock)
        timing = timing or Timing()
        self.gates = Gates(database, bus, self.clock, self.changed, stagger=timing.stagger)
        self.ballast = Ballast(home)
        self.on_room: Callable[[int], None] = lambda _size: None
        self._troubled: Callable[[StorageError], None] = lambda _error: None
        self._runners: dict[str, Runner] = {}
        self._is_full = False
        self._is_status_new = self._is_telling_status = False
        self._tellings: set[asyncio.Task[None]] = set()
        self.worker = Worker(
            self.queue, self.running, bus, self._runners, gates=self.gates, waits=self.waits,
            lanes=self.lanes, steady=self.clock.steady, on_trouble=self.hear_trouble, on_full=self._ran_full,
            storage_retry=timing.storage_retry,
        )  # fmt: skip
        self.dispatcher = Dispatcher(
            database, bus, self.queue, self.running, self.worker, gates=self.gates, waits=self.waits,
            lanes=self.lanes, clock=self.clock, on_trouble=self.hear_trouble,
        )  # fmt: skip
        self.gates.set_probe(HoldReason.OFFLINE, is_online)
        self.gates.set_probe(HoldReason.SOURCE, is_there)
        self.gates.set_probe(HoldReason.DISK, self._has_room)

    def make_room(self) -> None:
        """The limits of the lanes are other ones: as many jobs need a process at once."""
        self.on_room(self.lanes.at_once)

    def set_runners(self, runners: Mapping[str, Runner], on_trouble: Callable[[StorageError], None]) -> None:
        """Say who runs each kind of job, and who hears that the queue cannot be used."""
        self._runners.update(runners)
        self._troubled = on_trouble

    def hear_trouble(self, error: StorageError) -> None:
        """The database cannot be written. On a full disk the ballast makes room to note what is held."""
        if isinstance(error, DiskFullError):
            self._ran_full()
            self._tell(self._hold_for_disk(error.message))
        self._troubled(error)

    def _ran_full(self) -> None:
        self._is_full = True

    async def _hold_for_disk(self, sentence: str) -> None:
        await in_thread(self.ballast.release)
        await self.gates.close(HoldReason.DISK, sentence=sentence)

    async def _has_room(self, scope: str) -> bool:
        """Room on the disk of a folder that was exported to, or where the data is.

        Where it was not room that was missing, such as with a database that was locked for a while, a small
        disk may stay as it is.
        """
        if scope:
            return await in_thread(free_bytes, Path(scope)) >= EXPORT_ROOM_BYTES
        if await in_thread(free_bytes, self.home) < (RESUME_BYTES if self._is_full else EXPORT_ROOM_BYTES):
            return False
        self._is_full = False
        await in_thread(self.ballast.restore)
        return True

    def changed(self) -> None:
        """A gate, a lane or the pause of the queue is another: wake the dispatcher and tell the views."""
        self.queue.wake()
        self._is_status_new = True
        if not self._is_telling_status:
            self._is_telling_status = True
            self._tell(self._announce_status())

    async def _announce_status(self) -> None:
        """Many changes in a row are told as one: thousands may be released from a gate."""
        try:
            while self._is_status_new:
                self._is_status_new = False
                self.bus.announce(QueueChanged(await self.status()))
        finally:
            self._is_telling_status = False

    async def learn_waits(self) -> None:
        """Take over which jobs wait for their next try."""
        before = self.waits.known()
        async with self.database.read() as connection:
            self.waits.learn(await holds.waiting(connection), before)

    async def status(self) -> QueueStatus:
        """The queue as a whole, now."""
        async with self.database.read() as connection:
            queued = await queue_settings.queued_by_lane(connection)
        lanes = self.lanes.status(self.running.lanes(), queued, self.clock.steady())
        return QueueStatus(paused=self.lanes.all_paused, lanes=lanes, gates=await self.gates.status())

    def _tell(self, telling: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(telling, name="tell of the queue")
        self._tellings.add(task)
        task.add_done_callback(self._told)

    def _told(self, task: "asyncio.Task[None]") -> None:
        self._tellings.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.info("the queue's state was not told: %s", error)

    async def aclose(self) -> None:
        """Stop what goes on by itself."""
        await self.gates.aclose()
        for task in tuple(self._tellings):
            task.cancel()
        await asyncio.gather(*self._tellings, return_exceptions=True)
