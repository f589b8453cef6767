"""Small promises, many times over: one result for a job, one job for a drop, no job that starves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import JobSnapshot, JobState, Lane
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import Database, open_database
from cardgen_desktop.store.intake import NewJob
from tests.proof.chaos import chaos
from tests.proof.driving import FakeClock
from tests.support.databases import place_empty_database

HIGHEST, LOWEST = 2, -2
STARVED_SECONDS = 50 * 60


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    place_empty_database(tmp_path / "cardgen.db")
    database = await open_database(tmp_path / "cardgen.db")
    yield database
    await database.aclose()


def service_of(database: Database, home: Path, clock: FakeClock | None = None) -> JobService:
    return JobService(database, ProcessPool(1), EventBus(), home=home, workers=1, clock=clock)


def job(priority: int = 0, key: str | None = None) -> NewJob:
    return NewJob(kind="any", lane=Lane.LOCAL, request={}, priority=priority, unique_key=key)


async def test_a_completion_that_is_replayed_counts_once(database: Database, tmp_path: Path) -> None:
    service = service_of(database, tmp_path)
    await service.recover()
    stored = await service.core.queue.enqueue(job())
    (running,) = await service.core.dispatcher._claimed()
    later = service_of(database, tmp_path)
    await later.recover()
    (again,) = await later.core.dispatcher._claimed()
    told: list[JobSnapshot] = []

    def hear(event: Event) -> None:
        if isinstance(event, JobChanged) and event.job.state is JobState.SUCCEEDED:
            told.append(event.job)

    later.core.bus.subscribe(hear)
    finished = [FinishedJob(id=stored.id, result={"of": number}, seconds=1.0) for number in range(1000)]
    late = [await service.core.queue.succeed(running, item) for item in finished[:100]]
    won = await asyncio.gather(*(later.core.queue.succeed(again, item) for item in finished))
    assert not any(late)
    assert won[0] and not won[-1]
    ended = await later.job(stored.id)
    assert [job.result for job in told] == [ended.result]
    details = await later.details(stored.id)
    assert [attempt.outcome for attempt in details.attempts] == ["interrupted", "succeeded"]


async def test_one_drop_submitted_a_hundred_times_is_one_job(database: Database, tmp_path: Path) -> None:
    service = service_of(database, tmp_path)
    await service.recover()
    stored = await asyncio.gather(*(service.core.queue.enqueue(job(key="the same")) for _ in range(100)))
    assert len({item.id for item in stored}) == 1
    assert await service.counts() == {JobState.QUEUED: 1} | {
        state: 0 for state in await service.counts() if state is not JobState.QUEUED
    }


async def test_the_least_urgent_job_starts_within_fifty_minutes_of_endless_urgent_ones(
    database: Database, tmp_path: Path
) -> None:
    clock = FakeClock()
    service = service_of(database, tmp_path, clock)
    await service.recover()
    waiting = await service.core.queue.enqueue(job(LOWEST))
    begin = clock.now
    while True:
        for _ in range(3):
            await service.core.queue.enqueue(job(HIGHEST))
        (running,) = await service.core.dispatcher._claimed()
        if running.id == waiting.id:
            break
        await service.core.queue.succeed(running, FinishedJob(id=running.id, result={}, seconds=1.0))
        clock.now += 30
        clock.passed += 30
        assert clock.now - begin <= STARVED_SECONDS, "a job starved"


async def test_two_undos_at_once_take_back_two_steps_and_redo_brings_them_again(
    database: Database, tmp_path: Path
) -> None:
    service = service_of(database, tmp_path)
    await service.recover()
    first, second = [await service.core.queue.enqueue(job()) for _ in range(2)]
    await service.actions.cancel_jobs([first.id])
    await service.actions.cancel_jobs([second.id])
    taken_back = await asyncio.gather(service.actions.undo(), service.actions.undo())
    assert [moved.count for moved in taken_back] == [1, 1]
    again = await asyncio.gather(service.actions.redo(), service.actions.redo())
    assert [moved.count for moved in again] == [1, 1]


@pytest.mark.soak
async def test_several_hands_on_a_working_queue_break_nothing(tmp_path: Path) -> None:
    state = await chaos(tmp_path, 240, 5)
    assert state.wrong == []
    assert state.done["enqueue"] > 20
