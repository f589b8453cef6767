"""Jobs that are set aside by a gate or until their next try, and how they come back."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from cardgen_desktop.domain.job import HoldReason, JobState, Lane
from cardgen_desktop.store import holds
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.holds import NETWORK_GATES
from cardgen_desktop.store.tables import job
from tests.support.stored_jobs import claimed_all, execute, found, new, put_in


async def held_ids(database: Database, reason: str, scope: str = "") -> list[int]:
    async with database.write() as connection:
        count, jobs = await holds.hold_queued(connection, reason, scope, "Shut.", 300.0)
    assert count == len(jobs)
    return [job.id for job in jobs]


@pytest.mark.parametrize("reason", sorted(HoldReason))
async def test_gate_of_the_network_lets_work_on_this_computer_pass(
    database: Database, reason: HoldReason
) -> None:
    local = await new(database, lane=Lane.CPU)
    remote = await new(database, lane=Lane.INTERACTIVE, is_remote=True)
    expected = [remote.id] if reason in NETWORK_GATES else [local.id, remote.id]
    assert sorted(await held_ids(database, reason)) == expected
    job = await found(database, remote.id)
    assert (job.state, job.hold_reason, job.phase, job.attempts) == (JobState.HELD, reason, "Shut.", 0)


async def test_gate_with_a_scope_holds_the_jobs_of_that_engine(database: Database) -> None:
    mine = await new(database, engine="local:llama", is_remote=True)
    other = await new(database, engine="else", is_remote=True)
    assert await held_ids(database, HoldReason.KEY, "local:llama") == [mine.id]
    assert (await found(database, mine.id)).hold_scope == "local:llama"
    assert (await found(database, other.id)).state is JobState.QUEUED


async def test_only_queued_jobs_are_held(database: Database) -> None:
    ids = [(await new(database)).id for _ in JobState]
    for job_id, state in zip(ids, JobState, strict=True):
        await put_in(database, job_id, state)
    assert await held_ids(database, HoldReason.DISK) == [ids[list(JobState).index(JobState.QUEUED)]]


async def test_opened_gate_releases_its_own_jobs_in_the_order_of_the_queue(database: Database) -> None:
    low, first, second, urgent = [
        (await new(database, priority=level, is_remote=True)).id for level in (-1, 0, 0, 2)
    ]
    other = await new(database)
    await put_in(database, other.id, "held")
    await held_ids(database, HoldReason.OFFLINE)
    released: list[list[int]] = []
    for _ in range(3):
        async with database.write() as connection:
            jobs = await holds.release(connection, HoldReason.OFFLINE, "", 400.0, limit=2)
        released.append(sorted(job.id for job in jobs))
        assert all(job.state is JobState.QUEUED and job.hold_reason is None for job in jobs)
    assert released == [[first, urgent], [low, second], []]
    assert (await found(database, other.id)).state is JobState.HELD
    assert [job.id for job in await claimed_all(database, 9, now=400.0)] == [low, first, second, urgent]


async def test_gates_are_read_back_from_the_jobs_they_hold(database: Database) -> None:
    for scope in ("a", "a", "b"):
        await new(database, engine=scope, is_remote=True)
    await held_ids(database, HoldReason.KEY, "a")
    await held_ids(database, HoldReason.CREDITS, "b")
    async with database.read() as connection:
        gates = await holds.held(connection)
    assert [(gate.reason, gate.scope, gate.sentence, gate.since, gate.held) for gate in gates] == [
        ("credits", "b", "Shut.", 300.0, 1),
        ("key", "a", "Shut.", 300.0, 2),
    ]


async def test_waiting_jobs_are_known_and_queued_when_due(database: Database) -> None:
    ids = [(await new(database)).id for _ in range(3)]
    for job_id in ids[:2]:
        await put_in(database, job_id, "waiting")
    async with database.write() as connection:
        waiting = sorted(await holds.waiting(connection), key=lambda job: job.id)
        assert [(job.id, job.run_at, job.delay) for job in waiting] == [
            (ids[0], 1.0, 1.0),
            (ids[1], 1.0, 1.0),
        ]
        again = await holds.release_waiting(connection, [ids[1], ids[2], 999], 500.0)
    assert [(job.id, job.state, job.run_at, job.delay) for job in again] == [
        (ids[1], JobState.QUEUED, None, None)
    ]
    assert (await found(database, ids[2])).version == 1
    kinds = await execute(database, "SELECT job_id FROM event WHERE kind = 'tries_again'")
    assert kinds == [(ids[1],)]


@pytest.mark.parametrize("seconds", [86_400.0, -86_400.0])
async def test_jump_of_the_clock_keeps_age_and_rest_of_waits(database: Database, seconds: float) -> None:
    queued, waits, ended = [await new(database, now=1e9) for _ in range(3)]
    await put_in(database, waits.id, "waiting", run_at=1e9 + 60, delay=60.0)
    await put_in(database, ended.id, "failed")
    async with database.write() as connection:
        await holds.clock_was_changed(connection, seconds)
    assert (await found(database, queued.id)).queued_at == 1e9 + seconds
    assert (await found(database, waits.id)).run_at == 1e9 + 60 + seconds
    assert (await found(database, ended.id)).queued_at == 1e9


@pytest.mark.parametrize(("scope", "index"), [("", "job_queued_remote"), ("maker", "job_queued_of_engine")])
async def test_gate_looks_only_at_jobs_that_may_stand_before_it(
    database: Database, scope: str, index: str
) -> None:
    """A claim looks at each closed gate: it must not read a million queued jobs for that."""
    statement = select(job.c.id).where(holds.before(HoldReason.KEY, scope))
    bound = str(statement.compile(dialect=sqlite.dialect()))
    async with database.read() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {bound}", (scope,) if scope else ())
        plan = [row.detail for row in rows]
    assert any(index in line for line in plan)
    # What is read from end to end is the small index and nothing else.
    assert all(index in line for line in plan if line.startswith("SCAN"))
    assert any("job USING INTEGER PRIMARY KEY" in line for line in plan)
