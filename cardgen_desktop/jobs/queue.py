"""The queue as workers see it: each move is one durable transaction, announced after it is stored."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from ..domain.errors import CardgenError, HeldError, TransientError
from ..domain.events import BatchEnded, JobChanged
from ..domain.job import JobSnapshot, Lane
from ..store import batches, claims, intake
from ..store import jobs as stored_jobs
from ..store import progress as stored_progress
from ..store.claims import FinishedJob
from ..store.engine import Connection, Database
from ..store.intake import NewJob
from .clock import Clock
from .events import EventBus
from .gates import Gates, HeldNow, code_of
from .gathered import Gathered
from .running import RunningJob, RunningJobs

CRASHED = (
    "The worker process died twice at the same place, so this job is not tried again by itself. What was "
    "finished is kept; the details say what to report."
)
CRASHED_PROGRAM = (
    "CardGen died twice at the same place of this job, so it is not tried again by itself. What was finished "
    "is kept; the diagnostics hold what to report."
)


class JobQueue:
    """Takes jobs in, claims and ends them for this process.

    The epoch fences off whatever an earlier process left behind: a move of a running job names it.
    """

    def __init__(self, database: Database, bus: EventBus, running: RunningJobs, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._running = running
        self._clock = clock
        self._intake: Gathered[NewJob, JobSnapshot] = Gathered(self._take_in)
        self._endings: Gathered[tuple[RunningJob, FinishedJob], bool] = Gathered(self._succeed_all)
        self._wakers: list[Callable[[], None]] = []

    @property
    def epoch(self) -> int:
        """The number of this process's turn at the database; 0 before `recover`."""
        return self._running.epoch

    async def recover(self, *, crashed: bool = False) -> tuple[JobSnapshot, ...]:
        """Begin a new epoch and put back what a process that died was working on."""
        async with self._database.write() as connection:
            now = self._clock.wall()
            self._running.epoch, recovered = await stored_jobs.recover(
                connection, now, crashed=crashed, sentence=CRASHED_PROGRAM
            )
        return recovered

    async def enqueue(self, new: NewJob) -> JobSnapshot:
        """Store a job, or find the one that does the same; calls of one moment share a transaction."""
        return await self._intake(new)

    async def _take_in(self, new: Sequence[NewJob]) -> Sequence[JobSnapshot]:
        async with self._database.write() as connection:
            stored = await intake.create_all(connection, new, self._clock.wall())
        for job in stored:
            self._bus.announce(JobChanged(self._running.live(job)))
        self.wake()
        return stored

    async def claim(
        self, room: Mapping[Lane, int], *, only: Sequence[int] | None = None, gates: Gates | None = None
    ) -> tuple[RunningJob, ...]:
        """Take the next jobs of the lanes that have room, except those before a closed gate."""
        async with self._database.write() as connection:
            now = self._clock.wall()
            # In the same transaction: what was queued a moment ago must not slip by.
            held = HeldNow() if gates is None else await gates.hold_in(connection)
            claimed = await claims.claim_all(connection, self.epoch, room, now, only=only)
        # No await from here on: a wish to cancel that is stored next must find the jobs in work.
        held.announce(self._bus)
        return tuple(map(self._begin, claimed))

    def _begin(self, claimed: JobSnapshot) -> RunningJob:
        running = RunningJob(claimed, self._bus, self._clock)
        self._running.add(running)
        self._bus.announce(JobChanged(claimed))
        return running

    async def succeed(self, running: RunningJob, finished: FinishedJob) -> bool:
        """End a job with its result; False when it was no longer this process's to end."""
        return await self._endings((running, finished))

    async def _succeed_all(self, endings: Sequence[tuple[RunningJob, FinishedJob]]) -> Sequence[bool]:
        timely = [(running, item) for running, item in endings if not self._is_late(running)]
        if not timely:
            return [False] * len(endings)
        async with self._moving(*(running for running, _ in timely), done=True) as connection:
            now = self._clock.wall()
            ended = await claims.succeed_all(connection, self.epoch, [item for _, item in timely], now)
        won = list(dict.fromkeys(running for running, _ in timely if running.id in ended))
        for running in won:
            self._running.remove(running)
            self._bus.announce(JobChanged(ended[running.id]))
        return [running in won for running, _ in endings]

    def _is_late(self, running: RunningJob) -> bool:
        """Whether a worker was left behind: by now another may have the job, in the same epoch."""
        return self._running.get(running.id) is not running

    async def stop(self, running: RunningJob) -> None:
        """End the work on a job as the person wants it: cancelled, paused, or queued again.

        This and the moves that follow do nothing for a worker that was left behind.
        """
        if self._is_late(running):
            return
        async with self._moving(running) as connection:
            stopped = await stored_jobs.stop(connection, running.id, self.epoch, self._clock.wall())
        await self._announce_end(running, stopped)

    async def fail(self, running: RunningJob, error: CardgenError) -> None:
        """End a job with the sentence for the person."""
        if self._is_late(running):
            return
        async with self._moving(running) as connection:
            failed = await self._fail(connection, running, error)
        await self._announce_end(running, failed)

    async def hold(self, running: RunningJob, error: HeldError) -> None:
        """A gate is closed for a job: hold it."""
        if self._is_late(running):
            return
        async with self._moving(running) as connection:
            held = await stored_jobs.hold(
                connection,
                running.id,
                self.epoch,
                reason=error.reason,
                scope=error.scope,
                sentence=error.message,
                now=self._clock.wall(),
                code=error.kind or code_of(error.reason),
            )
        await self._announce_end(running, held)

    async def wait(self, running: RunningJob, error: TransientError, delay: float) -> None:
        """Try a job again after a delay in seconds."""
        if self._is_late(running):
            return
        async with self._moving(running) as connection:
            now = self._clock.wall()
            waiting = await stored_jobs.wait(
                connection,
                running.id,
                self.epoch,
                run_at=now + delay,
                delay=delay,
                sentence=error.message,
                reason=error.message,
                now=now,
                code=error.kind or error.code,
                charged=error.counts,
            )
        await self._announce_end(running, waiting)

    async def crashed(self, running: RunningJob, error: CardgenError) -> None:
        """The worker process of a job died: try again, or give up when it dies at one place for good."""
        if self._is_late(running):
            return
        async with self._moving(running) as connection:
            step, now = running.snapshot.phase, self._clock.wall()
            before = await stored_jobs.crashes_at(connection, running.id, step)
            if before + 1 >= stored_jobs.MOST_CRASHES:
                poison = CardgenError(CRASHED, details=error.details)
                ended = await self._fail(connection, running, poison, code=stored_jobs.CRASHED_CODE)
            else:
                ended = await stored_jobs.crashed(connection, running.id, self.epoch, step, now)
        await self._announce_end(running, ended)

    async def stop_all(self) -> None:
        """Put back whatever is still marked as running; the last move before the database is closed."""
        async with self._database.write() as connection:
            stopped = await stored_jobs.stop_all(connection, self._clock.wall())
        for snapshot in stopped:
            self._bus.announce(JobChanged(snapshot))

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Be told whenever there may be work."""
        self._wakers.append(callback)

    def wake(self) -> None:
        """A job was queued, or a place has become free."""
        for callback in self._wakers:
            callback()

    async def tell_batches(self, moved: Iterable[JobSnapshot], *, all_open: bool = False) -> None:
        """Announce batches whose last job is among these; with `all_open`, every one that has ended."""
        batch_ids = {job.batch_id for job in moved if job.batch_id is not None}
        if all_open:
            async with self._database.read() as connection:
                batch_ids |= await batches.going_on(connection)
        if batch_ids:
            async with self._database.write() as connection:
                told = await batches.newly_ended(connection, batch_ids, self._clock.wall())
            for batch in told:
                self._bus.announce(BatchEnded(batch))

    async def _fail(
        self, connection: Connection, running: RunningJob, error: CardgenError, *, code: str = ""
    ) -> JobSnapshot | None:
        return await stored_jobs.fail(
            connection,
            running.id,
            self.epoch,
            error=error.message,
            error_code=code or error.kind or error.code,
            error_details=error.details,
            now=self._clock.wall(),
        )

    @asynccontextmanager
    async def _moving(self, *running: RunningJob, done: bool = False) -> AsyncIterator[Connection]:
        """A transaction that moves running jobs and stores the last of what they reported.

        Jobs that are `done` have no progress of their own any more: the move stores that it is whole. When it
        fails, the reports are kept for the next try: no streamed word is lost.
        """
        reports = {item: item.take_report() for item in running}
        try:
            async with self._database.write() as connection:
                now = self._clock.wall()
                if done:
                    await stored_progress.save_texts(connection, list(reports.values()), now)
                else:
                    await stored_progress.save_reports(connection, self.epoch, list(reports.values()), now)
                yield connection
        except BaseException:
            for item, report in reports.items():
                item.give_back(report)
            raise
        for item in reports:
            item.stored()

    async def _announce_end(self, running: RunningJob, ended: JobSnapshot | None) -> None:
        """Without an own move the job ended otherwise, for instance a moment before it was cancelled."""
        if ended is None:
            async with self._database.read() as connection:
                ended = await stored_jobs.get(connection, running.id)
        self._running.remove(running)
        if ended is not None:
            self._bus.announce(JobChanged(ended))
