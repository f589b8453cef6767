"""The queue as workers see it: each move is one durable transaction, announced after it is stored."""

import asyncio
import time
from collections.abc import Callable

from ..domain.errors import CardgenError
from ..domain.events import JobChanged
from ..domain.job import JobSnapshot
from ..store import jobs as stored_jobs
from ..store.engine import Database
from ..store.tables import LANES
from .events import EventBus
from .running import RunningJob, RunningJobs


class JobQueue:
    """Claims and ends jobs for this process. `epoch` fences off whatever an earlier process left behind."""

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        running: RunningJobs,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._bus = bus
        self._running = running
        self._clock = clock
        self._sleepers: set[asyncio.Event] = set()

    @property
    def epoch(self) -> int:
        """The number of this process's turn at the database; 0 before `recover`."""
        return self._running.epoch

    async def recover(self) -> tuple[JobSnapshot, ...]:
        """Begin a new epoch and put back what a process that died was working on."""
        async with self._database.write() as connection:
            self._running.epoch, recovered = await stored_jobs.recover(connection, self._clock())
        return recovered

    async def claim(self) -> RunningJob | None:
        """Take the next job; None when nothing is queued."""
        async with self._database.write() as connection:
            claimed = await stored_jobs.claim(connection, self.epoch, LANES, self._clock())
        # No await from here on: a wish to cancel that is stored next must find the job in work.
        if claimed is None:
            return None
        running = RunningJob(claimed, self._bus)
        self._running.add(running)
        self._bus.announce(JobChanged(claimed))
        return running

    async def stop(self, running: RunningJob) -> None:
        """End the work on a job as the person wants it: cancelled, paused, or queued again."""
        async with self._database.write() as connection:
            await stored_jobs.save_progress(connection, self.epoch, [running.progress_row()])
            stopped = await stored_jobs.stop(connection, running.id, self.epoch, self._clock())
        await self._announce_end(running, stopped)

    async def fail(self, running: RunningJob, error: CardgenError) -> None:
        """End a job with the sentence for the person."""
        async with self._database.write() as connection:
            await stored_jobs.save_progress(connection, self.epoch, [running.progress_row()])
            failed = await stored_jobs.fail(
                connection,
                running.id,
                self.epoch,
                error=error.message,
                error_code=error.code,
                error_details=error.details,
                now=self._clock(),
            )
        await self._announce_end(running, failed)

    async def stop_all(self) -> None:
        """Put back whatever is still marked as running; the last move before the database is closed."""
        async with self._database.write() as connection:
            stopped = await stored_jobs.stop_all(connection, self._clock())
        for snapshot in stopped:
            self._bus.announce(JobChanged(snapshot))

    def sleeper(self) -> asyncio.Event:
        """An event that is set whenever there may be work; one for each worker, so that none misses it."""
        event = asyncio.Event()
        self._sleepers.add(event)
        return event

    def wake(self) -> None:
        """A job was queued."""
        for event in self._sleepers:
            event.set()

    async def _announce_end(self, running: RunningJob, ended: JobSnapshot | None) -> None:
        """Without an own move the job ended otherwise, for instance a moment before it was cancelled."""
        if ended is None:
            async with self._database.read() as connection:
                ended = await stored_jobs.get(connection, running.id)
        if ended is not None:
            self._bus.announce(JobChanged(ended))
