"""The job service: recovers at start, keeps the workers, and carries out what the person wants of a job."""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..domain.errors import StorageError, UsageError
from ..domain.events import Event, JobChanged, JobRemoved
from ..domain.job import TERMINAL_STATES, JobPage, JobQuery, JobSnapshot, JobState
from ..domain.job_kinds import DraftRequest
from ..domain.job_views import JobStepView
from ..domain.source import SourceSummary
from ..store import job_lists
from ..store import jobs as stored_jobs
from ..store import sources as stored_sources
from ..store import steps as stored_steps
from ..store.engine import Connection, Database
from .draft_job import PICTURE_KEY, DraftRunner
from .events import EventBus
from .kinds import DRAFT, KINDS
from .process import ProcessPool, set_key
from .queue import JobQueue
from .running import RunningJobs
from .step_views import step_views
from .worker import Worker

_log = logging.getLogger(__name__)


class JobService:
    """Everything about jobs but running them, which `Worker` does. Raises `CardgenError` and nothing else."""

    def __init__(self, database: Database, pool: ProcessPool, bus: EventBus, *, workers: int) -> None:
        self._database = database
        self._bus = bus
        self._running = RunningJobs(database)
        self._queue = JobQueue(database, bus, self._running)
        run = DraftRunner(database, pool, bus, self._running)
        self._workers = [
            Worker(self._queue, self._running, bus, run, self._hear_trouble) for _ in range(workers)
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[asyncio.Future[JobSnapshot]] = set()
        self._left_over: dict[str, int] = {}

    async def recover(self) -> tuple[JobSnapshot, ...]:
        """Begin this process's turn: jobs of a process that died are queued, paused or cancelled."""
        recovered = await self._queue.recover()
        async with self._database.read() as connection:
            self._left_over = await stored_jobs.unfinished_keys(connection)
        if recovered:
            _log.info("recovered jobs %s", [job.id for job in recovered])
        return recovered

    def start(self) -> None:
        """Start the workers; harmless when they run."""
        if not self._tasks:
            works = [worker.work() for worker in self._workers]
            self._tasks = [asyncio.create_task(work, name="worker") for work in works]
            self._tasks.append(asyncio.create_task(self._running.store_progress(), name="progress"))

    async def aclose(self) -> None:
        """Stop the workers; what they were doing is put back and resumes at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        try:
            await self._queue.stop_all()
        except StorageError as error:
            _log.info("jobs are put back at the next start: %s", error.details)

    async def start_draft(
        self, request: DraftRequest, *, picture: str | None = None, request_id: str | None = None
    ) -> JobSnapshot:
        """Queue a draft, or attach to the unfinished job that does the same; its files are added to that.

        `picture` is the SHA-256 of a stored picture. A `request_id` that was used before gives its job again.
        """
        async with self._database.write() as connection:
            if request_id and (known := await stored_jobs.by_request_id(connection, request_id)):
                return self._running.live(known)
            sources = await self._known_sources(connection, request)
            key = _unique_key(request, sources, picture)
            job = await stored_jobs.unfinished(connection, key) or await self._left(connection, key)
            if job is None:
                fields = _draft_fields(request, sources, picture) | {
                    "unique_key": key,
                    "request_id": request_id,
                }
                job = await stored_jobs.create(connection, **fields, now=time.time())
            await self._ask_files(connection, job.id, request)
        self._bus.announce(JobChanged(self._running.live(job)))
        self._queue.wake()
        return self._running.live(job)

    async def _left(self, connection: Connection, key: str) -> JobSnapshot | None:
        """The job that an earlier process left and this one has just finished: the command means that one.

        It is queued again to write the files that are asked for; only the first such command gets it.
        """
        job_id = self._left_over.pop(key, None)
        job = await stored_jobs.get(connection, job_id) if job_id is not None else None
        if job is None or job.state is not JobState.SUCCEEDED:
            return None
        return await stored_jobs.retry(connection, job.id, time.time())

    async def _known_sources(
        self, connection: Connection, request: DraftRequest
    ) -> tuple[SourceSummary, ...]:
        sources = await stored_sources.summaries(connection, request.source_ids)
        if len(sources) != len(request.source_ids):
            raise UsageError("A source of this draft is not in the database. Add its file, then draft again.")
        return sources

    async def _ask_files(self, connection: Connection, job_id: int, request: DraftRequest) -> None:
        evidence = [request.evidence_path] if request.evidence_path else []
        await stored_steps.ask_outputs(connection, job_id, "card", request.outputs)
        await stored_steps.ask_outputs(connection, job_id, "evidence", evidence)

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs, newest first."""
        async with self._database.read() as connection:
            page = await job_lists.page(connection, query)
        return page.model_copy(update={"jobs": tuple(self._running.live(job) for job in page.jobs)})

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        async with self._database.read() as connection:
            job = await stored_jobs.get(connection, job_id)
        if job is None:
            raise _no_such_job(job_id)
        return self._running.live(job)

    async def steps(self, job_id: int) -> tuple[JobStepView, ...]:
        """What a job does, in order, with what is done."""
        job = await self.job(job_id)
        async with self._database.read() as connection:
            done = await stored_steps.steps(connection, job_id)
            outputs = await stored_steps.outputs(connection, job_id)
        return step_views(job, done, outputs)

    async def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        async with self._database.read() as connection:
            return await job_lists.counts(connection)

    async def cancel(self, job_id: int) -> JobSnapshot:
        """Store the wish first, then stop the work; a job that waits is cancelled at once."""
        async with self._database.write() as connection:
            job = await stored_jobs.want_cancel(connection, job_id, time.time())
        if job is None:
            return await self.job(job_id)
        running = self._running.get(job_id)
        if running is not None and running.task is not None and job.state is JobState.RUNNING:
            running.moved(job)
            running.report(0.0, job.phase)
            running.task.cancel()
            return running.snapshot
        self._bus.announce(JobChanged(job))
        return job

    async def retry(self, job_id: int) -> JobSnapshot:
        """Run a finished job again; steps that are still valid are reused, its files are written again."""
        before = await self.job(job_id)
        async with self._database.write() as connection:
            key = await stored_jobs.unique_key(connection, job_id)
            twin = await stored_jobs.unfinished(connection, key) if key else None
            if twin is not None and twin.id != job_id:
                raise UsageError(f"Job {twin.id} is already doing the same as job {job_id}.")
            job = await stored_jobs.retry(connection, job_id, time.time())
            if job is None:
                raise UsageError(f"Job {job_id} has not finished; there is nothing to run again.")
            await stored_steps.ask_outputs_again(connection, job_id)
        _log.info("job %d runs again after it was %s", job_id, before.state)
        self._bus.announce(JobChanged(job))
        self._queue.wake()
        return job

    async def remove(self, job_id: int) -> None:
        """Hide a finished job from the list."""
        await self._set_removed(job_id, time.time())
        self._bus.announce(JobRemoved(job_id))

    async def restore(self, job_id: int) -> JobSnapshot:
        """Show a removed job again."""
        job = await self._set_removed(job_id, None)
        self._bus.announce(JobChanged(job))
        return job

    async def _set_removed(self, job_id: int, removed_at: float | None) -> JobSnapshot:
        async with self._database.write() as connection:
            job = await stored_jobs.set_removed(connection, job_id, removed_at, time.time())
        if job is None:
            await self.job(job_id)
            raise UsageError(f"Job {job_id} has not finished. Cancel it first, then remove it.")
        return job

    async def wait(self, job_id: int) -> JobSnapshot:
        """Wait until a job has ended; raises `StorageError` when the queue can no longer be used."""
        ended: asyncio.Future[JobSnapshot] = asyncio.get_running_loop().create_future()

        def hear(event: Event) -> None:
            job = event.job if isinstance(event, JobChanged) else None
            if job and job.id == job_id and job.state in TERMINAL_STATES and not ended.done():
                ended.set_result(job)

        stop = self._bus.subscribe(hear)
        self._waiting.add(ended)
        try:
            job = await self.job(job_id)
            return job if job.state in TERMINAL_STATES else await ended
        finally:
            stop()
            self._waiting.discard(ended)
            ended.cancel()

    def _hear_trouble(self, error: StorageError) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(error)


def _no_such_job(job_id: int) -> UsageError:
    return UsageError(f"There is no job {job_id}. `cardgen jobs list` shows those there are.")


def _draft_fields(
    request: DraftRequest, sources: tuple[SourceSummary, ...], picture: str | None
) -> dict[str, Any]:
    return {
        "kind": DRAFT,
        "lane": KINDS[DRAFT].lane,
        "request": request.model_dump(mode="json"),
        "title": _title(sources),
        "character": request.character.strip(),
        "engine": request.engine,
        "metadata": {PICTURE_KEY: picture} if picture else {},
    }


def _title(sources: tuple[SourceSummary, ...]) -> str:
    first, others = sources[0].title or sources[0].name, len(sources) - 1
    return first if not others else f"{first} and {others} more"


def _unique_key(request: DraftRequest, sources: tuple[SourceSummary, ...], picture: str | None) -> str:
    """decisions.md, "Unique job": the sources, the character, the engine and its settings; not the files.

    The picture is part of it, because another picture makes another card.
    """
    parts: Mapping[str, Any] = {
        "sources": set_key(sources),
        "character": " ".join(request.character.split()).casefold(),
        "engine": request.engine,
        "picture": picture,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def absolute_files(request: DraftRequest) -> DraftRequest:
    """The request with whole paths, for a process that resumes it from another folder."""
    outputs = tuple(dict.fromkeys(map(_absolute, request.outputs)))
    evidence = request.evidence_path and _absolute(request.evidence_path)
    return request.model_copy(update={"outputs": outputs, "evidence_path": evidence})


def _absolute(path: str) -> str:
    try:
        return str(Path(path).expanduser().absolute())
    except RuntimeError:  # a name that begins with "~" and is nobody's home
        return str(Path(path).absolute())
