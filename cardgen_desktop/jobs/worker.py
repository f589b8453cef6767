"""A worker: claims a job, runs it, and records how it ended; several of them share one queue."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

from ..domain.errors import CardgenError, InternalError, StorageError
from ..domain.events import JobChanged
from ..domain.job import JobState
from .events import EventBus
from .queue import JobQueue
from .running import RunningJob, RunningJobs, SupersededError

_log = logging.getLogger(__name__)

STORAGE_RETRY_SECONDS = 5.0
MISTAKE = (
    "CardGen made a mistake in this job. What was finished is kept. Run it again; if it fails again, "
    "the details say what to report."
)

Run = Callable[[RunningJob], Awaitable[None]]
"""Runs a claimed job to its success; raises `CardgenError` for a failure that the person can act on."""


class Worker:
    """Works until cancelled. `on_trouble` hears when the queue itself cannot be used."""

    def __init__(
        self,
        queue: JobQueue,
        running: RunningJobs,
        bus: EventBus,
        run: Run,
        on_trouble: Callable[[StorageError], None],
    ) -> None:
        self._queue = queue
        self._running = running
        self._bus = bus
        self._run = run
        self._on_trouble = on_trouble

    async def work(self) -> None:
        """Run one job after the other; when cancelled, put the current one back first."""
        sleeper = self._queue.sleeper()
        while True:
            sleeper.clear()
            job = await self._claim()
            if job is None:
                await sleeper.wait()
            else:
                await self._work_on(job)

    async def _claim(self) -> RunningJob | None:
        while True:
            try:
                return await self._queue.claim()
            except StorageError as error:
                _log.info("no job could be claimed: %s %s", error.message, error.details)
                self._on_trouble(error)
                await asyncio.sleep(STORAGE_RETRY_SECONDS)

    async def _work_on(self, job: RunningJob) -> None:
        job.task = asyncio.create_task(self._attempt(job), name=f"job {job.id}")
        try:
            await asyncio.wait({job.task})
            await self._settle(job, job.task)
        except asyncio.CancelledError:
            await self._put_back(job, job.task)
            raise
        finally:
            self._running.remove(job)

    async def _attempt(self, job: RunningJob) -> None:
        _log.info("job %d (%s) begins", job.id, job.snapshot.kind)
        await self._run(job)

    async def _settle(self, job: RunningJob, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            await self._record(job, lambda: self._queue.stop(job))
        elif isinstance(error := task.exception(), SupersededError):
            _log.info("the result of job %d came too late and was dropped: %s", job.id, error)
        elif error is not None:
            failure = error if isinstance(error, CardgenError) else _mistake(job, error)
            _log.info("job %d failed: %s", job.id, failure.message)
            await self._record(job, lambda: self._queue.fail(job, failure))
        else:
            _log.info("job %d ended after %.1f s of work", job.id, job.seconds)

    async def _record(self, job: RunningJob, move: Callable[[], Awaitable[None]]) -> None:
        """Store how a job ended. On a full disk say so, and try again until there is room.

        If the program ends first, the job is found running at the next start and resumes.
        """
        while True:
            try:
                return await move()
            except StorageError as error:
                self._announce_unrecorded(job, error)
                await asyncio.sleep(STORAGE_RETRY_SECONDS)

    def _announce_unrecorded(self, job: RunningJob, error: StorageError) -> None:
        failed = {
            "state": JobState.FAILED,
            "error": error.message,
            "error_code": error.code,
            "error_details": error.details,
        }
        self._bus.announce(JobChanged(job.snapshot.model_copy(update=failed)))

    async def _put_back(self, job: RunningJob, task: asyncio.Task[None]) -> None:
        """The program ends: stop the work, then let the job wait for the next start."""
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # heard: the job is put back whatever it was
        try:
            await self._queue.stop(job)
        except StorageError as error:
            _log.info("job %d is put back at the next start: %s", job.id, error.details)


def _mistake(job: RunningJob, error: BaseException) -> InternalError:
    _log.error("job %d: a mistake of ours", job.id, exc_info=error)
    return InternalError(MISTAKE, details="".join(traceback.format_exception(error)))
