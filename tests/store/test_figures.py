"""Counters and timings by SQL, bounded, and the same as counting by hand."""

import statistics
from typing import Any

import pytest
from sqlalchemy import insert, text

from cardgen_desktop.domain.job import JobState
from cardgen_desktop.store import figures
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.tables import job, step


async def put(database: Database, **values: Any) -> int:
    fields = {
        "kind": "draft", "lane": "cpu", "state": "succeeded", "request": "{}", "created_at": 1.0,
        "queued_at": 10.0, "updated_at": 1.0, "started_at": 12.0, "finished_at": 100.0, "attempts": 1,
    } | values  # fmt: skip
    async with database.write() as connection:
        return int((await connection.execute(insert(job).values(fields).returning(job.c.id))).scalar_one())


async def test_every_kind_in_every_lane(database: Database) -> None:
    for seconds in (1.0, 2.0, 3.0, 4.0, 100.0):
        await put(database, active_seconds=seconds)
    await put(database, state="failed", attempts=3, crashes=1, error_code="source")
    await put(database, state="cancelled", attempts=0)
    await put(database, state="queued", finished_at=None, started_at=None, attempts=0)
    await put(database, kind="import", lane="interactive", started_at=5.0, active_seconds=7.0)
    async with database.read() as connection:
        drafts, imports = await figures.kinds(connection, None)
    assert (drafts.kind, drafts.lane, imports.kind, imports.lane) == ("draft", "cpu", "import", "interactive")
    assert (drafts.succeeded, drafts.failed, drafts.cancelled, drafts.unfinished) == (5, 1, 1, 1)
    assert (drafts.attempts, drafts.retries, drafts.crashes) == (8, 2, 1)
    assert (drafts.work.count, drafts.work.total, drafts.work.median, drafts.work.p95) == (
        5,
        110.0,
        3.0,
        100.0,
    )
    assert (drafts.wait.median, imports.wait.median) == (2.0, 0.0)


async def test_percentiles_are_those_of_the_newest_and_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "SAMPLED", 20)
    for number in range(60):
        await put(database, active_seconds=float(number * 7 % 60), finished_at=float(number))
    async with database.read() as connection:
        (found,) = await figures.kinds(connection, None)
    newest = sorted(float(number * 7 % 60) for number in range(40, 60))
    assert (found.succeeded, found.work.count) == (60, 20)
    assert found.work.median == statistics.median_low(newest)
    assert found.work.p95 == newest[18]


async def test_since_leaves_older_ends_out_but_not_what_is_unfinished(database: Database) -> None:
    await put(database, finished_at=50.0)
    await put(database, finished_at=150.0)
    await put(database, state="failed", finished_at=50.0, error_code="card")
    await put(database, state="paused", finished_at=None)
    async with database.read() as connection:
        (found,) = await figures.kinds(connection, 100.0)
        assert await figures.errors(connection, 100.0) == {}
        assert await figures.errors(connection, None) == {"card": 1}
    assert (found.succeeded, found.failed, found.unfinished, found.work.count) == (1, 0, 1, 1)


async def test_steps_of_batches_are_one_figure_for_each_kind(database: Database) -> None:
    draft, batch = await put(database), await put(database, kind="import")
    rows = [(draft, "name", 1.0), (batch, "file:a", 2.0), (batch, "file:b", 4.0), (batch, "plan", 9.0)]
    async with database.write() as connection:
        for job_id, key, seconds in rows:
            values = {"input_hash": "", "output": "{}", "seconds": seconds, "finished_at": 5.0}
            await connection.execute(insert(step).values(job_id=job_id, step_key=key, **values))
    async with database.read() as connection:
        found = await figures.steps(connection, None)
        assert await figures.steps(connection, 6.0) == {}
    assert {name: (item.count, item.total, item.median) for name, item in found.items()} == {
        "name": (1, 1.0, 1.0),
        "import": (2, 6.0, 2.0),
    }


async def test_states_and_totals(database: Database) -> None:
    await put(database)
    await put(database, state="failed", error_code=None)
    async with database.read() as connection:
        states = await figures.states(connection)
        assert await figures.errors(connection, None) == {"unknown": 1}
        totals = await figures.totals(connection)
    assert set(states) == {state.value for state in JobState}
    assert (states["succeeded"], states["failed"], states["queued"]) == (1, 1, 0)
    assert totals["cards"] == totals["sources"] == 0
    assert totals["database_bytes"] > 10_000


async def test_unfinished_jobs_beyond_those_looked_at_still_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_UNFINISHED", 4)
    for _ in range(9):
        await put(database, state="queued", finished_at=None)
    async with database.read() as connection:
        (found,) = await figures.kinds(connection, None)
    assert found.unfinished == 9


async def test_the_counts_are_read_from_the_index_alone(database: Database) -> None:
    async with database.read() as connection:
        plan = text(f"EXPLAIN QUERY PLAN {figures._ENDED.text}")
        rows = (await connection.execute(plan, {"since": 0.0})).all()
    assert "COVERING INDEX job_figures" in rows[0][-1]
