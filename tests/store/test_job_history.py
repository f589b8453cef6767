"""Attempts, events and partial text of a job: bounded, in order, and numbered from the first."""

import pytest
from sqlalchemy import insert

from cardgen_desktop.store import job_history
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.tables import attempt, event, job, partial


@pytest.fixture
async def job_id(database: Database) -> int:
    fields = {
        "kind": "draft", "lane": "cpu", "state": "queued", "request": "{}", "created_at": 1.0,
        "queued_at": 1.0,
        "updated_at": 1.0,
    }  # fmt: skip
    async with database.write() as connection:
        return int((await connection.execute(insert(job).values(fields).returning(job.c.id))).scalar_one())


async def test_the_newest_events_are_told_in_order(
    database: Database, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_history, "MOST_EVENTS", 3)
    rows = [{"job_id": job_id, "at": float(n), "kind": f"k{n}", "data": f'{{"n": {n}}}'} for n in range(5)]
    async with database.write() as connection:
        await connection.execute(insert(event), rows)
        await connection.execute(insert(event).values(job_id=job_id, at=9.0, kind="odd", data="not JSON"))
    async with database.read() as connection:
        found = await job_history.events(connection, job_id)
        assert await job_history.last_event(connection, job_id, "k4") == 4.0
        assert await job_history.last_event(connection, job_id, "never") == 0.0
    assert [(item.kind, item.data) for item in found] == [("k3", {"n": 3}), ("k4", {"n": 4}), ("odd", {})]


async def test_attempts_are_numbered_from_the_first_also_when_only_the_newest_are_told(
    database: Database, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_history, "MOST_ATTEMPTS", 2)
    async with database.write() as connection:
        for number in range(3):
            values = {"job_id": job_id, "epoch": 1, "started_at": float(number)}
            await connection.execute(insert(attempt).values(values))
        await connection.execute(
            insert(attempt).values(
                job_id=job_id, epoch=2, started_at=8.0, ended_at=9.0, outcome="failed", reason="No.",
                possibly_billed=1,
            )
        )  # fmt: skip
    async with database.read() as connection:
        third, last = await job_history.attempts(connection, job_id)
    assert (third.number, third.started_at, third.outcome, third.possibly_billed) == (3, 2.0, None, False)
    assert (last.number, last.outcome, last.reason, last.possibly_billed) == (4, "failed", "No.", True)


async def test_partial_text_ends_with_the_step_that_wrote_last(database: Database, job_id: int) -> None:
    async with database.write() as connection:
        for key, words, at in (("b", "Second.", 2.0), ("a", "First.", 1.0), ("c", "", 3.0)):
            values = {"job_id": job_id, "step_key": key, "text": words, "updated_at": at}
            await connection.execute(insert(partial).values(values))
    async with database.read() as connection:
        assert await job_history.partial_text(connection, job_id) == "First.\n\nSecond."
        assert await job_history.partial_text(connection, 99) == ""
