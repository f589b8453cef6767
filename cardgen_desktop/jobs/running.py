"""Jobs in the hands of workers: progress lives here, is announced at once, and stored twice a second.

Announcing is bounded to ten times a second for each job (a new phase always is), storing to one transaction
every half second for all jobs together: progress may be lost in a crash, moves may not.
"""

import asyncio
import logging
import time
from collections.abc import Iterator

from ..domain.errors import StorageError
from ..domain.events import JobChanged
from ..domain.job import JobSnapshot, JobState
from ..store import jobs as stored_jobs
from ..store.engine import Database
from .events import EventBus

_log = logging.getLogger(__name__)

ANNOUNCE_SECONDS = 0.1
STORE_SECONDS = 0.5


class SupersededError(Exception):
    """The job is no longer this process's to finish: its result is dropped."""


class RunningJob:
    """One job while a worker has it. `snapshot` carries the progress of this moment."""

    def __init__(self, snapshot: JobSnapshot, bus: EventBus) -> None:
        self.snapshot = snapshot
        self.task: asyncio.Task[None] | None = None
        self.unsaved = False
        self._bus = bus
        self._began = time.monotonic()
        self._seconds_before = snapshot.active_seconds
        self._announced_at = 0.0

    @property
    def id(self) -> int:
        """The job's id."""
        return self.snapshot.id

    @property
    def seconds(self) -> float:
        """Seconds of work, in this attempt and before it."""
        return self._seconds_before + time.monotonic() - self._began

    def report(self, fraction: float, phase: str) -> None:
        """Progress from 0 to 1; it never goes back within an attempt."""
        percent = max(self.snapshot.progress, min(100.0, 100.0 * fraction))
        is_new_phase = phase != self.snapshot.phase
        self.unsaved = self.unsaved or is_new_phase or percent != self.snapshot.progress
        self._show(percent, phase)
        now = time.monotonic()
        if self.unsaved and (is_new_phase or now - self._announced_at >= ANNOUNCE_SECONDS):
            self._announced_at = now
            self._bus.announce(JobChanged(self.snapshot))

    def moved(self, snapshot: JobSnapshot) -> None:
        """Take over what the database says of the running job, and go on with the progress of this moment."""
        percent, phase = self.snapshot.progress, self.snapshot.phase
        self.snapshot = snapshot
        if snapshot.state is JobState.RUNNING:
            self._show(max(percent, snapshot.progress), phase)
        self._bus.announce(JobChanged(self.snapshot))

    def progress_row(self) -> tuple[int, float, str, float]:
        """What to store: (job id, percent, phase, seconds of work)."""
        return self.id, self.snapshot.progress, self.snapshot.phase, self.seconds

    def _show(self, percent: float, phase: str) -> None:
        now = {"progress": percent, "phase": phase, "active_seconds": self.seconds}
        self.snapshot = self.snapshot.model_copy(update=now)


class RunningJobs:
    """All jobs in work, by id, and the task that stores their progress."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: dict[int, RunningJob] = {}
        self.epoch = 0

    def __iter__(self) -> Iterator[RunningJob]:
        return iter(tuple(self._running.values()))

    def add(self, running: RunningJob) -> None:
        """A worker has taken a job."""
        self._running[running.id] = running

    def remove(self, running: RunningJob) -> None:
        """The job is no longer in work."""
        self._running.pop(running.id, None)

    def get(self, job_id: int) -> RunningJob | None:
        """The job while it is in work."""
        return self._running.get(job_id)

    def live(self, snapshot: JobSnapshot) -> JobSnapshot:
        """A stored snapshot with the progress of this moment."""
        running = self._running.get(snapshot.id)
        if running is None or snapshot.state is not JobState.RUNNING:
            return snapshot
        keys = ("progress", "phase", "active_seconds")
        return snapshot.model_copy(update={key: getattr(running.snapshot, key) for key in keys})

    async def store_progress(self) -> None:
        """Store what has changed, twice a second, until cancelled."""
        while True:
            await asyncio.sleep(STORE_SECONDS)
            try:
                await self._store_once()
            except StorageError as error:
                # The move at the end of the job reports a full disk; progress alone is not worth a word.
                _log.info("progress was not stored: %s", error.details)

    async def _store_once(self) -> None:
        unsaved = [running for running in self if running.unsaved]
        if unsaved:
            for running in unsaved:
                running.unsaved = False
            async with self._database.write(durable=False) as connection:
                await stored_jobs.save_progress(
                    connection, self.epoch, [item.progress_row() for item in unsaved]
                )
