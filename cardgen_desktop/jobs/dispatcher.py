"""The dispatcher: whenever a place is free it claims the next jobs of each lane and has them worked on."""

import asyncio
import logging
from collections.abc import Callable, Collection

from ..domain.errors import StorageError
from ..domain.events import JobChanged
from ..store import holds
from ..store.engine import Database
from .clock import Clock
from .events import EventBus
from .gates import Gates
from .lanes import Lanes
from .queue import JobQueue
from .running import RunningJob, RunningJobs
from .waits import Waits
from .worker import Worker

_log = logging.getLogger(__name__)

LONGEST_SLEEP_SECONDS = 30.0


class Dispatcher:
    """Keeps the lanes busy until cancelled. `on_trouble` hears when the queue itself cannot be used."""

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        queue: JobQueue,
        running: RunningJobs,
        worker: Worker,
        *,
        gates: Gates,
        waits: Waits,
        lanes: Lanes,
        clock: Clock,
        on_trouble: Callable[[StorageError], None],
    ) -> None:
        self._database = database
        self._bus = bus
        self._queue = queue
        self._running = running
        self._worker = worker
        self._gates = gates
        self._waits = waits
        self._lanes = lanes
        self._clock = clock
        self._on_trouble = on_trouble
        self._awake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._only: frozenset[int] | None = None
        queue.on_wake(self._awake.set)

    def run_only(self, job_ids: Collection[int] | None) -> None:
        """Work on these jobs alone, or on all again."""
        self._only = None if job_ids is None else frozenset(job_ids)
        self._awake.set()

    async def dispatch(self) -> None:
        """Claim and start jobs until cancelled; then put back what is in work."""
        try:
            while True:
                self._awake.clear()
                if not await self._start_all():
                    await self._sleep()
        finally:
            await self._stop_workers()

    async def _start_all(self) -> bool:
        """Start what there is room for; whether there may be more."""
        try:
            started = await self._claimed()
        except StorageError as error:
            _log.info("no job could be claimed: %s %s", error.message, error.details)
            self._on_trouble(error)
        except Exception:  # noqa: BLE001  (what runs and what waits must not suffer from a mistake of ours)
            _log.exception("no job could be claimed")
        else:
            for job in started:
                self._start(job)
            return bool(started)
        await asyncio.sleep(self._worker.storage_retry)
        return True

    async def _claimed(self) -> tuple[RunningJob, ...]:
        """The next jobs; one whose wait is over does not slip by a gate that was closed meanwhile."""
        await self._release_waiting()
        await self._gates.hold_new()
        return await self._claim()

    async def _claim(self) -> tuple[RunningJob, ...]:
        room = self._lanes.room(self._running.lanes(), self._clock.steady())
        if not room or self._only == frozenset():
            return ()
        only = None if self._only is None else sorted(self._only)
        return await self._queue.claim(room, only=only, gates=self._gates)

    def _start(self, job: RunningJob) -> None:
        task = asyncio.create_task(self._worker.work_on(job), name=f"worker of job {job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _release_waiting(self) -> None:
        due = self._waits.take_due()
        if not due:
            return
        try:
            async with self._database.write() as connection:
                released = await holds.release_waiting(connection, list(due), self._clock.wall())
        except BaseException:
            self._waits.give_back(due)
            raise
        for job in released:
            self._bus.announce(JobChanged(job))

    async def _sleep(self) -> None:
        """Until somebody wakes, a job is due, or a while has passed: timers alone are not trusted."""
        next_in = self._waits.next_in()
        limit = LONGEST_SLEEP_SECONDS if next_in is None else min(next_in + 0.01, LONGEST_SLEEP_SECONDS)
        try:
            async with asyncio.timeout(limit):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _stop_workers(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
