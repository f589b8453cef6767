"""New jobs, many at once: one for each thing to do, found again by its key or its request id."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import JobQuery, JobState, Lane
from cardgen_desktop.store import intake, job_lists, jobs
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import draft, execute, found, new, put_in, several


async def test_stored_job_is_what_was_answered(database: Database) -> None:
    made = await new(
        database,
        kind="export",
        lane=Lane.EXPORT,
        request={"a": ["é\x00", 1.5, None, {"b": True}]},
        unique_key="k",
        request_id="r",
        metadata={"m": 1},
        priority=2,
    )
    assert await found(database, made.id) == made
    assert (made.state, made.position, made.version, made.created_at) == (JobState.QUEUED, made.id, 1, 100.0)
    assert await execute(database, "SELECT unique_key, is_remote FROM job") == [("k", 0)]
    assert await execute(database, "SELECT job_id, at, kind FROM event") == [(made.id, 100.0, "created")]


async def test_jobs_are_queued_in_their_order_with_rising_ids(database: Database) -> None:
    new_ones = [draft(title=f"Book {number}", is_remote=number == 3) for number in range(300)]
    async with database.write() as connection:
        stored = await intake.create_all(connection, new_ones, 100.0)
    assert [job.title for job in stored] == [item.title for item in new_ones]
    assert [job.id for job in stored] == list(range(stored[0].id, stored[0].id + 300))
    assert await execute(database, "SELECT id FROM job WHERE is_remote") == [(stored[3].id,)]
    assert await execute(database, "SELECT count(*) FROM event") == [(300,)]


async def test_ids_are_never_used_again(database: Database) -> None:
    first = await several(database, 3)
    await execute(database, "DELETE FROM job")
    assert (await new(database)).id == first[-1] + 1


async def test_second_unfinished_job_with_the_same_key_is_the_first(database: Database) -> None:
    first = await new(database, unique_key="k")
    assert await new(database, now=105.0, unique_key="k") == first
    await put_in(database, first.id, "failed")
    second = await new(database, unique_key="k")
    assert second.id > first.id
    async with database.read() as connection:
        assert await jobs.unfinished(connection, ["k"]) == {"k": second}
        assert await jobs.unfinished_keys(connection) == {"k": second.id}
        assert await jobs.twin(connection, first.id) == second.id
        assert await jobs.twin(connection, second.id) is None


async def test_database_itself_keeps_keys_and_request_ids_apart(database: Database) -> None:
    job = await new(database, unique_key="k", request_id="r")
    other = await new(database)
    for change in ("unique_key = 'k'", "request_id = 'r'"):
        with pytest.raises(StorageError):
            await execute(database, f"UPDATE job SET {change} WHERE id = ?", other.id)
    assert await found(database, job.id) == job


async def test_request_id_gives_the_same_job_for_ever(database: Database) -> None:
    job = await new(database, request_id="r")
    await put_in(database, job.id, "succeeded")
    again = await new(database, request_id="r", title="Another")
    assert (again.id, again.title, again.state) == (job.id, "Emma", JobState.SUCCEEDED)
    async with database.read() as connection:
        assert await jobs.by_request_id(connection, ["r"]) == {"r": again}
    assert await execute(database, "SELECT count(*) FROM event") == [(1,)]


async def test_one_call_may_ask_for_the_same_job_many_times(database: Database) -> None:
    new_ones = [draft(unique_key=f"k{number % 3}") for number in range(30)]
    async with database.write() as connection:
        stored = await intake.create_all(connection, new_ones, 100.0)
    assert [job.id for job in stored] == [stored[0].id, stored[1].id, stored[2].id] * 10
    assert await execute(database, "SELECT count(*) FROM job") == [(3,)]
    after = await new(database)
    assert await found(database, after.id) == after


async def test_hundred_writers_of_the_same_job_make_one(database: Database) -> None:
    made = await asyncio.gather(*(new(database, unique_key="k") for _ in range(100)))
    assert len({job.id for job in made}) == 1
    assert await execute(database, "SELECT count(*) FROM job") == [(1,)]


async def test_jobs_that_are_there_are_mixed_with_new_ones_in_order(database: Database) -> None:
    known = await new(database, request_id="known")
    wanted = [draft(title="A"), draft(request_id="known"), draft(title="B")]
    async with database.write() as connection:
        first, again, last = await intake.create_all(connection, wanted, 100.0)
    assert again == known
    assert (first.title, last.title) == ("A", "B")
    for job in (first, last):
        assert await found(database, job.id) == job


async def test_batch_holds_its_jobs_together(database: Database) -> None:
    async with database.write() as connection:
        batch_id = await intake.create_batch(connection, "Three books \ud800", 90.0)
    ids = await several(database, 3, batch_id=batch_id)
    stored = await execute(database, "SELECT id FROM job WHERE batch_id = ? ORDER BY id", batch_id)
    assert [job_id for (job_id,) in stored] == ids
    assert await execute(database, "SELECT title, created_at FROM batch") == [("Three books ?", 90.0)]


async def test_half_a_surrogate_pair_is_stored_as_a_mark(database: Database) -> None:
    job = await new(database, title="x\ud800y", metadata={"a": "\udfff"})
    assert (await found(database, job.id)).title == "x?y"
    assert (await found(database, job.id)).metadata == {"a": "?"}


async def test_nul_in_a_name_does_not_cut_it_off(database: Database) -> None:
    job = await new(database, title="x\0y", character="A\0Bee", request={"a": "x\0y"}, metadata={"b": "\0c"})
    assert (job.title, job.character) == ("x y", "A Bee")
    assert await found(database, job.id) == job
    async with database.read() as connection:
        assert (await job_lists.page(connection, JobQuery(text="bee"))).jobs == (job,)


async def test_what_is_answered_is_on_disk(database: Database) -> None:
    job = await new(database)
    with closing(sqlite3.connect(f"file:{database.path}?mode=ro", uri=True)) as other:
        assert other.execute("SELECT id FROM job").fetchall() == [(job.id,)]
