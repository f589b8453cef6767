"""The queue in memory, moved by many jobs at once; every move can be taken back."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import JobChanged, JobListChanged, JobRemoved
from cardgen_desktop.domain.job import (
    TERMINAL_STATES,
    JobQuery,
    JobSnapshot,
    JobState,
    JobWant,
    Lane,
    Priority,
)
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.queue import TOLD_ONE_BY_ONE, JobsMoved, Place, UndoHistory, UndoStep

from . import samples
from .fake_desk import FakeEvents
from .fake_job_lists import FakeJobLists

Changes = dict[str, Any]
Fits = Callable[[JobSnapshot], bool]
Change = Callable[[JobSnapshot], Changes]

AT_REST = frozenset({JobState.QUEUED, JobState.HELD, JobState.WAITING, JobState.PAUSED})
STOPPED = frozenset({JobState.PAUSED, JobState.HELD, JobState.WAITING})
CLEARED: Changes = {
    "state": JobState.QUEUED,
    "want": JobWant.RUN,
    "hold_reason": None,
    "run_at": None,
    "error": None,
    "error_code": None,
    "error_details": None,
    "finished_at": None,
    "result": None,
    "needs_review": False,
}


class FakeJobs(FakeJobLists):
    """Every action on jobs. Running jobs are only asked; `settle` lets them obey."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self._before: dict[int, dict[int, JobSnapshot | None]] = {}
        self._after: dict[int, dict[int, JobSnapshot | None]] = {}
        self._undo: list[UndoStep] = []
        self._redo: list[UndoStep] = []
        self._steps = 0

    async def cancel_jobs(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        def change(job: JobSnapshot) -> Changes:
            if job.state is JobState.RUNNING:
                return {"want": JobWant.CANCEL}
            return {"state": JobState.CANCELLED, "want": JobWant.CANCEL, "finished_at": samples.NOW}

        return await self._act("cancel_jobs", "Cancel", jobs, lambda job: job.state not in TERMINAL_STATES,
                               change)  # fmt: skip

    async def pause_jobs(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        def change(job: JobSnapshot) -> Changes:
            running = job.state is JobState.RUNNING
            return {"want": JobWant.PAUSE} if running else {"state": JobState.PAUSED}

        def fits(job: JobSnapshot) -> bool:
            return job.state not in TERMINAL_STATES | {JobState.PAUSED}

        return await self._act("pause_jobs", "Pause", jobs, fits, change)

    async def resume_jobs(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        def fits(job: JobSnapshot) -> bool:
            return job.state in STOPPED or job.want is JobWant.PAUSE

        def change(job: JobSnapshot) -> Changes:
            if job.state is JobState.RUNNING:
                return {"want": JobWant.RUN}
            return {"state": JobState.QUEUED, "want": JobWant.RUN, "hold_reason": None, "run_at": None}

        return await self._act("resume_jobs", "Resume", jobs, fits, change)

    async def retry_jobs(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        return await self._act("retry_jobs", "Try", jobs, lambda job: job.state in TERMINAL_STATES,
                               lambda job: CLEARED, tail=" again")  # fmt: skip

    async def retry_copy(self, job_id: int, changes: Mapping[str, Any]) -> JobSnapshot:
        await self._asked("retry_copy", job_id, dict(changes))
        job = self._known(job_id)
        request = DraftRequest.model_validate({**job.request, **changes})
        return self._start(job.kind, request, None, character=request.character, engine=request.engine,
                           title=job.title)  # fmt: skip

    async def run_jobs_now(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        def change(job: JobSnapshot) -> Changes:
            return {"state": JobState.QUEUED, "lane": Lane.INTERACTIVE, "run_at": None, "hold_reason": None}

        return await self._act(
            "run_jobs_now", "Run", jobs, lambda job: job.state in AT_REST, change, tail=" now"
        )

    async def set_priority(self, jobs: Sequence[int] | JobQuery, priority: Priority) -> JobsMoved:
        return await self._act("set_priority", "Set the priority of", jobs,
                               lambda job: job.state not in TERMINAL_STATES and job.priority != priority,
                               lambda job: {"priority": int(priority)}, priority)  # fmt: skip

    async def move_jobs(self, jobs: Sequence[int] | JobQuery, place: Place) -> JobsMoved:
        positions = [job.position for job in self.queue.values()]
        start = min(positions) - 10_000.0 if place == "top" else max(positions) + 1.0

        def change(job: JobSnapshot) -> Changes:
            return {"position": start + job.id}

        return await self._act("move_jobs", "Move", jobs, lambda job: job.state not in TERMINAL_STATES,
                               change, place, tail=f" to the {place}")  # fmt: skip

    async def mark_reviewed(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        return await self._act(
            "mark_reviewed", "Mark", jobs, lambda job: job.needs_review, lambda _job: {"needs_review": False},
            tail=" as reviewed",
        )  # fmt: skip

    async def remove_jobs(self, jobs: Sequence[int] | JobQuery) -> JobsMoved:
        return await self._act("remove_jobs", "Remove", jobs, lambda job: job.state in TERMINAL_STATES, None)

    async def _act(
        self,
        command: str,
        verb: str,
        target: Sequence[int] | JobQuery,
        fits: Fits,
        change: Change | None,
        *arguments: Any,
        tail: str = "",
    ) -> JobsMoved:
        asked = target if isinstance(target, JobQuery) else tuple(target)
        await self._asked(command, asked, *arguments)
        jobs = self._targets(target)
        fitting = [job for job in jobs if fits(job)]
        name = f"{verb} {len(fitting):,} job{'s' * (len(fitting) != 1)}{tail}"
        skipped = len(jobs) - len(fitting)
        if not fitting:
            return JobsMoved(count=0, skipped=skipped, name=name)
        after = {job.id: job.model_copy(update=change(job)) if change else None for job in fitting}
        step = self._remember(name, {job.id: job for job in fitting}, after)
        return self._put(after, name, skipped=skipped, undo_id=step.id)

    def _remember(
        self, name: str, before: Mapping[int, JobSnapshot | None], after: dict[int, JobSnapshot | None]
    ) -> UndoStep:
        self._steps += 1
        step = UndoStep(id=self._steps, name=name, at=samples.NOW, jobs=len(before))
        self._before[step.id], self._after[step.id] = dict(before), after
        self._undo.append(step)
        self._redo.clear()
        return step

    def _put(
        self,
        jobs: Mapping[int, JobSnapshot | None],
        name: str,
        *,
        skipped: int = 0,
        undo_id: int | None = None,
    ) -> JobsMoved:
        many = len(jobs) > TOLD_ONE_BY_ONE
        moved = []
        for job_id, job in jobs.items():
            if job is None:
                self.hidden.add(job_id)
                moved.append(self.queue[job_id])
                event: JobRemoved | JobChanged = JobRemoved(job_id)
            else:
                self.hidden.discard(job_id)
                moved.append(
                    self._changed(job_id, job.model_dump(exclude={"version"}) | {"state": job.state})
                )
                event = JobChanged(moved[-1])
            if not many:
                self.events.announce(event)
        if many:
            self.events.announce(JobListChanged())
        return JobsMoved(count=len(jobs), skipped=skipped, jobs=tuple(moved[:TOLD_ONE_BY_ONE]), name=name,
                         undo_id=undo_id)  # fmt: skip

    async def undo(self, undo_id: int | None = None) -> JobsMoved:
        await self._asked("undo", undo_id)
        step = next((step for step in reversed(self._undo) if undo_id in (None, step.id)), None)
        if step is None:
            raise UsageError("There is nothing to undo.")
        self._undo.remove(step)
        self._redo.append(step)
        return self._put(self._before[step.id], step.name)

    async def redo(self) -> JobsMoved:
        await self._asked("redo")
        if not self._redo:
            raise UsageError("There is nothing to redo.")
        step = self._redo.pop()
        self._undo.append(step)
        return self._put(self._after[step.id], step.name, undo_id=step.id)

    async def undo_history(self) -> UndoHistory:
        await self._asked("undo_history")
        await asyncio.sleep(0)
        return UndoHistory(undo=tuple(self._undo), redo=tuple(self._redo))
