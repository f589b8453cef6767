"""Jobs for the table to be measured with: a listing in memory, or one over a real database."""

import asyncio
from array import array
from collections.abc import Sequence

from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState

STATES = (JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.SUCCEEDED, JobState.QUEUED)
NOW = 1.7e9


def job(number: int) -> JobSnapshot:
    """One job of the list; names differ, every fifth runs."""
    state = STATES[number % len(STATES)]
    return JobSnapshot(
        id=number, kind="draft", state=state, title="Treasure Island", character=f"Somebody {number}",
        engine="offline", progress=40.0 if state is JobState.RUNNING else 100.0, phase="Setting the scene",
        error="The model was not found." if state is JobState.FAILED else None, version=1,
        created_at=NOW, updated_at=NOW, started_at=NOW, active_seconds=12.0,
    )  # fmt: skip


class MemoryListing:
    """So many jobs, newest first, made when they are asked for."""

    def __init__(self, total: int) -> None:
        self.total = total

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page by offset."""
        last = min(self.total, query.offset + query.limit)
        jobs = tuple(job(self.total - row) for row in range(query.offset, last))
        return JobPage(jobs=jobs, total=self.total, limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        """All ids."""
        return array("q", range(self.total, 0, -1))

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Jobs by id; like a database, never in the same turn of the loop."""
        await asyncio.sleep(0)
        return tuple(map(job, job_ids))
