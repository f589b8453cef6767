"""Rows of the queue for tests: jobs that are stored, claimed, moved by hand and looked at."""

from collections.abc import Collection, Mapping
from typing import Any

from cardgen_desktop.domain.job import JobSnapshot, JobState, Lane
from cardgen_desktop.store import claims, intake, jobs
from cardgen_desktop.store.engine import Connection, Database
from cardgen_desktop.store.intake import NewJob

NEEDED: Mapping[str, str] = {
    "held": ", hold_reason = 'disk'",
    "waiting": ", run_at = 1, delay = 1",
    "running": ", epoch = 1",
    "succeeded": ", finished_at = 5",
    "failed": ", finished_at = 5",
    "cancelled": ", finished_at = 5",
}
"""What the CHECKs want to be set beside a state."""


def draft(**fields: Any) -> NewJob:
    """A draft as it is queued."""
    values: dict[str, Any] = {
        "kind": "draft", "lane": Lane.CPU, "request": {"source_ids": [1]}, "title": "Emma",
        "character": "Emma Woodhouse", "engine": "offline",
    }  # fmt: skip
    return NewJob.model_validate(values | fields)


async def created(connection: Connection, now: float = 100.0, **fields: Any) -> JobSnapshot:
    """Store one draft in a transaction of the caller."""
    return await intake.create(connection, draft(**fields), now)


async def new(database: Database, now: float = 100.0, **fields: Any) -> JobSnapshot:
    """Store one draft."""
    async with database.write() as connection:
        return await created(connection, now, **fields)


async def several(database: Database, count: int, now: float = 100.0, **fields: Any) -> list[int]:
    """Store some drafts at once; their ids."""
    async with database.write() as connection:
        stored = await intake.create_all(connection, [draft(**fields) for _ in range(count)], now)
    return [job.id for job in stored]


async def claimed_all(
    database: Database,
    count: int,
    *,
    lane: Lane = Lane.CPU,
    epoch: int = 1,
    now: float = 200.0,
    only: Collection[int] | None = None,
) -> list[JobSnapshot]:
    """Take the next jobs of a lane."""
    chosen = None if only is None else list(only)
    async with database.write() as connection:
        return list(await claims.claim_all(connection, epoch, {lane: count}, now, only=chosen))


async def claimed(database: Database, *, epoch: int = 1, now: float = 200.0) -> JobSnapshot | None:
    """Take the next job."""
    jobs_of_lane = await claimed_all(database, 1, epoch=epoch, now=now)
    return jobs_of_lane[0] if jobs_of_lane else None


async def found(database: Database, job_id: int) -> JobSnapshot:
    """A job that is there."""
    async with database.read() as connection:
        job = await jobs.get(connection, job_id)
    assert job is not None
    return job


async def execute(database: Database, sql: str, *values: Any) -> list[Any]:
    """Run one statement in a transaction of its own."""
    async with database.write() as connection:
        result = await connection.exec_driver_sql(sql, values)
        return list(result.all()) if result.returns_rows else []


async def put_in(database: Database, job_id: int, state: JobState | str, **more: Any) -> None:
    """Put a job into a state by hand."""
    set_by_hand = "".join(f", {name} = {value!r}" for name, value in more.items())
    sql = f"UPDATE job SET state = '{JobState(state).value}'{NEEDED.get(state, '')}{set_by_hand} WHERE id = ?"
    await execute(database, sql, job_id)
