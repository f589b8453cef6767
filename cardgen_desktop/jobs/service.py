"""The job service: recovers at start, keeps the dispatcher at work, and tells what it knows of jobs."""

import asyncio
import logging
from array import array
from collections.abc import Collection, Sequence
from pathlib import Path

from .. import paths
from ..crash import fault_bytes
from ..domain.errors import StorageError, UsageError
from ..domain.events import Event, JobChanged, JobListChanged
from ..domain.job import TERMINAL_STATES, JobPage, JobQuery, JobSnapshot, JobState
from ..domain.job_kinds import DRAFT, EXPORT, IMPORT, READ
from ..domain.job_views import BatchView, JobDetails, JobExport
from ..store import batches, job_lists, queue_settings, retention
from ..store import jobs as stored_jobs
from ..store import steps as stored_steps
from ..store.engine import Database
from .billing import Bills
from .child import in_thread
from .clock import Clock
from .core import Core, Timing
from .draft_job import DraftRunner
from .draft_steps import DraftSteps
from .events import EventBus
from .export_job import ExportRunner
from .generation_proposals import Proposer
from .generative_job import ModelEngine
from .import_job import ImportRunner
from .job_actions import JobActions
from .job_details import details_of
from .job_starts import JobStarts
from .process import ProcessPool
from .provider_probes import ProviderProbes
from .providers import Providers
from .queue_control import QueueControl
from .read_job import ReadRunner
from .rounds import every
from .watch import Watch
from .worker import Runner

_log = logging.getLogger(__name__)

PRUNE_SECONDS = 60.0
MOST_BY_ID = 10_000


class JobService:
    """Everything about jobs. `actions`, `starts` and `control` are what the person can do with them.

    Raises `CardgenError` and nothing else. `workers` is how many jobs the processor runs at once.
    """

    def __init__(
        self,
        database: Database,
        pool: ProcessPool,
        bus: EventBus,
        *,
        home: Path,
        workers: int | None = None,
        clock: Clock | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.core = Core(database, bus, home, workers=workers, clock=clock, timing=timing)
        self._database = database
        self._bus = bus
        self._running = self.core.running
        self.providers = Providers(self.core)
        self.actions = JobActions(self.core)
        self.starts = JobStarts(self.core)
        self.control = QueueControl(self.core)
        self._watch = Watch(self.core)
        self._bills = Bills(self.providers)
        ProviderProbes(self.providers).register(self.core.gates)
        self.providers = Providers(self.core)
        runners: dict[str, Runner] = {
            DRAFT: self._draft_runner(pool),
            IMPORT: ImportRunner(database, pool, bus),
            EXPORT: ExportRunner(database, pool),
            READ: ReadRunner(database, pool, bus),
        }
        self.core.set_runners(runners, self._hear_trouble)
        # One child more than jobs at once: reading a dropped file does not wait for the drafts.
        self.core.on_room = lambda at_once: pool.ensure(at_once + 1)
        self.core.make_room()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[asyncio.Queue[JobSnapshot | StorageError | None]] = set()

    def _draft_runner(self, pool: ProcessPool) -> DraftRunner:
        database, bus, running = self._database, self._bus, self._running
        steps = DraftSteps(database, running)
        model = ModelEngine(database, pool, bus, steps, self.providers)
        propose = Proposer(database, bus, running, steps)
        return DraftRunner(database, pool, bus, running, model=model, propose=propose)

    async def recover(self) -> tuple[JobSnapshot, ...]:
        """Begin this process's turn: jobs of a process that died are queued, paused or cancelled.

        When the crash handler saw it die by a fault of its own, that is counted against its jobs.
        """
        recovered = await self.core.queue.recover(crashed=await self._crashed())
        await self.providers.paid.recover()
        async with self._database.read() as connection:
            self.core.lanes.restore(await queue_settings.kept(connection))
        self.core.make_room()
        await self.providers.paid.recover()
        await self.core.gates.learn()
        await self.core.learn_waits()
        await self.starts.learn()
        if recovered:
            _log.info("recovered jobs %s", [job.id for job in recovered])
        return recovered

    async def _crashed(self) -> bool:
        written = await in_thread(fault_bytes, paths.logs(self.core.home))
        async with self._database.write() as connection:
            return await queue_settings.new_faults(connection, written)

    def start(self) -> None:
        """Start to work; harmless when it does."""
        if not self._tasks:
            works = {
                "dispatcher": self.core.dispatcher.dispatch(),
                "progress": self._running.store_progress(),
                "gates": self.core.gates.watch(),
                "watch": self._watch.watch(),
                "bills": self._bills.watch(),
                "retention": self._prune(),
                # Nothing should be forgotten; if it is, then not for long.
                "waits": every(PRUNE_SECONDS, self.core.learn_waits, name="waits were not looked at"),
            }
            self._tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]

    def run_only(self, job_ids: Collection[int] | None) -> None:
        """Work on these jobs alone, or on all again."""
        self.core.dispatcher.run_only(job_ids)

    async def aclose(self) -> None:
        """Stop the work; what was being done is put back and resumes at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.core.aclose()
        await self.providers.aclose()
        await self.providers.aclose()
        try:
            await self.core.queue.stop_all()
        except StorageError as error:
            _log.info("jobs are put back at the next start: %s", error.details)

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs in the order of the query."""
        async with self._database.read() as connection:
            page = await job_lists.page(connection, query)
        return page.model_copy(update={"jobs": tuple(self._running.live(job) for job in page.jobs)})

    async def order(self, query: JobQuery) -> "array[int]":
        """The ids of every job that matches, in order."""
        async with self._database.read() as connection:
            return await job_lists.ids(connection, query)

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Those of some jobs that are in the list; raises `UsageError` for too many."""
        if len(job_ids) > MOST_BY_ID:
            raise UsageError(f"At most {MOST_BY_ID:,} jobs are looked up at once.")
        async with self._database.read() as connection:
            found = await job_lists.by_ids(connection, job_ids)
        return tuple(map(self._running.live, found))

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        async with self._database.read() as connection:
            job = await stored_jobs.get(connection, job_id)
        if job is None:
            raise UsageError(f"There is no job {job_id}. `cardgen jobs list` shows those there are.")
        return self._running.live(job)

    async def details(self, job_id: int) -> JobDetails:
        """Steps, attempts, log and partial text of a job."""
        job = await self.job(job_id)
        async with self._database.read() as connection:
            return await details_of(connection, job)

    async def export(self, job_id: int) -> JobExport:
        """A job with everything a report needs, free of secrets."""
        from .job_export import export_of

        job, details = await self.job(job_id), await self.details(job_id)
        async with self._database.read() as connection:
            stored = await stored_steps.steps(connection, job_id)
        return export_of(job, details, stored)

    async def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        async with self._database.read() as connection:
            return await job_lists.counts(connection)

    async def needs_you_count(self) -> int:
        """How many jobs need the person."""
        async with self._database.read() as connection:
            return await job_lists.needs_you(connection)

    async def batches(self) -> tuple[BatchView, ...]:
        """Batches that go on or have just ended."""
        async with self._database.read() as connection:
            return await batches.shown(connection, self.core.clock.wall())

    async def wait(self, job_id: int) -> JobSnapshot:
        """Wait until a job has ended; raises `StorageError` when the queue can no longer be used."""
        news: asyncio.Queue[JobSnapshot | StorageError | None] = asyncio.Queue()

        def hear(event: Event) -> None:
            # Very many jobs at once are told as a change of the list.
            job = event.job if isinstance(event, JobChanged) else None
            if job and job.id == job_id and job.state in TERMINAL_STATES:
                news.put_nowait(job)
            elif isinstance(event, JobListChanged):
                news.put_nowait(None)

        stop = self._bus.subscribe(hear)
        self._waiting.add(news)
        try:
            job = await self.job(job_id)
            while job.state not in TERMINAL_STATES:
                heard = await news.get()
                if isinstance(heard, StorageError):
                    raise heard
                job = heard or await self.job(job_id)
            return job
        finally:
            stop()
            self._waiting.discard(news)

    def _hear_trouble(self, error: StorageError) -> None:
        for news in self._waiting:
            news.put_nowait(error)

    async def _prune(self) -> None:
        """Drop what is kept no longer, a little at a time, while nothing else is to be done."""
        await every(PRUNE_SECONDS, self._prune_some, name="old jobs were not dropped")

    async def _prune_some(self) -> None:
        now = self.core.clock.wall()
        async with self._database.read() as connection:
            rows = await retention.old(connection, now)
        if rows:
            async with self._database.write(durable=False) as connection:
                await retention.drop(connection, rows)
