"""Jobs in a dict, listed by plain Python: the reference that the table's model is compared with."""

import asyncio
from array import array
from collections.abc import Sequence

from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobSort, JobState

NAMES = ("Pew", "Jim Hawkins", "Ben Gunn", "Billy Bones", "Long John Silver", "Mrs. Hawkins")
_KEYS = {
    JobSort.CREATED: lambda job: job.created_at,
    JobSort.CHARACTER: lambda job: job.character,
    JobSort.PROGRESS: lambda job: job.progress,
    JobSort.STATE: lambda job: job.state.value,
}


def plain_job(job_id: int, **changes: object) -> JobSnapshot:
    """A job whose fields follow from its id."""
    fields: dict[str, object] = {
        "id": job_id, "kind": "draft", "state": JobState.RUNNING, "character": NAMES[job_id % len(NAMES)],
        "engine": "offline", "progress": float(job_id * 37 % 101), "version": 1,
        "created_at": float(abs(job_id)), "updated_at": float(abs(job_id)), "started_at": 1.0,
    }  # fmt: skip
    return JobSnapshot.model_validate(fields | changes)


class PlainListing:
    """Answers like the commands do; `gate` holds every answer back, `order_gate` those of the order alone."""

    def __init__(self, total: int = 0) -> None:
        self.jobs_now = {number: plain_job(number) for number in range(1, total + 1)}
        self.gate: asyncio.Event | None = None
        self.order_gate: asyncio.Event | None = None
        self.asked: list[tuple[str, int]] = []

    def listed(self, query: JobQuery) -> list[JobSnapshot]:
        """Every job of a query in its order."""
        found = [job for job in self.jobs_now.values() if not query.states or job.state in query.states]
        found = [job for job in found if query.text.casefold() in job.character.casefold()]
        key = _KEYS[query.sort]
        return sorted(found, key=lambda job: (key(job), job.id), reverse=query.descending)

    def change(self, job_id: int, **changes: object) -> JobSnapshot:
        """Change a job; its version rises."""
        job = self.jobs_now[job_id]
        job = job.model_copy(update={**changes, "version": job.version + 1})
        self.jobs_now[job_id] = job
        return job

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page by offset."""
        self.asked.append(("page", query.offset))
        found = self.listed(query)
        page = tuple(found[query.offset : query.offset + query.limit])
        await self._wait(self.gate)
        return JobPage(jobs=page, total=len(found), limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        """All ids in order, as they are when asked."""
        self.asked.append(("order", 0))
        ids = array("q", [job.id for job in self.listed(query)])
        await self._wait(self.order_gate or self.gate)
        return ids

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Jobs by id."""
        self.asked.append(("by id", len(job_ids)))
        found = tuple(self.jobs_now[job_id] for job_id in job_ids if job_id in self.jobs_now)
        await self._wait(self.gate)
        return found

    async def _wait(self, gate: asyncio.Event | None) -> None:
        await asyncio.sleep(0)
        if gate is not None:
            await gate.wait()


class MillionJobs(PlainListing):
    """So many jobs that nobody could make them all; newest first, whatever is asked."""

    def __init__(self, total: int = 1_000_000) -> None:
        super().__init__()
        self.total = total

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page by offset."""
        await asyncio.sleep(0)
        ids = range(self.total - query.offset, max(0, self.total - query.offset - query.limit), -1)
        return JobPage(
            jobs=tuple(map(plain_job, ids)), total=self.total, limit=query.limit, offset=query.offset
        )

    async def job_order(self, query: JobQuery) -> "array[int]":
        """All ids."""
        await asyncio.sleep(0)
        up = range(1, self.total + 1)
        return array("q", up if not query.descending else reversed(up))

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Jobs by id."""
        self.asked.append(("by id", len(job_ids)))
        await asyncio.sleep(0)
        return tuple(map(plain_job, job_ids))
