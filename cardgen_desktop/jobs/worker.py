"""Working on one claimed job, and recording how it ended: done, failed, held, waiting, paused, put back."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from ..domain.errors import (
    CardgenError,
    ChildCrashedError,
    DamagedDatabaseError,
    DiskFullError,
    HeldError,
    InternalError,
    ReadOnlyDataError,
    StorageError,
    StorageUnavailableError,
    TransientError,
)
from ..domain.events import JobChanged
from ..domain.job import HoldReason, JobState, JobWant
from ..domain.value import Value
from ..store.claims import FinishedJob
from .backoff import backoff
from .events import EventBus
from .gates import Gates
from .lanes import Lanes
from .queue import JobQueue
from .running import RunningJob, RunningJobs, StoppedError, SupersededError
from .tries import Tries
from .waits import Waits

_log = logging.getLogger(__name__)

STORAGE_RETRY_SECONDS = 5.0
ABANDON_SECONDS = 10.0
PAUSE_SECONDS = 10.0
QUIT_SECONDS = 2.0
MISTAKE = (
    "CardGen made a mistake in this job. What was finished is kept. Run it again; if it fails again, "
    "the details say what to report."
)

_DISK = (DiskFullError, StorageUnavailableError, ReadOnlyDataError, DamagedDatabaseError)
"""Failures of the data folder: the queue is held until it answers again, no job fails for it.

SQLite takes a single failed read for damage (`SQLITE_IOERR_CORRUPTFS`); the next start looks closer.
"""

Runner = Callable[[RunningJob], Awaitable[Value | None]]
"""Runs a claimed job: its result, or None when it has ended the job itself, with rows of its own.

Raises `HeldError`, `TransientError` or another `CardgenError` for what the person or time can mend, and
`StoppedError` at a safe point.
"""


class Worker:
    """Works on jobs; several at once.

    `on_trouble` hears when the queue itself cannot be used, `on_full` when a job ran into a full disk.
    """

    def __init__(
        self,
        queue: JobQueue,
        running: RunningJobs,
        bus: EventBus,
        runners: Mapping[str, Runner],
        *,
        gates: Gates,
        waits: Waits,
        lanes: Lanes,
        steady: Callable[[], float],
        on_trouble: Callable[[StorageError], None],
        on_full: Callable[[], None],
        storage_retry: float = STORAGE_RETRY_SECONDS,
    ) -> None:
        self.storage_retry = storage_retry
        self._queue = queue
        self._running = running
        self._bus = bus
        self._runners = runners
        self._gates = gates
        self._waits = waits
        self._lanes = lanes
        self._steady = steady
        self._on_trouble = on_trouble
        self._on_full = on_full
        self._tries = Tries()

    async def work_on(self, job: RunningJob) -> None:
        """Run one job; when cancelled, put it back first."""
        job.task = asyncio.create_task(self._attempt(job), name=f"job {job.id}")
        # A wish that was stored in one commit with the claim found no work to stop yet.
        if job.snapshot.want is JobWant.CANCEL:
            self.ask_to_stop(job)
        elif job.wants_pause:
            self.ask_to_pause(job)
        try:
            await self._ended(job, job.task)
            await self._settle(job, job.task)
            await self._record(job, lambda: self._queue.tell_batches([job.snapshot]))
        except asyncio.CancelledError:
            await self._put_back(job, job.task)
            raise
        finally:
            self._running.remove(job)
            self._queue.wake()

    def ask_to_stop(self, job: RunningJob) -> None:
        """The person cancels: the work is stopped now; one that does not stop is left behind."""
        if job.task is not None:
            job.task.cancel()
            asyncio.get_running_loop().call_later(ABANDON_SECONDS, job.abandon)

    def ask_to_pause(self, job: RunningJob) -> None:
        """The person pauses: the work may come to a safe point first, but not for long."""
        if job.task is not None:
            asked = job.pauses_asked = job.pauses_asked + 1
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._stop_pausing, job, asked)

    def _stop_pausing(self, job: RunningJob, asked: int) -> None:
        if job.wants_pause and job.pauses_asked == asked and self._running.get(job.id) is job:
            self.ask_to_stop(job)

    async def _attempt(self, job: RunningJob) -> None:
        _log.info("job %d (%s) begins", job.id, job.snapshot.kind)
        runner = self._runners.get(job.snapshot.kind)
        if runner is None:
            raise StorageError(
                f'This version of CardGen does not know jobs of the kind "{job.snapshot.kind}". '
                "Update CardGen to run it."
            )
        result = await runner(job)
        if result is not None:
            finished = FinishedJob(
                id=job.id,
                result=result.model_dump(mode="json"),
                seconds=job.seconds,
                needs_review=bool(getattr(result, "refused", ())),
            )
            if not await self._queue.succeed(job, finished):
                raise SupersededError(f"job {job.id} is not running in epoch {self._queue.epoch}")

    async def _ended(self, job: RunningJob, task: asyncio.Task[None]) -> None:
        """Wait for the work, or until it is left behind because it does not stop."""
        left = asyncio.ensure_future(job.left_behind.wait())
        try:
            await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()

    async def _settle(self, job: RunningJob, task: asyncio.Task[None]) -> None:
        if not task.done():
            _log.warning("job %d did not stop and was left behind", job.id)
            task.add_done_callback(lambda task: task.cancelled() or task.exception())
            await self._record(job, lambda: self._queue.stop(job))
        elif task.cancelled() or isinstance(task.exception(), StoppedError):
            await self._record(job, lambda: self._queue.stop(job))
        elif isinstance(error := task.exception(), SupersededError):
            _log.info("the result of job %d came too late and was dropped: %s", job.id, error)
        elif error is not None:
            failure = error if isinstance(error, CardgenError) else _mistake(job, error)
            _log.info("job %d stopped: %s", job.id, failure.message)
            await self._record(job, lambda: self._end_badly(job, failure))
        else:
            _log.info("job %d ended after %.1f s of work", job.id, job.seconds)

    async def _end_badly(self, job: RunningJob, failure: CardgenError) -> None:
        """Where a job goes that could not be finished (ux-and-reliability.md 2.2)."""
        if isinstance(failure, DiskFullError):
            self._on_full()
        if isinstance(failure, _DISK):
            kind = "disk.ro" if isinstance(failure, ReadOnlyDataError) else "disk.full"
            failure = HeldError(HoldReason.DISK, failure.message, details=failure.details, kind=kind)
        if isinstance(failure, TransientError) and failure.counts:
            failure = self._tries.after(job.snapshot, failure)
        if isinstance(failure, HeldError):
            await self._queue.hold(job, failure)
            await self._gates.close(
                failure.reason, scope=failure.scope, sentence=failure.message, code=failure.kind
            )
        elif isinstance(failure, TransientError):
            await self._try_again(job, failure)
        elif isinstance(failure, ChildCrashedError):
            await self._queue.crashed(job, failure)
        else:
            await self._queue.fail(job, failure)

    async def _try_again(self, job: RunningJob, failure: TransientError) -> None:
        delay = backoff(job.snapshot.attempts, failure.retry_after)
        if failure.kind == "rate.429" and failure.counts:
            self._lanes.lower(job.lane, self._steady())
        await self._queue.wait(job, failure, delay)
        self._waits.begin(job.id, delay)

    async def _record(self, job: RunningJob, move: Callable[[], Awaitable[None]]) -> None:
        """Store how a job ended. On a full disk say so, and try again until there is room.

        If the program ends first, the job is found running at the next start and resumes.
        """
        while True:
            try:
                await move()
            except StorageError as error:
                if self._running.get(job.id) is job:
                    self._announce_unrecorded(job, error)
                self._on_trouble(error)
                await asyncio.sleep(self.storage_retry)
            except Exception as error:  # noqa: BLE001  (the job must not seem to run for ever)
                if self._running.get(job.id) is not job:
                    _log.exception("what follows the end of job %d failed", job.id)
                    return
                move = partial(self._queue.fail, job, _mistake(job, error))
                await asyncio.sleep(self.storage_retry)
            else:
                return

    def _announce_unrecorded(self, job: RunningJob, error: StorageError) -> None:
        held = {
            "state": JobState.HELD,
            "hold_reason": HoldReason.DISK.value,
            "phase": error.message,
            "error_details": error.details,
        }
        self._bus.announce(JobChanged(job.snapshot.model_copy(update=held)))

    async def _put_back(self, job: RunningJob, task: asyncio.Task[None]) -> None:
        """The program ends: stop the work, then let the job wait for the next start."""
        task.cancel()
        # Whatever it says is heard and not stored; one that does not stop may not hold up the end.
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.wait({task}, timeout=QUIT_SECONDS)
        try:
            await self._queue.stop(job)
        except StorageError as error:
            _log.info("job %d is put back at the next start: %s", job.id, error.details)


def _mistake(job: RunningJob, error: BaseException) -> InternalError:
    _log.error("job %d: a mistake of ours", job.id, exc_info=error)
    return InternalError(MISTAKE, details="".join(traceback.format_exception(error)))
