"""What the window shows before the database says so: rows that are about to be, and intents."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState, Lane
from .words import QUEUE


class Optimism:
    """Pending rows by request id, and intended changes by job id."""

    def __init__(self) -> None:
        self.pending: dict[str, JobSnapshot] = {}
        self._intents: dict[int, dict[str, Any]] = {}
        self._painted: dict[int, tuple[JobSnapshot, JobSnapshot]] = {}
        self._paused: frozenset[Lane] = frozenset()

    def add(self, job: JobSnapshot) -> None:
        """A row that is about to be; raises ValueError when it has an id of the database or no request id."""
        if job.id >= 0 or not job.request_id:
            raise ValueError("a pending job has an id below 0 and a request id")
        self.pending[job.request_id] = job

    def taken_over(self, jobs: Iterable[JobSnapshot | None]) -> Iterator[tuple[JobSnapshot, JobSnapshot]]:
        """The pending rows that became real among some jobs, each with its real job; they end here."""
        for job in jobs if self.pending else ():
            if job is not None and job.id > 0 and (pending := self.pending.pop(job.request_id or "", None)):
                yield pending, job

    def intend(self, job_ids: Iterable[int], changes: dict[str, Any]) -> None:
        """Show jobs as if something had happened to them already."""
        for job_id in job_ids:
            self._intents[job_id] = {**self._intents.get(job_id, {}), **changes}
            self._painted.pop(job_id, None)

    def drop(self, job_ids: Iterable[int]) -> list[int]:
        """Show jobs as they are; returns the ids that this changes."""
        dropped = [job_id for job_id in job_ids if self._intents.pop(job_id, None) is not None]
        for job_id in dropped:
            self._painted.pop(job_id, None)
        return dropped

    def heed(self, job: JobSnapshot | None, job_id: int) -> None:
        """A fact arrived: an intent that came true, or can no longer, is over."""
        intent = self._intents.get(job_id)
        if intent is None:
            return
        came_true = job is not None and all(getattr(job, name) == value for name, value in intent.items())
        if job is None or came_true or job.state in TERMINAL_STATES:
            self.drop([job_id])

    def shown(self, job: JobSnapshot | None) -> JobSnapshot | None:
        """A job as it is to be shown."""
        if job is None:
            return None
        stands_still = job.state is JobState.QUEUED and job.lane in self._paused
        if not stands_still and job.id not in self._intents:
            return job
        painted = self._painted.get(job.id)
        if painted is None or painted[0] is not job:
            painted = job, job.model_copy(update=self._changes(job, stands_still))
            self._painted[job.id] = painted
        return painted[1]

    def pause(self, lanes: frozenset[Lane]) -> bool:
        """Nothing starts in these lanes: what waits there says so. Returns whether that is news."""
        if lanes == self._paused:
            return False
        self._paused = lanes
        self._painted.clear()
        return True

    def _changes(self, job: JobSnapshot, stands_still: bool) -> dict[str, Any]:
        changes = self._intents.get(job.id, {})
        if stands_still and "state" not in changes and "metadata" not in changes:
            return {**changes, "metadata": {**job.metadata, QUEUE: "paused"}}
        return changes
