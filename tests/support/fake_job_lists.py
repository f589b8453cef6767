"""Jobs in memory: started, moved by a test, and listed."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cardgen_desktop.domain import job_kinds
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import JobChanged
from cardgen_desktop.domain.job import (
    TERMINAL_STATES,
    JobPage,
    JobQuery,
    JobSnapshot,
    JobSort,
    JobState,
    JobWant,
    Lane,
    needs_you,
)
from cardgen_desktop.domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from cardgen_desktop.domain.job_views import BatchView, JobDetails, JobExport
from cardgen_desktop.domain.value import Value

from . import job_samples, samples
from .fake_desk import FakeDesk, FakeEvents


def matches(job: JobSnapshot, query: JobQuery) -> bool:
    """Whether a filter lets a job through."""
    text = query.text.casefold()
    return (
        (not query.states or job.state in query.states)
        and (query.status is None or job.status == query.status)
        and (query.kind is None or job.kind == query.kind)
        and (query.lane is None or job.lane == query.lane)
        and (query.batch_id is None or job.batch_id == query.batch_id)
        and (not query.needs_you or needs_you(job))
        and query.needs_review in (None, job.needs_review)
        and (query.since is None or job.created_at >= query.since)
        and (query.until is None or job.created_at < query.until)
        and (not text or any(text in field.casefold() for field in (job.character, job.title, job.engine)))
    )


def sort_key(sort: JobSort) -> Callable[[JobSnapshot], tuple[Any, ...]]:
    """What jobs are ordered by; ties are broken by id."""

    def key(job: JobSnapshot) -> tuple[Any, ...]:
        values = {
            JobSort.CREATED: job.id,
            JobSort.STATE: job.state.value,
            JobSort.STARTED: job.started_at or 0.0,
            JobSort.FINISHED: job.finished_at or 0.0,
            JobSort.TIME: job.active_seconds,
            JobSort.TOKENS: (job.tokens_in or 0) + (job.tokens_out or 0),
            JobSort.COST: job.cost_nanos or 0,
            JobSort.QUEUE: (-job.priority, job.position),
        }
        return values.get(sort, getattr(job, sort.value, 0)), job.id

    return key


class FakeJobLists(FakeDesk):
    """The queue. Nothing runs by itself: a test moves jobs with `move`, `settle` obeys what was asked."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.queue: dict[int, JobSnapshot] = {}
        self.hidden: set[int] = set()
        self.batch_titles: dict[int, str] = {}

    def put_jobs(self, jobs: Iterable[JobSnapshot]) -> None:
        """Place jobs in the queue without events."""
        self.queue.update((job.id, job) for job in jobs)

    def move(self, job_id: int, **changes: Any) -> JobSnapshot:
        """Change a job and announce it."""
        job = self._changed(job_id, changes)
        self.events.announce(JobChanged(job))
        return job

    def settle(self) -> None:
        """Let running jobs obey what was asked of them."""
        for job in tuple(self.queue.values()):
            if job.state is JobState.RUNNING and job.want is JobWant.CANCEL:
                self.move(job.id, state=JobState.CANCELLED, finished_at=samples.NOW)
            elif job.state is JobState.RUNNING and job.want is JobWant.PAUSE:
                self.move(job.id, state=JobState.PAUSED, want=JobWant.RUN)

    def _changed(self, job_id: int, changes: dict[str, Any]) -> JobSnapshot:
        job = self.queue[job_id]
        job = job.model_copy(update={"version": job.version + 1, **changes})
        self.queue[job_id] = job
        return job

    def _known(self, job_id: int) -> JobSnapshot:
        if job_id not in self.queue:
            raise UsageError(f"There is no job {job_id}.")
        return self.queue[job_id]

    def _matching(self, query: JobQuery) -> list[JobSnapshot]:
        shown = (job for key, job in self.queue.items() if key not in self.hidden)
        found = [job for job in shown if matches(job, query)]
        return sorted(found, key=sort_key(query.sort), reverse=query.descending)

    def _targets(self, target: Sequence[int] | JobQuery) -> list[JobSnapshot]:
        if isinstance(target, JobQuery):
            return self._matching(target)
        return [self.queue[key] for key in target if key in self.queue and key not in self.hidden]

    # Starting

    async def start_drafts(
        self,
        requests: Sequence[DraftRequest],
        *,
        request_ids: Sequence[str] | None = None,
        batch_title: str = "",
    ) -> tuple[JobSnapshot, ...]:
        await self._asked("start_drafts", tuple(requests), batch_title)
        batch_id = max(self.batch_titles, default=0) + 1 if len(requests) > 1 else None
        if batch_id is not None:
            self.batch_titles[batch_id] = batch_title
        ids: Sequence[str | None] = request_ids or [None] * len(requests)
        return tuple(
            self._twin(request)
            or self._start(job_kinds.DRAFT, request, request_id, character=request.character,
                           engine=request.engine, title="Treasure Island", batch_id=batch_id)
            for request, request_id in zip(requests, ids, strict=True)
        )  # fmt: skip

    def _twin(self, request: DraftRequest) -> JobSnapshot | None:
        wanted = request.model_dump()
        return next(
            (
                job
                for job in self.queue.values()
                if job.state not in TERMINAL_STATES and job.request == wanted
            ),
            None,
        )

    async def start_import(self, request: ImportRequest, *, request_id: str | None = None) -> JobSnapshot:
        await self._asked("start_import", request)
        return self._start(job_kinds.IMPORT, request, request_id)

    async def start_export(self, request: ExportRequest, *, request_id: str | None = None) -> JobSnapshot:
        await self._asked("start_export", request)
        return self._start(job_kinds.EXPORT, request, request_id, lane=Lane.EXPORT)

    async def start_read(self, request: ReadRequest, *, request_id: str | None = None) -> JobSnapshot:
        await self._asked("start_read", request)
        return self._start(job_kinds.READ, request, request_id)

    def _start(self, kind: str, request: Value, request_id: str | None, **more: Any) -> JobSnapshot:
        job_id = max(self.queue, default=0) + 1
        job = JobSnapshot(
            id=job_id,
            kind=kind,
            state=JobState.QUEUED,
            request=request.model_dump(),
            request_id=request_id,
            position=float(job_id),
            created_at=samples.NOW,
            queued_at=samples.NOW,
            updated_at=samples.NOW,
            version=1,
            **more,
        )
        self.queue[job.id] = job
        self.events.announce(JobChanged(job))
        return job

    # Lists

    async def jobs(self, query: JobQuery) -> JobPage:
        await self._asked("jobs", query)
        found = self._matching(query)
        page = found[query.offset : query.offset + query.limit]
        return JobPage(jobs=tuple(page), total=len(found), limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        await self._asked("job_order", query)
        return array("q", [job.id for job in self._matching(query)])

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        await self._asked("jobs_by_id", tuple(job_ids))
        return tuple(self._targets(job_ids))

    async def job(self, job_id: int) -> JobSnapshot:
        await self._asked("job", job_id)
        return self._known(job_id)

    async def job_details(self, job_id: int) -> JobDetails:
        await self._asked("job_details", job_id)
        return job_samples.sample_details(self._known(job_id))

    async def export_job(self, job_id: int) -> JobExport:
        await self._asked("export_job", job_id)
        return JobExport(job=self._known(job_id).model_dump(mode="json"), program={"name": "CardGen Desktop"})

    async def save_job_report(self, job_id: int, path: Path) -> Path:
        await self._asked("save_job_report", job_id, path)
        self._known(job_id)
        return path

    async def job_counts(self) -> dict[JobState, int]:
        await self._asked("job_counts")
        states = [job.state for key, job in self.queue.items() if key not in self.hidden]
        return {state: states.count(state) for state in JobState if state in states}

    async def needs_you_count(self) -> int:
        await self._asked("needs_you_count")
        return len(self._matching(JobQuery(needs_you=True)))

    async def batches(self) -> tuple[BatchView, ...]:
        await self._asked("batches")
        return tuple(self.batch(key) for key in sorted(self.batch_titles, reverse=True))

    def batch(self, batch_id: int) -> BatchView:
        """A batch as its jobs are now."""
        jobs = self._matching(JobQuery(batch_id=batch_id))
        return BatchView(
            id=batch_id,
            title=self.batch_titles[batch_id],
            total=len(jobs),
            finished=sum(job.state in TERMINAL_STATES for job in jobs),
            failed=sum(job.state is JobState.FAILED for job in jobs),
            running=sum(job.state is JobState.RUNNING for job in jobs),
            progress=sum(100.0 if job.state in TERMINAL_STATES else job.progress for job in jobs)
            / max(1, len(jobs)),
            created_at=min((job.created_at for job in jobs), default=samples.NOW),
        )
