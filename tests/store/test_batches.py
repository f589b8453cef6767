"""Batches: how far they have come, and that each end is told once."""

from cardgen_desktop.domain.job_views import BatchView
from cardgen_desktop.store import batches, intake, jobs
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import claimed_all, execute, new, put_in, several


async def made(database: Database, count: int, title: str = "Books") -> tuple[int, list[int]]:
    async with database.write() as connection:
        batch_id = await intake.create_batch(connection, title, 90.0)
    return batch_id, await several(database, count, batch_id=batch_id)


async def ended(database: Database, *batch_ids: int, now: float = 300.0) -> list[BatchView]:
    async with database.write() as connection:
        return list(await batches.newly_ended(connection, batch_ids, now))


async def test_end_of_a_batch_is_told_once(database: Database) -> None:
    batch_id, ids = await made(database, 3)
    other, _ = await made(database, 1)
    for job_id in ids:
        assert await ended(database, batch_id, other) == []
        await put_in(database, job_id, "failed" if job_id == ids[1] else "succeeded")
    (told,) = await ended(database, batch_id, other, batch_id)
    assert (told.id, told.title, told.total, told.finished, told.failed) == (batch_id, "Books", 3, 3, 1)
    for _ in range(3):
        assert await ended(database, batch_id) == []


async def test_batch_that_goes_on_ends_once_more(database: Database) -> None:
    batch_id, ids = await made(database, 2)
    for job_id in ids:
        await put_in(database, job_id, "failed")
    assert len(await ended(database, batch_id)) == 1
    async with database.write() as connection:
        await jobs.retry(connection, ids[0], 400.0)
    assert await ended(database, batch_id) == []
    await put_in(database, ids[0], "succeeded")
    assert len(await ended(database, batch_id)) == 1
    assert await ended(database, batch_id) == []


async def test_batches_are_shown_while_they_go_on_and_an_hour_longer(database: Database) -> None:
    going, ids = await made(database, 4, "Going")
    over, done = await made(database, 1, "Over")
    await new(database)  # of no batch
    await claimed_all(database, 1, only=ids)
    await execute(database, "UPDATE job SET progress = 50 WHERE id = ?", ids[0])
    for job_id in done:
        await put_in(database, job_id, "succeeded")
    await ended(database, over, now=300.0)
    async with database.read() as connection:
        first, second = await batches.shown(connection, 300.0 + 3599)
        (only,) = await batches.shown(connection, 300.0 + 3601)
    assert (first.title, second.title) == ("Over", "Going")
    assert (second.id, second.total, second.finished, second.running, second.progress) == (
        going,
        4,
        0,
        1,
        12.5,
    )
    assert only == second


async def test_batch_whose_jobs_left_the_list_is_not_shown(database: Database) -> None:
    batch_id, ids = await made(database, 2)
    for job_id in ids:
        await put_in(database, job_id, "cancelled", removed_at=9.0)
    async with database.read() as connection:
        assert await batches.shown(connection, 300.0) == ()
    assert await ended(database, batch_id) == []
