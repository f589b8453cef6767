"""A job service on a real database whose jobs do what a test says, by clocks that the test sets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import JobSnapshot, JobState, Lane
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.core import Timing
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.support.databases import place_empty_database

KINDS = ("draft", "import", "export", "read")
Run = Callable[[RunningJob], Awaitable[Value | None]]


class Answer(Value):
    """The result of a job."""

    said: str = "done"


class HandClock:
    """Both clocks, moved by hand."""

    def __init__(self, wall: float = 1_000_000_000.0, steady: float = 5_000.0) -> None:
        self._wall, self._steady = wall, steady

    def wall(self) -> float:
        return self._wall

    def steady(self) -> float:
        return self._steady

    def pass_time(self, seconds: float) -> None:
        """Time passes on both."""
        self._wall += seconds
        self._steady += seconds

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the time of day, forward or back."""
        self._wall += seconds


async def answer_at_once(_: RunningJob) -> Value:
    """The work of a job that nobody said anything about."""
    return Answer()


@dataclass
class Work:
    """What jobs do, by title; and what has begun, in order."""

    by_title: dict[str, Run] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    default: Run = answer_at_once

    async def __call__(self, job: RunningJob) -> Value | None:
        """Do the work of one job."""
        self.begun.append(job.snapshot.title)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.by_title.get(job.snapshot.title, self.default)(job)
        finally:
            self.at_once -= 1


async def hang(_: RunningJob) -> Value:
    """Work that does not end by itself."""
    await asyncio.sleep(600)
    return Answer()


def failing(*errors: Exception) -> Run:
    """Work that fails in these ways, one a time, and then succeeds."""
    left = list(errors)

    async def run(_: RunningJob) -> Value:
        if left:
            raise left.pop(0)
        return Answer()

    return run


@dataclass
class QueueInUse:
    """A service with its database, what was announced, and what jobs do."""

    service: JobService
    database: Database
    clock: HandClock
    work: Work
    events: list[Event]
    troubles: list[StorageError]
    recovered: tuple[JobSnapshot, ...]

    async def put(self, *titles: str, lane: Lane = Lane.CPU, **fields: Any) -> list[JobSnapshot]:
        """Queue a job for each title."""
        values: dict[str, Any] = {"kind": "draft", "request": {}, "lane": lane} | fields
        values.setdefault("is_remote", lane is Lane.NETWORK)
        return [
            await self.service.core.queue.enqueue(NewJob.model_validate(values | {"title": title}))
            for title in titles
        ]

    async def job(self, job: JobSnapshot | int) -> JobSnapshot:
        """A job as it is now."""
        return await self.service.job(job if isinstance(job, int) else job.id)

    async def until(
        self,
        jobs: JobSnapshot | Iterable[JobSnapshot],
        *states: JobState,
        seconds: float = 60.0,
    ) -> list[JobSnapshot]:
        """Wait until jobs are in one of some states."""
        wanted = [jobs] if isinstance(jobs, JobSnapshot) else list(jobs)
        async with asyncio.timeout(seconds):
            while True:
                now = [await self.job(item) for item in wanted]
                if all(item.state in states for item in now):
                    return now
                await asyncio.sleep(0.01)

    def states(self, job: JobSnapshot) -> list[JobState]:
        """The states of a job in the order in which they were announced, without repetitions."""
        heard = [
            item.job.state for item in self.events if isinstance(item, JobChanged) and item.job.id == job.id
        ]
        return [state for before, state in zip([None, *heard], heard, strict=False) if state is not before]

    def later(self, seconds: float) -> None:
        """Time passes, and the queue looks again."""
        self.clock.pass_time(seconds)
        self.service.core.queue.wake()


@asynccontextmanager
async def queue_in_use(
    home: Path,
    *,
    workers: int = 2,
    clock: HandClock | None = None,
    work: Work | None = None,
    start: bool = True,
    stagger: float = 0.2,
) -> AsyncIterator[QueueInUse]:
    """Open a data folder with its queue; leave it as a program does that ends."""
    clock, work = clock or HandClock(), work or Work()
    path = home / "cardgen.db"
    if not path.exists():
        place_empty_database(path)
    database = await open_database(path)
    bus, events, troubles = EventBus(), list[Event](), list[StorageError]()
    bus.subscribe(events.append)
    async with ProcessPool(1) as pool:
        service = JobService(
            database, pool, bus, home=home, workers=workers, clock=clock, timing=Timing(stagger=stagger)
        )
        service.core.set_runners(dict.fromkeys(KINDS, work), troubles.append)
        recovered = await service.recover()
        if start:
            service.start()
        try:
            yield QueueInUse(service, database, clock, work, events, troubles, recovered)
        finally:
            await service.aclose()
            await database.aclose()
