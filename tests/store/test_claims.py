"""Claims: the order of the queue, ageing, lanes, and that no job is taken twice."""

import asyncio

import pytest

from cardgen_desktop.domain.job import JobSnapshot, JobState, Lane, Priority
from cardgen_desktop.store import claims
from cardgen_desktop.store.claims import FinishedJob
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import claimed, claimed_all, execute, found, new, put_in, several

MINUTE = 60.0


def ids_of(taken: list[JobSnapshot]) -> list[int]:
    return [job.id for job in taken]


async def one_by_one(database: Database, now: float) -> list[int]:
    """The order in which one place takes all jobs."""
    order: list[int] = []
    while taken := await claimed_all(database, 1, now=now):
        order += ids_of(taken)
    return order


async def test_eight_claimers_get_eight_jobs(database: Database) -> None:
    ids = {(await new(database)).id for _ in range(8)}
    got = await asyncio.gather(*(claimed(database) for _ in range(9)))
    assert sorted(job.id for job in got if job) == sorted(ids)
    assert got.count(None) == 1
    attempts = await execute(
        database, "SELECT job_id, epoch, started_at, ended_at FROM attempt ORDER BY job_id"
    )
    assert [tuple(row) for row in attempts] == [(number, 1, 200.0, None) for number in sorted(ids)]


async def test_claims_go_by_priority_then_position_then_age(database: Database) -> None:
    ids = [(await new(database)).id for _ in range(4)]
    await execute(database, "UPDATE job SET priority = 2 WHERE id = ?", ids[3])
    await execute(database, "UPDATE job SET position = -1 WHERE id = ?", ids[2])
    await execute(database, "UPDATE job SET lane = 'export' WHERE id = ?", ids[0])
    order = [await claimed(database) for _ in range(4)]
    assert [job and job.id for job in order] == [ids[3], ids[2], ids[1], None]


async def test_claimed_job_is_running_in_this_epoch(database: Database) -> None:
    made = await new(database)
    (job,) = await claimed_all(database, 5, epoch=7)
    assert (job.id, job.state, job.attempts, job.started_at, job.version) == (
        made.id,
        JobState.RUNNING,
        1,
        200.0,
        2,
    )
    assert job == await found(database, job.id)
    assert await execute(database, "SELECT epoch FROM job") == [(7,)]
    assert await execute(database, "SELECT kind, data FROM event WHERE kind = 'started'") == [
        ("started", '{"epoch":7}')
    ]


async def test_each_lane_gets_as_many_as_it_has_room_for(database: Database) -> None:
    lanes = {Lane.CPU: 4, Lane.EXPORT: 3, Lane.NETWORK: 2}
    for lane, count in lanes.items():
        await several(database, count, lane=lane)
    async with database.write() as connection:
        room = {Lane.CPU: 2, Lane.EXPORT: 5, Lane.NETWORK: 0, Lane.LOCAL: 1}
        taken = await claims.claim_all(connection, 1, room, 200.0)
    assert [job.lane for job in taken] == [Lane.CPU] * 2 + [Lane.EXPORT] * 3


async def test_only_restricts_the_claim_to_some_jobs(database: Database) -> None:
    ids = await several(database, 5)
    assert ids_of(await claimed_all(database, 5, only=[ids[3], ids[1], 999])) == [ids[1], ids[3]]
    assert await claimed_all(database, 5, only=[]) == []
    assert ids_of(await claimed_all(database, 5)) == [ids[0], ids[2], ids[4]]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.QUEUED])
async def test_only_queued_jobs_are_claimed(database: Database, state: JobState) -> None:
    job = await new(database)
    await put_in(database, job.id, state)
    assert await claimed_all(database, 5) == []


async def test_fresh_jobs_go_by_priority(database: Database) -> None:
    made = {level: (await new(database, priority=level)).id for level in sorted(Priority)}
    order = await one_by_one(database, 101.0)
    assert order == [made[level] for level in sorted(Priority, reverse=True)]


async def test_job_gains_a_level_for_every_ten_minutes_it_waits(database: Database) -> None:
    waits = await new(database, now=0.0, priority=Priority.LOW)
    fresh = await new(database, now=19 * MINUTE, priority=Priority.HIGH)
    assert ids_of(await claimed_all(database, 1, now=19 * MINUTE)) == [fresh.id]
    another = await new(database, now=20 * MINUTE, priority=Priority.HIGH)
    assert await one_by_one(database, 20 * MINUTE) == [waits.id, another.id]


async def test_endless_stream_of_urgent_jobs_starves_nobody(database: Database) -> None:
    """A new job of high priority every half minute, one place that takes a job every half minute."""
    low = await new(database, now=0.0, priority=Priority.LOW)
    lowest = await new(database, now=0.0, priority=Priority.LOWEST)
    await several(database, 10, now=0.0, priority=Priority.HIGH)
    begun: dict[int, float] = {}
    for half_minute in range(100):
        now = half_minute * 30.0
        await new(database, now=now, priority=Priority.HIGH)
        (job,) = await claimed_all(database, 1, now=now)
        begun[job.id] = now
    assert begun[low.id] <= 50 * MINUTE
    assert begun[lowest.id] <= 50 * MINUTE
    assert begun[low.id] >= 20 * MINUTE  # and urgent ones do go first for a while


async def test_jobs_of_one_priority_keep_their_places_whatever_their_age(database: Database) -> None:
    """What was put behind a fresh job waits with it, and has its age again once that is taken."""
    first, second = await new(database, now=0.0), await new(database, now=50 * MINUTE)
    await execute(database, "UPDATE job SET position = -1 WHERE id = ?", second.id)
    urgent = await new(database, now=55 * MINUTE, priority=Priority.HIGH)
    assert await one_by_one(database, 55 * MINUTE) == [urgent.id, second.id, first.id]


@pytest.mark.parametrize("now", [-1e6, 0.0, 4e9])
async def test_jump_of_the_clock_stops_no_claim(database: Database, now: float) -> None:
    """Far ahead of, or behind, the moment at which the jobs were queued."""
    made = [await new(database, now=1e9, priority=level) for level in Priority]
    taken = await one_by_one(database, now)
    assert sorted(taken) == sorted(job.id for job in made)
    if now < 1e9:
        assert taken == [job.id for job in sorted(made, key=lambda job: -job.priority)]


async def test_claim_uses_the_index_of_the_queue(database: Database) -> None:
    plan = await execute(
        database,
        "EXPLAIN QUERY PLAN SELECT id FROM job WHERE state = 'queued' AND lane = 'cpu' AND priority = 0 "
        "ORDER BY position, id LIMIT 4",
    )
    assert "job_next" in str(plan) and "TEMP B-TREE" not in str(plan)


async def test_many_ends_are_stored_at_once(database: Database) -> None:
    ids = await several(database, 40)
    await claimed_all(database, 30)
    done = [
        FinishedJob(
            id=job_id, result={"n": job_id, "t": "é\ud800"}, seconds=2.5, needs_review=job_id % 2 == 0
        )
        for job_id in ids
    ]
    async with database.write() as connection:
        ended = await claims.succeed_all(connection, 1, done, 300.0)
    assert sorted(ended) == ids[:30]
    for job in ended.values():
        assert job == await found(database, job.id)
        assert (job.state, job.result, job.active_seconds, job.progress, job.phase) == (
            JobState.SUCCEEDED, {"n": job.id, "t": "é?"}, 2.5, 100.0, "",
        )  # fmt: skip
        assert (job.needs_review, job.finished_at) == (job.id % 2 == 0, 300.0)
    outcomes = await execute(database, "SELECT outcome, ended_at, count(*) FROM attempt GROUP BY 1, 2")
    assert outcomes == [("succeeded", 300.0, 30)]
    assert await execute(database, "SELECT count(*) FROM event WHERE kind = 'succeeded'") == [(30,)]
